"""Small entities that most answers show, in memory for the whole process: suppliers, categories, regions.

Rows are shared by all who ask and are never changed. What changes in the database is told (`drop`); while
nobody tells (`lost`), nothing is kept. A row that was read while something changed is not kept, since nobody
knows on which side of the change it was read.
"""

from collections import Counter, OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

from documents.base import session
from documents.reads import note

Key = tuple[str, Hashable]
"""The tag whose change drops the entity, and what tells it from others under the same tag."""


class Entities:
    """Entities by key, the least used dropped first."""

    def __init__(self, most: int = 10_000) -> None:
        self.clock = 0
        self.following = False
        self.figures: Counter[str] = Counter()
        self._most = most
        self._rows: OrderedDict[Key, Any] = OrderedDict()
        self._by_tag: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, keys: Sequence[Key]) -> list[Any] | None:
        """The entities of all these keys, noted as read; None if one of them is not here.

        None inside a transaction too: what is read there is as it was when the transaction began.
        """
        if session() is not None:
            return None
        rows = self._rows
        try:
            found = [rows[key] for key in keys]
        except KeyError:
            self.figures["misses"] += 1
            return None
        note(tag for tag, _ in keys)
        self.figures["hits"] += 1
        for key in set(keys):
            rows.move_to_end(key)
        return found

    def keep(self, key: Key, entity: Any, since: int) -> None:
        """Remember an entity whose reading began when the clock stood at `since`; no absent ones."""
        if entity is None or not self.following or since != self.clock or session() is not None:
            return
        self._rows[key] = entity
        self._by_tag.setdefault(key[0], set()).add(key)
        if len(self._rows) > self._most:
            self._forget(next(iter(self._rows)))

    def _forget(self, key: Key) -> None:
        del self._rows[key]
        keys = self._by_tag[key[0]]
        keys.discard(key)
        if not keys:
            del self._by_tag[key[0]]

    def drop(self, tags: Sequence[str]) -> None:
        """These have changed."""
        self.clock += 1
        for key in [key for tag in tags for key in self._by_tag.get(tag, ())]:
            self._forget(key)
            self.figures["dropped"] += 1

    def flush(self) -> None:
        """Anything may have changed."""
        self.clock += 1
        self.figures["flushed"] += 1
        self._rows.clear()
        self._by_tag.clear()

    def opened(self) -> None:
        """From now on every change is told."""
        self.flush()
        self.following = True

    def lost(self) -> None:
        """Changes are not told any more."""
        self.following = False
        self.flush()
