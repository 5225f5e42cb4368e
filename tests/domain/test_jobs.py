"""Where a job can go: an end is an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.jobs import OPEN, JobAction, JobStatus, advance


@given(st.sampled_from(JobStatus), st.lists(st.sampled_from(JobAction), max_size=8))
def test_what_has_ended_stays_so(status: JobStatus, actions: list[JobAction]) -> None:
    """R-B6: any walk over the table ends at its first end, and every further step is refused."""
    for action in actions:
        if status in OPEN:
            status = advance(status, action)
            continue
        with pytest.raises(Refused, match="JOB_OVER"):
            advance(status, action)


def test_each_action_has_its_end() -> None:
    """R-B6: from either open status each action leads to the same place."""
    for status in OPEN:
        reached = [advance(status, action) for action in JobAction]
        assert reached == [JobStatus.running, JobStatus.done, JobStatus.failed, JobStatus.cancelled]
