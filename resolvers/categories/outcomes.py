"""What becomes of one listing when its category's definition changes: decided here, written elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.base import Row
from domain.categories.carrying import Way, settled, shown
from domain.errors import InvalidInput
from domain.jobs import Found


@dataclass(frozen=True, slots=True)
class Outcome:
    """Changes of the draft and of the published snapshot, if any, and why one of them can't follow."""

    draft: Mapping[str, Any] = field(default_factory=dict)
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    found: tuple[Found, ...] = ()


def outcome(way: Way, draft: Row, snapshot: Row | None, position: int) -> Outcome:
    """Both follow where their answers can; a snapshot has to be complete, a draft need not."""
    working, wrong = _of_draft(way, draft, position)
    if snapshot is None or snapshot["definition_version"] >= way.to.version:
        return Outcome(_counted(draft, working), {}, wrong)
    public, faults = _of_snapshot(way, snapshot, position)
    found = (*wrong, *faults)
    if not faults and not wrong and draft["version"] == snapshot["version"] and _other(draft, working):
        # published as it stands, so it stays
        version = {"version": draft["version"] + 1}
        return Outcome({**working, **version, "published_version": version["version"]}, {**public, **version})
    return Outcome(_counted(draft, working), public, found)


def _of_draft(way: Way, draft: Row, position: int) -> tuple[Row, tuple[Found, ...]]:
    if draft["definition_version"] >= way.to.version:
        return {}, ()
    carried = way.carried(draft["definition_version"], draft["characteristics"])
    try:
        answers = settled(way.to, carried, complete=False)
    except InvalidInput as refused:
        return {}, _found(refused, "listing_draft", draft, position)
    return {"definition_version": way.to.version, "characteristics": answers}, ()


def _of_snapshot(way: Way, snapshot: Row, position: int) -> tuple[Row, tuple[Found, ...]]:
    """One that stays behind shows no more than the new definition, and is found by what it still says."""
    version, answers = snapshot["definition_version"], snapshot["characteristics"]
    filterable = {item.code for item in way.to.characteristics if item.filterable}
    try:
        carried = settled(way.to.shown, shown(way.to, way.carried(version, answers)), complete=True)
    except InvalidInput as refused:
        unmoved = [code for code in way.unmoved(version, answers) if code in filterable]
        behind = {"characteristics": shown(way.to, answers), "filterable": unmoved}
        return behind, _found(refused, "listing", snapshot, position)
    codes = [code for code in way.to.by_code if code in filterable]
    return {"definition_version": way.to.version, "characteristics": carried, "filterable": codes}, ()


def _counted(draft: Row, changes: Row) -> Row:
    """A new version only where what the supplier wrote reads otherwise."""
    return {**changes, "version": draft["version"] + 1} if _other(draft, changes) else changes


def _other(draft: Row, changes: Row) -> bool:
    return bool(changes.get("characteristics", draft["characteristics"]) != draft["characteristics"])


def _found(refused: InvalidInput, kind: str, record: Row, position: int) -> tuple[Found, ...]:
    return tuple(Found(position, issue, f"{kind}:{record['_id']}") for issue in refused.issues)
