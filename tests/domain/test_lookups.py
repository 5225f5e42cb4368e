"""Reasons for reading the data of another person."""

import pytest

from domain.errors import InvalidInput
from domain.lookups import LONGEST, SHORTEST, Access, checked_reason
from domain.texts import Language, text


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "TOO_SHORT"),
        ("  abcd  ", "TOO_SHORT"),
        ("\u200b" * 9, "TOO_SHORT"),
        ("\u00a0" * 9, "TOO_SHORT"),
        (". . . . . .", "TOO_SHORT"),
        ("x" * (LONGEST + 1), "TOO_LONG"),
        ("call\0 back", "NOT_TEXT"),
        ("call \u202e back", "NOT_TEXT"),
    ],
)
def test_reasons_that_are_none(reason: str, code: str) -> None:
    """R-J2: a reason has 5 to 500 characters of plain text."""
    with pytest.raises(InvalidInput) as refused:
        checked_reason(reason)
    assert (refused.value.code, refused.value.path) == (code, ("reason",))


def test_reasons_that_are() -> None:
    """R-J2: a reason is kept trimmed, in one Unicode form."""
    assert checked_reason("  обращение 15  ") == "обращение 15"
    assert checked_reason("й" + "x" * SHORTEST)[0] == "й"
    assert len(checked_reason("x" * LONGEST)) == LONGEST
    assert all(access.value.endswith(".read") for access in Access)


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("language", Language)
def test_a_person_reads_what_it_was_for(access: Access, language: Language) -> None:
    """R-J2: each way of reading has a purpose in words, in each language."""
    assert text(f"access_purposes.{access.name}", language)
