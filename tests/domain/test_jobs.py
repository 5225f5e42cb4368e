"""Where a job can go: an end is an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.jobs import BINDING, OPEN, JobAction, JobStatus, advance, require_optional


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


def test_what_follows_from_something_in_force_goes_on_to_its_end() -> None:
    """R-B3: nobody stops listings halfway on their way to a definition; a dry run and other work may be stopped."""
    for work in BINDING:
        require_optional(work, dry_run=True)
        with pytest.raises(Refused, match="JOB_BINDS"):
            require_optional(work, dry_run=False)
    require_optional("listings_import", dry_run=False)
