"""A world with a stay of three nights and with assistants by the hour."""

from datetime import date, timedelta
from typing import Any

import pytest

from documents import capacity as days
from documents import categories, listings
from documents.base import Id, Row, collection, new_id
from documents.listings import Answer, ListingDraft, Mark
from documents.reference import store_reference
from domain.capacity import Dates
from domain.categories import Category
from domain.errors import DomainError
from domain.listings import ListingAct
from resolvers import capacity, orders
from resolvers.capacity import Written
from tests.resolvers.orders.conftest import (
    GUARANTEED,
    NOW,
    World,
    authority,
    everything,
    key,
    new_listing,
    new_measure,
    reference,
    world,
)

__all__ = ["authority", "world"]

TODAY = NOW.date()
FIRST = date(2026, 5, 1)
NAMES = {"kk": "А", "ru": "А", "en": "A"}
STAY = Dates(FIRST, FIRST + timedelta(days=3))


def on(number: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=number)


def definition(code: str, rule: Row | None) -> Category:
    """A category whose listings say a number `days`."""
    item = {"id": f"{code}-1", "code": "days", "names": NAMES, "type": "integer", "required": True}
    given = {"code": code, "direction": "tsr_sale", "kind": "service", "names": NAMES}
    return Category.model_validate(given | {"characteristics": [item], "capacity": rule})


class Stay:
    """A world with a stay of three nights, and with assistants by the hour, each with a measure for it."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def open(self) -> None:
        """Definitions, listings with their drafts, measures."""
        rules = {
            "stay": {"unit": "nights", "length": "days"},
            "helper": {"unit": "hours", "a_day": "days"},
        }
        for code, rule in rules.items():
            await categories.publish_definition(definition(code, rule))
            await store_reference([reference("guaranteed_sum", code, GUARANTEED)])
            self.world.rows[code] = await self.listing(code)
            self.world.rows[f"{code}_measure"] = await self.measure(code)
        await store_reference([reference("capacity_hold", "hours", 72), reference("day_limit", "helper", 8)])

    async def listing(self, code: str) -> Row:
        """A published listing with its draft."""
        supplier = self.world.rows["supplier"]["_id"]
        draft = ListingDraft(
            supplier=supplier,
            direction="tsr_sale",
            category=code,
            definition_version=1,
            created_at=NOW,
            updated_at=NOW,
        )
        await listings.create_draft(draft, Mark(ListingAct.created, f"supplier:{supplier}", NOW))
        row = await new_listing(supplier, category=code, id=draft.id)
        answers = [Answer(code="days", value=3 if code == "stay" else 6).model_dump()]
        await collection("listings").update_one({"_id": draft.id}, {"$set": {"characteristics": answers}})
        return row | {"characteristics": answers}

    async def measure(self, code: str, person: Id | None = None, quantity: int = 1) -> Row:
        """A measure for it, of the participant or of somebody else."""
        whose = person or self.world.rows["participant"]["_id"]
        units = 200 if code == "helper" else quantity
        return await new_measure(whose, new_id().binary.hex(), category=code, quantity=units)

    async def offer(
        self, places: int, code: str = "stay", first: int = 0, last: int = 9, **other: Any
    ) -> Row:
        """What the supplier offers."""
        who, expected = other.get("who", "supplier"), other.get("expected")
        given = [Written(str(on(first)), str(on(last)), places)]
        listing = self.world.rows[code]["_id"]
        return await capacity.offer(
            self.world.context(who), listing, expected, given, other.get("key", key())
        )

    async def prepare(
        self, dates: Dates | None = STAY, code: str = "stay", quantity: int = 1, **ids: Any
    ) -> Row:
        """An application with days."""
        measure = ids.get("measure") or self.world.rows[f"{code}_measure"]["_id"]
        listing = ids.get("listing") or self.world.rows[code]["_id"]
        who = self.world.context("participant")
        return await orders.prepare(who, measure, listing, quantity, ids.get("key", key()), dates)

    async def place(self, application: Row) -> Row:
        """Its order."""
        cms = await self.world.signed(application)
        return await orders.place(self.world.context("participant"), application["_id"], cms, key())

    async def act(self, name: str, order: Row) -> Row:
        """Something done with an order by whoever does it."""
        who = {"cancel": "participant", "approve": "body", "refuse": "body"}.get(name, "supplier")
        reason = ("мест больше нет",) if name in {"decline", "refuse"} else ()
        done: Row = await getattr(orders, name)(self.world.context(who), order["_id"], *reason, key())
        return done

    async def days(self, code: str = "stay") -> dict[int, tuple[int, int]]:
        """Offered and taken by number of the day."""
        listing = self.world.rows[code]["_id"]
        found = (await days.days_of([listing], FIRST, on(30)))[listing]
        return {(day - FIRST).days: (one.places, one.taken) for day, one in found.items()}

    async def refused(self, what: Any) -> str:
        """The code of a refusal, after a look that nothing was left behind."""
        before = await everything()
        with pytest.raises(DomainError) as found:
            await what
        assert await everything() == before
        return found.value.code


@pytest.fixture
async def stay(world: World) -> Stay:
    """The world with stays."""
    made = Stay(world)
    await made.open()
    return made
