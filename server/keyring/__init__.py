"""Data keys and server keys, wrapped by the key-encryption key that lives outside the database."""
