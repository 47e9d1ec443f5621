"""Bundles that somebody carried in for others, and the receipts that go back."""
