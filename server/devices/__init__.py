"""Replicas: sessions by device key, the server's share of a vault, route certificates, revocation."""
