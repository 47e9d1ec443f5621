"""The canonical form against the RFC 8785 library, over the whole value space."""

from __future__ import annotations

import unicodedata

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import canonicalize, parse_canonical
from sync.change import Envelope, change_id, read_change, reread_change
from tests.sync.vector_source.foundations import body

TEXT = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(VALUES)
def test_every_value_is_written_as_rfc_8785_says_and_comes_back(value: object) -> None:
    written = canonicalize(value)
    assert written == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert parse_canonical(written.decode()) == value


def test_a_stored_change_reads_the_same_without_checks() -> None:
    text = canonicalize(body(reason="户主更正")).decode()
    assert reread_change(Envelope(text, "")) == read_change(Envelope(text, ""))
    assert reread_change(Envelope(text, "")).id == change_id(text)
