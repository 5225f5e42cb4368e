"""Answers made of records that last: loaders give the same ones again and again, and they never change.

What a plan makes of such a record alone is the same in every request. It is found by the record's identity;
the record is held beside it, so that its id can't come to name another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

Complete = Callable[[Any, Any], Any]
MOST = 2_000
"""Answers of all plans of a schema together."""


class Memory:
    """The answers that the plans of one schema remember; all are forgotten when there are too many."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._tables: WeakSet[Table] = WeakSet()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def table(self, complete: Complete) -> Table:
        """The answers of one position, made by `complete`; they go with the plan they belong to."""
        made = Table(self, complete)
        self._tables.add(made)
        return made

    def take(self) -> None:
        """Make room for one more; answers of plans that are gone do not count."""
        if self._count >= self._most:
            self._count = sum(len(each.answers) for each in self._tables)
        if self._count >= self._most:
            for each in self._tables:
                each.forget()
            self._count = 0
        self._count += 1


class Table:
    """The answers of one position, by the ids of their records."""

    __slots__ = ("__weakref__", "_complete", "_memory", "_records", "answers")

    def __init__(self, memory: Memory, complete: Complete) -> None:
        self._memory, self._complete = memory, complete
        self._records: list[Any] = []
        self.answers: dict[int, Any] = {}

    def make(self, record: Any, state: Any) -> Any:
        """Complete a record and remember what came of it. Raises whatever is unusual."""
        if id(record) in self.answers:  # an empty answer looks as if there was none
            return self.answers[id(record)]
        answer = self._complete(record, state)
        self._memory.take()
        self._records.append(record)
        self.answers[id(record)] = answer
        return answer

    def forget(self) -> None:
        """Drop everything; plans hold the dictionary itself."""
        self.answers.clear()
        self._records.clear()
