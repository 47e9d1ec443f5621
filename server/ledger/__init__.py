"""Ledgers (台账): what villages keep in spreadsheets, read, compared and offered to the deputy as household files."""
