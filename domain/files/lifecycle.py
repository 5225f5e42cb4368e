"""A file's life: uploaded, then ready once a worker has made of it what is shown, or refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.errors import Refused


class FileStatus(StrEnum):
    """Where a file stands."""

    uploaded = "uploaded"
    ready = "ready"
    refused = "refused"


class FileAction(StrEnum):
    """What a worker finds."""

    accept = "accept"
    refuse = "refuse"


NEXT: Mapping[tuple[FileStatus, FileAction], FileStatus] = MappingProxyType(
    {
        (FileStatus.uploaded, FileAction.accept): FileStatus.ready,
        (FileStatus.uploaded, FileAction.refuse): FileStatus.refused,
    }
)
"""Every allowed step."""


def advance(status: FileStatus, action: FileAction) -> FileStatus:
    """The status after the action; Refused(TRANSITION_REFUSED) when the table has no such step."""
    following = NEXT.get((status, action))
    if following is None:
        raise Refused("TRANSITION_REFUSED", status=status.value)
    return following
