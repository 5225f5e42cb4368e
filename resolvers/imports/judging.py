"""What each row of a table is to do: made, changed, left as it is, or refused; decided without writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from documents import listings
from documents.base import Id, Row
from documents.listings import ListingDraft
from domain import imports
from domain.categories import Category
from domain.errors import InvalidInput, Issue
from domain.imports import FAULTS_EACH, Column, ImportPolicy, Meant
from domain.listings import ListingAction, ListingStatus, advance, fingerprint, schedule_of
from resolvers.listings.attachments import documents_of
from resolvers.listings.content import CardInput, Known, checked


@dataclass(frozen=True, slots=True)
class Import:
    """What a job was asked for: rows of these columns, under a policy, shown at once or left as drafts."""

    definition: Category
    columns: Sequence[Column]
    policy: ImportPolicy
    publish: bool

    @property
    def lenient(self) -> bool:
        """Whether a wrong cell is left out instead of the whole row."""
        return self.policy is ImportPolicy.ignore_failed_fields


@dataclass(frozen=True, slots=True)
class World:
    """What rows are judged against: whose they are, what cards may name, and what is there already."""

    supplier: Id
    known: Known
    now: datetime
    moderated: bool
    by_id: Mapping[str, Row]
    by_key: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row: a working copy to write over version `before`, or none; and its faults.

    `shown` in the catalogue at once, or `sent` to a moderator, where cards are moderated.
    """

    number: int
    named: str | None
    refused: bool = False
    draft: Row | None = None
    before: int | None = None
    shown: bool = False
    sent: bool = False
    faults: Sequence[Issue] = ()


def outcome(asked: Import, world: World, meant: Meant) -> Outcome:
    """What becomes of one row."""
    named = _named(meant)
    before = _before(world, meant)
    wrong = [*meant.naming_faults, *_misnamed(asked, world, meant, before)]
    if wrong:
        return Outcome(meant.number, named, refused=True, faults=[*wrong, *meant.faults][:FAULTS_EACH])
    return replace(_written(asked, world, meant, before), named=named)


def _named(meant: Meant) -> str | None:
    given = meant.naming.get("key") or meant.naming.get("id")
    return str(given) if given else None


def _before(world: World, meant: Meant) -> Row | None:
    if given := meant.naming.get("id"):
        return world.by_id.get(str(given))
    return world.by_key.get(str(meant.naming.get("key")))


def _misnamed(asked: Import, world: World, meant: Meant, before: Row | None) -> list[Issue]:
    """What is wrong with which listing a row is about."""
    key, given = meant.naming.get("key"), meant.naming.get("id")
    if given and before is None:
        return [Issue("IMPORT_UNKNOWN_LISTING", ("rows", meant.number, "id"))]
    holder = world.by_key.get(str(key)) if key else None
    if holder is not None and before is not None and holder["_id"] != before["_id"]:
        return [Issue("IMPORT_KEY_TAKEN", ("rows", meant.number, "key"))]
    if before is not None and before["category"] != asked.definition.code:
        place = ("rows", meant.number, "id" if given else "key")
        return [Issue("IMPORT_OTHER_CATEGORY", place, {"category": before["category"]})]
    return []


def _written(asked: Import, world: World, meant: Meant, before: Row | None) -> Outcome:
    former = imports.card_values(asked.columns, before) if before else {}

    def check(card: Mapping[str, Any]) -> Row:
        whole = asked.publish and not asked.lenient
        return checked(asked.definition, _card(card, world, before), world.known, complete=whole)

    judged = imports.judge(asked.columns, meant, former, check, lenient=asked.lenient)
    faults = list(judged.faults)
    if judged.content is None:
        return Outcome(meant.number, None, refused=True, faults=faults[:FAULTS_EACH])
    lacking = _lacking(asked, world, meant, before, judged.content)
    ready = asked.publish and not lacking
    sent = ready and _waits(asked, world, before, judged.content)
    shown = ready and not sent
    outcome = Outcome(meant.number, None, shown=shown, sent=sent, faults=[*faults, *lacking][:FAULTS_EACH])
    if before is None:
        return replace(outcome, draft=_made(asked, world, meant, dict(judged.content), shown=shown))
    stays = (not shown or _is_shown(before)) and (not sent or before.get("review"))
    if stays and _is_same(asked, meant, former, before, dict(judged.content)):
        return replace(outcome, shown=False, sent=False)
    return _edited(asked, world, meant, before, dict(judged.content), outcome)


