import pytest

from domain.errors import InvalidInput
from domain.orders.reasons import LONGEST, checked_reason


def test_a_reason_is_trimmed() -> None:
    """A reason loses the space around it, and nothing else."""
    assert checked_reason("  нет на складе ") == "нет на складе"


@pytest.mark.parametrize(
    ("reason", "code"),
    [("  а ", "TOO_SHORT"), ("а" * (LONGEST + 1), "TOO_LONG"), ("abc\x00def", "NOT_TEXT")],
)
def test_a_reason_has_bounds(reason: str, code: str) -> None:
    """R-D3: A reason that says nothing, one over its limit, and one that is no text are refused."""
    with pytest.raises(InvalidInput) as refused:
        checked_reason(reason)
    assert refused.value.code == code


def test_the_limit_itself_is_allowed() -> None:
    """The longest reason passes."""
    assert len(checked_reason("а" * LONGEST)) == LONGEST
