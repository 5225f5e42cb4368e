"""What suppliers offer by day: whose, under which version, never below what is taken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from documents import listings
from documents.base import collection, new_id
from documents.capacity import DAYS
from documents.listings import ListingDraft
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused, VersionConflict
from domain.listings import ListingAct
from resolvers import capacity
from resolvers.capacity import Written
from tests.resolvers.capacity.conftest import Stay, on
from tests.resolvers.orders.conftest import NOW, key


async def test_a_supplier_sets_days(stay: Stay) -> None:
    """R-B4: days are set under a version, once per key; an overtaken version tells both."""
    draft = await stay.offer(5, last=1, expected=0)
    assert draft["kind"] == "listing_draft"
    one = key()
    for _ in range(2):
        await stay.offer(7, first=1, last=2, key=one, expected=1)
    assert await stay.days() == {0: (5, 0), 1: (7, 0), 2: (7, 0)}
    with pytest.raises(VersionConflict) as found:
        await stay.offer(9, expected=1)
    assert (found.value.expected, found.value.actual) == (1, 2)
    assert await stay.refused(stay.offer(9, key=one, expected=1)) == "IDEMPOTENCY_CONFLICT"
    assert await capacity.versions(stay.world.context("supplier"), [draft]) == [2]
    assert await capacity.versions(stay.world.context("other_supplier"), [draft]) == [0]


async def test_a_repeated_offer_is_answered_when_nothing_is_counted_any_more(stay: Stay) -> None:
    """R-K: the same request is answered though its category keeps no days now; a new one is refused."""
    one = key()
    draft = await stay.offer(5, key=one)
    where = {"_id": stay.world.rows["stay"]["_id"]}
    await collection("listing_drafts").update_one(where, {"$set": {"category": "wheelchair"}})
    assert (await stay.offer(5, key=one))["_id"] == draft["_id"]
    assert await stay.refused(stay.offer(5)) == "CAPACITY_NOT_KEPT"


async def test_a_repeated_offer_is_answered_when_its_days_are_over(stay: Stay) -> None:
    """R-K: the same request is answered though its days have passed; under a new key they are refused."""
    one = key()
    draft = await stay.offer(5, key=one)
    ctx = stay.world.context("supplier")
    late = replace(ctx, now=ctx.now + timedelta(days=99))
    days = [Written(str(on(0)), str(on(9)), 5)]
    assert (await capacity.offer(late, draft["_id"], None, days, one))["_id"] == draft["_id"]
    with pytest.raises(InvalidInput, match="DAYS_OUT_OF_REACH"):
        await capacity.offer(late, draft["_id"], None, days, key())
    assert await capacity.versions(ctx, [draft]) == [1]


async def test_nobody_sets_days_of_another(stay: Stay) -> None:
    """R-J3: another supplier finds no such listing, other roles may not at all, and nothing changes."""
    assert await stay.refused(stay.offer(5, who="other_supplier")) == "NOT_FOUND"
    for who in ("participant", "body", "administrator", "anonymous"):
        with pytest.raises(AccessDenied):
            await stay.offer(5, who=who)
    with pytest.raises(NotFound):
        await capacity.offer(stay.world.context("supplier"), new_id(), None, [], key())
    assert await collection(DAYS).count_documents({}) == 0


async def test_less_than_orders_have_taken(stay: Stay) -> None:
    """R-B4: lowering below what is taken is refused with the day and the number, and sets no day at all."""
    await stay.offer(5)
    await stay.place(await stay.prepare())
    with pytest.raises(Refused) as found:
        await stay.offer(0)
    assert (found.value.code, found.value.params) == (
        "CAPACITY_BELOW_TAKEN",
        {"day": "2026-05-01", "taken": 1},
    )
    assert (await stay.days())[9] == (5, 0)
    await stay.offer(1)
    assert await stay.days() == {number: (1, 1 if number < 3 else 0) for number in range(10)}


async def test_a_category_without_days(stay: Stay) -> None:
    """R-B4: where nothing is counted by day nothing can be set; impossible days are named one by one."""
    supplier = stay.world.rows["supplier"]["_id"]
    draft = ListingDraft(
        supplier=supplier,
        direction="tsr_sale",
        category="wheelchair",
        definition_version=1,
        created_at=NOW,
        updated_at=NOW,
    )
    stay.world.rows["chair"] = await listings.create_draft(
        draft, listings.Mark(ListingAct.created, f"supplier:{supplier}", NOW)
    )
    assert await stay.refused(stay.offer(5, "chair")) == "CAPACITY_NOT_KEPT"
    with pytest.raises(InvalidInput):
        await stay.offer(-1)
