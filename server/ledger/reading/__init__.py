"""Reads a ledger as people keep it: `read_file(path)` gives households, people and every doubt with its cell.

Leaves to others: storing (`server.ledger.rules`), comparing with existing files (`server.ledger.comparison`). Knows no web and no SQL.
"""

from server.ledger.reading.model import Doubt, Household, Person, Reading
from server.ledger.reading.read import read_file, read_ledger

__all__ = ["Doubt", "Household", "Person", "Reading", "read_file", "read_ledger"]
