"""Which keys of records an answer is made from: so that no more than that is read from a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys by the kind of record; a kind that is not known, or known as None, is wanted whole."""

    keys: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    def of(self, kind: str) -> frozenset[str] | None:
        """The keys that are looked at in records of this kind; None: all of them."""
        return self.keys.get(kind)


EVERYTHING = Wanted()
"""Where nobody knows what will be asked for: on graphql-core."""


class Wants:
    """Gathers what the fields of a selection look at."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str] | None] = {}

    def add(self, kinds: tuple[str, ...], keys: tuple[str, ...] | None) -> None:
        """Fields of records of these kinds look at these keys, or at any with None."""
        for kind in kinds:
            known = self._keys.setdefault(kind, set())
            self._keys[kind] = None if known is None or keys is None else known | set(keys)

    def wanted(self) -> Wanted:
        """All of it."""
        return Wanted({kind: None if keys is None else frozenset(keys) for kind, keys in self._keys.items()})
