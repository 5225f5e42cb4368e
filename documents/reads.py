"""What an answer was made from, as tags: for whoever keeps answers, or rows, until what they show changes.

`listings` stands for anything in the collection, `listings:<id>` for one row, `listings@<value>` for the rows
with this category or of this supplier. `documents.base.collection` notes the first for every read, so that
forgetting a tag costs a few answers and never a wrong one; queries that know better name finer tags.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recorded: ContextVar[set[str] | None] = ContextVar("reads", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Gather the tags of all that is read inside, by tasks begun inside as well."""
    tags: set[str] = set()
    token = _recorded.set(tags)
    try:
        yield tags
    finally:
        _recorded.reset(token)


def note(tags: Iterable[str]) -> None:
    """Say what is being read; nothing happens where nobody records."""
    recorded = _recorded.get()
    if recorded is not None:
        recorded.update(tags)


def of_row(name: str, row: object) -> str:
    """The tag of one row of a collection, by its identifier."""
    return f"{name}:{row}"


def of_value(name: str, value: object) -> str:
    """The tag of the rows of a collection that have a value which they are listed by."""
    return f"{name}@{value}"