def _card(card: Mapping[str, Any], world: World, before: Row | None) -> CardInput:
    """A card of the supplier's own; its documents are those that it has: tables have no column for them."""
    return CardInput(**card, supplier=world.supplier, documents=documents_of(before) if before else None)


def _lacking(
    asked: Import, world: World, meant: Meant, before: Row | None, content: Mapping[str, Any]
) -> list[Issue]:
    """What a row written leniently still lacks before it may be shown, beginning with that it is not."""
    if not (asked.publish and asked.lenient):
        return []
    card = imports.card_of(asked.columns, imports.card_values(asked.columns, content))
    try:
        checked(asked.definition, _card(card, world, before), world.known, complete=True)
    except InvalidInput as found:
        told = Issue("IMPORT_NOT_PUBLISHED", ("rows", meant.number))
        return [told, *(imports.placed_at(asked.columns, meant.number, one) for one in found.issues)]
    return []


def _waits(asked: Import, world: World, before: Row | None, content: Mapping[str, Any]) -> bool:
    """Whether a moderator has to see this content before it is shown."""
    if not world.moderated:
        return False
    whole = {**(before or {}), **content, "definition_version": asked.definition.version}
    return before is None or before.get("approved_hash") != fingerprint(whole)


def _is_same(asked: Import, meant: Meant, former: imports.Values, before: Row, content: Row) -> bool:
    """Whether a table would show the listing just as before."""
    key = meant.naming.get("key")
    return imports.card_values(asked.columns, content) == former and key in (None, before.get("external_key"))


def _is_shown(before: Row) -> bool:
    return bool(
        before["status"] == ListingStatus.published and before["published_version"] == before["version"]
    )


def _made(asked: Import, world: World, meant: Meant, content: Row, *, shown: bool) -> Row:
    status = ListingStatus.published if shown else ListingStatus.draft
    return listings.ready(
        ListingDraft(
            supplier=world.supplier,
            direction=asked.definition.direction,
            category=asked.definition.code,
            definition_version=asked.definition.version,
            external_key=meant.naming.get("key") or None,
            status=status,
            published_version=1 if shown else None,
            created_at=world.now,
            updated_at=world.now,
            **content,
        )
    )


def _edited(
    asked: Import, world: World, meant: Meant, before: Row, content: Row, outcome: Outcome
) -> Outcome:
    stands, given = before["version"], meant.naming.get("version")
    if given is not None and given != stands:
        params = {"expected": int(str(given)), "actual": stands}
        late = Issue("VERSION_CONFLICT", ("rows", meant.number, "version"), params)
        return Outcome(meant.number, None, refused=True, faults=[late])
    changes = content | {
        "definition_version": asked.definition.version,
        "external_key": meant.naming.get("key") or before.get("external_key"),
        "updated_at": world.now,
        "version": stands + 1,
    }
    schedule = schedule_of(before.get("schedule"))
    if schedule and (outcome.shown or outcome.sent):
        changes |= listings.planned(schedule.without(ListingAction.publish))
    if outcome.shown:
        status = advance(ListingStatus(before["status"]), ListingAction.publish)
        changes |= {"status": status, "published_version": stands + 1}
    kept = {name: value for name, value in before.items() if name != "kind"}
    draft = listings.ready(ListingDraft.model_validate(kept | changes), before)
    return replace(outcome, draft=draft, before=stands)
