"""One version of КАТО beside another: what came, what went, and what is called otherwise."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.regions.codes import lineage
from domain.regions.rows import Place

Node = tuple[Place, str | None, bool]
"""A place of a version, what lies next above it there, and whether anything lies below it."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Codes by what happened to them, ascending; `reissued` are added ones that were closed before.

    `renamed` have another name in a language; `changed` another kind, or other places next to them.
    """

    added: tuple[str, ...] = ()
    reissued: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """What the newer version says for the first time, or otherwise."""
        return tuple(sorted({*self.added, *self.renamed, *self.changed}))

    @property
    def ended(self) -> tuple[str, ...]:
        """What the older version says that the newer does not."""
        return tuple(sorted({*self.closed, *self.renamed, *self.changed}))


def placed(places: Mapping[str, Place]) -> dict[str, Node]:
    """A version's places in their tree: the next above is the nearest that exists."""
    above = {code: _above(code, places) for code in places}
    parents = {*above.values()}
    return {code: (place, above[code], code in parents) for code, place in places.items()}


def compare(before: Mapping[str, Node], after: Mapping[str, Node], closed: Collection[str]) -> Differences:
    """What changes from one version to the next; `closed` are codes that an earlier one had."""
    added = sorted(after.keys() - before.keys())
    both = sorted(after.keys() & before.keys())
    renamed = [code for code in both if _names(before[code]) != _names(after[code])]
    return Differences(
        added=tuple(added),
        reissued=tuple(code for code in added if code in closed),
        renamed=tuple(renamed),
        changed=tuple(code for code in both if _rest(before[code]) != _rest(after[code])),
        closed=tuple(sorted(before.keys() - after.keys())),
    )


def _above(code: str, places: Mapping[str, Place]) -> str | None:
    return next((each for each in reversed(lineage(code)[:-1]) if each in places), None)


def _names(node: Node) -> tuple[str, str]:
    return node[0].kk, node[0].ru


def _rest(node: Node) -> tuple[object, ...]:
    return node[0].type, *node[1:]
