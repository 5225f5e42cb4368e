"""Which keys of records an answer is made from: so that no more than that is read from a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys by the kind of record; a kind that is not known, or known as None, is wanted whole.

    `values` are the names of all fields that are asked of types without a kind; None: any of them.
    """

    keys: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    values: frozenset[str] | None = None

    def of(self, kind: str) -> frozenset[str] | None:
        """The keys that are looked at in records of this kind; None: all of them."""
        return self.keys.get(kind)

    def asks(self, *names: str) -> bool:
        """Whether a field of one of these names may be asked of a type without a kind."""
        return self.values is None or not self.values.isdisjoint(names)


EVERYTHING = Wanted()
"""Where nobody knows what will be asked for: on graphql-core."""


class Wants:
    """Gathers what the fields of a selection look at."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str] | None] = {}
        self._values: set[str] = set()

    def add(self, kinds: tuple[str, ...], name: str, keys: tuple[str, ...] | None) -> None:
        """The field of records of these kinds looks at these keys, or at any with None."""
        if not kinds:
            self._values.add(name)
        for kind in kinds:
            known = self._keys.setdefault(kind, set())
            self._keys[kind] = None if known is None or keys is None else known | set(keys)

    def wanted(self) -> Wanted:
        """All of it; selections that look at the same keys share it."""
        found = ((kind, None if keys is None else frozenset(keys)) for kind, keys in self._keys.items())
        return _wanted(tuple(found), frozenset(self._values))


@lru_cache(maxsize=1_000)
def _wanted(keys: tuple[tuple[str, frozenset[str] | None], ...], values: frozenset[str]) -> Wanted:
    return Wanted(dict(keys), values)
