"""Numbers on papers are read, flagged and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.id_number import check_character, convert_old_number, is_credit_code, read_certificate, read_id_number

SAMPLE = "11010519491231002" + "X"  # the published sample of GB 11643


def test_the_published_sample_is_sound() -> None:
    found = read_id_number(SAMPLE)
    assert (found.is_sound, found.born_on, found.gender) == (True, "1949-12-31", "2")
    assert read_id_number(SAMPLE.lower()).is_sound


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("", "id_length"),
        ("1.1E+17", "id_length"),
        ("99010519491231002", "id_length"),
        ("990105194912310021", "id_check_digit"),
        ("990105491231002", "id_old_number"),
        ("٩٩٠١٠٥١٩٤٩١٢٣١٠٠٢٣", "id_length"),
    ],
)
def test_a_damaged_number_says_why_and_gives_no_birth_date(text: str, doubt: str) -> None:
    found = read_id_number(text)
    assert (found.doubt, found.born_on, found.gender) == (doubt, None, None)


def test_a_sound_check_digit_over_an_impossible_birth_date_is_doubted() -> None:
    first17 = "99010519490231002"
    assert read_id_number(first17 + check_character(first17)).doubt == "id_birth_date"


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(place: int, shift: int) -> None:
    sound = "990105194912310023"
    wrong = sound[:place] + str((int(sound[place]) + shift) % 10) + sound[place + 1 :]
    assert not read_id_number(wrong).is_sound


def test_an_old_number_is_converted_only_when_asked() -> None:
    assert convert_old_number("990105491231002") == "990105194912310023"
    assert convert_old_number("99010549123100X") is None


def test_a_certificate_gives_id_kind_and_grade_with_or_without_reissue() -> None:
    for text in ("99010519491231002342", "99010519491231002342B1"):
        found = read_certificate(text)
        assert found
        assert (found.id_number, found.kind, found.grade) == ("990105194912310023", "4", "2")
    assert read_certificate("99010519491231002382") is None


def test_credit_codes_of_rural_collectives_pass_and_altered_ones_do_not() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for first17 in ("N2990105MF1234567", "52990105MJ1234567"):
        sound = [c for c in alphabet if is_credit_code(first17 + c)]
        assert len(sound) == 1
        assert not is_credit_code(first17[::-1] + sound[0])
    assert not is_credit_code("52990105MI12345671")
