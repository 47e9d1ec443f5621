"""The spelling of enrolment codes: 80 random bits as 16 Crockford base32 characters in groups of four.

The link and the typed code are the same code. Case, dashes, blanks and the letters that look like digits are forgiven.
"""

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS = 16
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2010": None, "\u2013": None})


def make_code() -> str:
    """Normal form, without dashes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def show_code(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalize_code(typed: str) -> str | None:
    """The normal form of what was typed, or None where it cannot be a code."""
    code = typed.strip().upper().translate(_FORGIVEN)
    return code if len(code) == CHARACTERS and all(letter in ALPHABET for letter in code) else None


def hash_code(code: str) -> str:
    """SHA-256 of the normal form, 64 hex digits: what the device's proof names."""
    return hashlib.sha256(code.encode("ascii")).hexdigest()


def make_link(public_url: str, code: str) -> str:
    """The code stands behind `#`: it reaches no server log, no proxy and no history of requests."""
    return f"{public_url.rstrip('/')}/enrol#{show_code(code)}"
