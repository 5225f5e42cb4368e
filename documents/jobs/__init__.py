"""Jobs as stored: who asked for what, how far it is, and what was found wrong."""

from documents.jobs.faults import JobFault, faults_of
from documents.jobs.records import (
    Job,
    broke_off,
    cancel,
    create,
    end,
    get,
    go_on,
    listed,
    open_of,
    unfinished,
)
from documents.nodes import readable

__all__ = [
    "Job",
    "JobFault",
    "broke_off",
    "cancel",
    "create",
    "end",
    "faults_of",
    "get",
    "go_on",
    "listed",
    "open_of",
    "unfinished",
]

readable("job", get)
