"""Loading the demonstration through the portal's own acts: signed records, measures, orders. Repeatable."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from auth.viewer import SYSTEM, Viewer
from documents import categories, participants, seeding, suppliers
from documents.audit import intend
from documents.base import Id, in_transaction
from documents.listings import Listing, ListingDraft
from documents.reference import add_reference, midnight
from domain.audit import system_actor
from domain.canonical import canonical_bytes
from domain.categories import Category
from domain.listings import ListingStatus, fingerprint
from domain.rate_limits import Limits, Rate, RateRule
from domain.texts import Language
from loaders import Loaders
from resolvers.context import Context, Services
from resolvers.participants import receive_gateway_record
from resolvers.participants import register as register_participant
from resolvers.suppliers import register as register_supplier
from workers.seed.cards import SeedListing, generate_listings
from workers.seed.cast import Cast
from workers.seed.categories import load_categories
from workers.seed.demo import Demo
from workers.seed.reference import load_reference
from workers.seed.suppliers import SeedSupplier

BATCH = 500
"""Cards in one transaction, each with its draft and one intent for all."""
AT_ONCE = 8
SEEDING = system_actor("seed")
UNLIMITED = Limits({rule: Rate(0, timedelta(minutes=1)) for rule in RateRule})
ISSUED = datetime(2022, 3, 11, 6, tzinfo=UTC)
"""When the records of the demonstration were issued: a clock may be set to any day of the rules."""


def acting(services: Services, viewer: Viewer = SYSTEM, at: datetime | None = None) -> Context:
    """A context of somebody at an instant; now without one.

    Stories are told out of their order and all at once: a limit on how often somebody acts would stop them.
    """
    services = replace(services, limits=UNLIMITED)
    return Context(services, viewer, Language.ru, at or services.clock(), Loaders())


async def load_rules(now: datetime) -> None:
    """Reference data and category definitions: what the portal can't work without; added where missing."""
    await in_transaction(partial(_load_rules, now))


async def _load_rules(now: datetime) -> None:
    rows = [asdict(row) for row in load_reference()]
    for row in rows:
        row["valid_from"] = midnight(row["valid_from"])
        row["valid_to"] = midnight(row["valid_to"]) if row["valid_to"] else None
    added = await add_reference(rows)
    published = [await categories.publish_definition(category) for category in load_categories()]
    if added or any(published):
        details = {"rows": added, "definitions": sum(published)}
        await intend("Seed.rules", by=SEEDING, at=now, details=details)


async def load_people(services: Services, cast: Cast, demo: Demo) -> None:
    """Gateway records of everybody; all but the plain assistant are registered."""
    sellers = (*demo.suppliers, demo.assistant)
    await _together(
        _receive(services, cast, "person", one.person.iin, one.record) for one in demo.participants
    )
    await _together(_receive(services, cast, "supplier", one.identifier, one.record) for one in sellers)
    for authority in demo.authorities:
        await _receive(services, cast, "authority", authority.ward, authority.record())


async def register_people(services: Services, demo: Demo) -> None:
    """Open the cabinets of participants and suppliers, as their first sign-in would; nobody signs here."""
    ctx = acting(services)
    for participant in demo.participants:
        row = await participants.by_iin(participant.person.iin)
        if row is not None:
            await in_transaction(partial(register_participant, ctx, row, SEEDING, None))
    for supplier in demo.suppliers:
        found = await suppliers.by_identifier(supplier.identifier)
        if found is not None:
            await in_transaction(partial(register_supplier, ctx, found, SEEDING, None))


async def _together(acts: Iterable[Awaitable[None]]) -> None:
    """Do acts that know nothing of each other a few at a time: their waits for the disk overlap."""
    waiting = iter(acts)
    while some := list(islice(waiting, AT_ONCE)):
        await asyncio.gather(*some)


async def _receive(services: Services, cast: Cast, kind: str, about: str, record: dict[str, Any]) -> None:
    message: dict[str, Any] = {
        "message_id": f"demo-{kind}-{about}",
        "type": kind,
        "issued_at": ISSUED.isoformat(),
        kind: record,
    }
    content = canonical_bytes(message)
    await receive_gateway_record(acting(services), cast.as_gateway(content))


async def load_listings(sellers: Sequence[SeedSupplier], count: int, *, seed: int, now: datetime) -> int:
    """Generated cards, drafts and published snapshots, in batches; the number of them."""
    known = [await suppliers.by_identifier(seller.identifier) for seller in sellers]
    ids = [row["_id"] for row in known if row is not None]
    definitions = {(category.code, category.version): category for category in load_categories()}
    cards = generate_listings(sellers, count, seed=seed)
    while batch := list(islice(cards, BATCH)):
        drafts = [_draft(card, ids[card.supplier], now) for card in batch]
        snapshots = [_snapshot(one, definitions[(one.category, one.definition_version)]) for one in drafts]
        await in_transaction(partial(_insert_batch, drafts, snapshots, now))
    return count


async def _insert_batch(drafts: Sequence[ListingDraft], snapshots: Sequence[Listing], now: datetime) -> None:
    await seeding.insert_listings(drafts, snapshots)
    await intend("Seed.listings", by=SEEDING, at=now, details={"count": len(drafts)})


def listing_id(number: int) -> Id:
    """The identifier of a generated card: the same whenever it is loaded, so that loading can be repeated."""
    return Id(f"5eed{number:020x}")


def _draft(card: SeedListing, supplier: Id, now: datetime) -> ListingDraft:
    content: dict[str, Any] = {
        "category": card.category,
        "definition_version": card.definition_version,
        "title": dict(card.title),
        "description": dict(card.description),
        "price": card.price,
        "regions": list(card.regions),
        "characteristics": [dict(answer) for answer in card.characteristics],
    }
    made = now - timedelta(minutes=7 * (card.number % 60_000) + 1)
    return ListingDraft(
        _id=listing_id(card.number),
        supplier=supplier,
        direction=card.direction,
        status=ListingStatus.published,
        published_version=1,
        created_at=made,
        updated_at=made,
        content_hash=fingerprint(content),
        **content,
    )


_COPIED = (
    "supplier", "direction", "category", "definition_version", "title", "description", "price", "regions",
    "version", "content_hash",
)  # fmt: skip


def _snapshot(draft: ListingDraft, definition: Category) -> Listing:
    fields = {name: getattr(draft, name) for name in _COPIED}
    answers = [one for one in draft.characteristics if definition.by_code[one.code].public]
    filterable = [item.code for item in definition.characteristics if item.filterable]
    return Listing(
        _id=draft.id, published_at=draft.created_at, filterable=filterable, characteristics=answers, **fields
    )
