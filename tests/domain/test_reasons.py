"""Reasons for reading, ending or refusing what is another's."""

import pytest

from domain.errors import InvalidInput
from domain.reasons import REFUSAL, STAFF, Bounds, checked_reason


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "TOO_SHORT"),
        ("  abcd  ", "TOO_SHORT"),
        ("\u200b" * 9, "TOO_SHORT"),
        ("\u00a0" * 9, "TOO_SHORT"),
        (". . . . . .", "TOO_SHORT"),
        ("x" * (STAFF.longest + 1), "TOO_LONG"),
        ("call\0 back", "NOT_TEXT"),
        ("call \u202e back", "NOT_TEXT"),
    ],
)
def test_reasons_that_are_none(reason: str, code: str) -> None:
    """R-J2: a reason has 5 letters or digits at least, 500 characters at most, and is plain text."""
    with pytest.raises(InvalidInput) as refused:
        checked_reason(reason, "input", "reason")
    assert (refused.value.code, refused.value.path) == (code, ("input", "reason"))


@pytest.mark.parametrize(
    ("reason", "code"),
    [("  а ", "TOO_SHORT"), ("а" * (REFUSAL.longest + 1), "TOO_LONG"), ("abc\x00def", "NOT_TEXT")],
)
def test_a_refusal_has_bounds_of_its_own(reason: str, code: str) -> None:
    """R-D3: a reason that says nothing, one over its limit, and one that is no text are refused."""
    with pytest.raises(InvalidInput) as refused:
        checked_reason(reason, "reason", bounds=REFUSAL)
    assert refused.value.code == code


@pytest.mark.parametrize("bounds", [STAFF, REFUSAL])
def test_reasons_that_are(bounds: Bounds) -> None:
    """R-J2: a reason is kept trimmed, in one Unicode form; its limits themselves are allowed."""
    assert checked_reason("  обращение 15  ", bounds=bounds) == "обращение 15"
    assert checked_reason("й" + "x" * bounds.shortest, bounds=bounds)[0] == "й"
    for size in (bounds.shortest, bounds.longest):
        assert len(checked_reason("x" * size, bounds=bounds)) == size
