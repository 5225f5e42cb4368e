"""What answers mean, and how the waiting grows."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outbox import PermanentFailure, TemporaryFailure, failure_of, wait_before


@given(attempt=st.integers(1, 10_000))
def test_waiting_grows_to_its_limit(attempt: int) -> None:
    """The wait never shrinks, starts at a second and never exceeds five minutes."""
    assert timedelta(seconds=1) <= wait_before(attempt) <= wait_before(attempt + 1) <= timedelta(minutes=5)


def test_first_waits() -> None:
    """The wait doubles: 1, 2, 4 … 256 seconds, then five minutes."""
    assert [wait_before(attempt).total_seconds() for attempt in range(1, 12)] == [
        1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300,
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_no_failure(status: int) -> None:
    """Any 2xx means that the partner has the message."""
    assert failure_of(status) is None


@pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504])
def test_our_trouble_or_theirs_is_temporary(status: int) -> None:
    """R-C6: a partner that is down, or a token of ours that expired, never kills a message."""
    assert isinstance(failure_of(status), TemporaryFailure)


@pytest.mark.parametrize("status", [400, 410, 413, 422])
def test_refusal_of_the_message_is_final(status: int) -> None:
    """An answer about the message itself ends its attempts."""
    assert isinstance(failure_of(status), PermanentFailure)
