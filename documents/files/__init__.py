"""Files: tickets, what is known of each, their contents in GridFS, and what has to be done with them."""

from documents.files.contents import (
    ContentChunk,
    ContentHead,
    LooseContent,
    Writer,
    drop,
    holds,
    keep_content,
    loosen,
    opened,
    read,
    whole,
)
from documents.files.records import (
    EVERYBODY,
    FILE,
    PUBLIC,
    TICKET,
    FileTicket,
    StoredFile,
    Variant,
    by_ids,
    claim_ticket,
    count_of_supplier,
    get,
    issue_ticket,
    mark_used,
    settle,
    store,
    ticket,
)
from documents.files.sweeping import sweep
from documents.files.work import FileWork, Taken, begin_work, end_work, take
from documents.nodes import readable

__all__ = [
    "EVERYBODY",
    "FILE",
    "PUBLIC",
    "TICKET",
    "ContentChunk",
    "ContentHead",
    "FileTicket",
    "FileWork",
    "LooseContent",
    "StoredFile",
    "Taken",
    "Variant",
    "Writer",
    "begin_work",
    "by_ids",
    "claim_ticket",
    "count_of_supplier",
    "drop",
    "end_work",
    "get",
    "holds",
    "issue_ticket",
    "keep_content",
    "loosen",
    "mark_used",
    "opened",
    "read",
    "settle",
    "store",
    "sweep",
    "take",
    "ticket",
    "whole",
]

readable(FILE, get)
readable(TICKET, ticket)
"""A repeated request for a ticket is answered with the same one."""
