"""The clock of cards: what is due is done once, with the checks of its moment, as its supplier."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import InvalidOperation
from typing import Any

import pytest

from documents import listings
from documents.base import Id, Row, collection
from documents.reference import store_reference
from domain.categories import Direction
from domain.errors import IdempotencyConflict, InvalidInput, Refused
from resolvers import listings as acts
from resolvers.context import Context
from resolvers.listings import CardInput
from tests.resolvers.stage import NOW, acting, rule, supplier
from tests.resolvers.test_listings import EMPTY, WHOLE, drafted
from workers.listings import ListingClock, carry_out_schedules

SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
pytestmark = pytest.mark.usefixtures("database")


async def planned(
    ctx: Context, card: CardInput = WHOLE, publish: datetime | None = SOON, withdraw: datetime | None = None
) -> Row:
    """A draft with a schedule."""
    draft = await drafted(ctx, card)
    return await acts.schedule(ctx, draft["_id"], 1, publish, withdraw, "key-schedule")


def at(now: datetime) -> Context:
    """The clock at an instant."""
    return acting(now=now)


async def history(draft: Id) -> list[str]:
    """The acts that made the versions, the newest first."""
    return [row["act"] for row in (await listings.history(draft, first=50)).rows]


async def told(kind: str) -> list[Row]:
    """The data of events of a kind."""
    return [row["data"] for row in await collection("events").find({"kind": kind}).to_list()]


async def test_a_card_is_published_when_it_is_due() -> None:
    """R-B4: not a moment before, once, by the clock on the supplier's behalf, and audited as such."""
    _, ctx = await supplier()
    draft = await planned(ctx)
    assert draft["schedule"] == {"version": 2, "publish_at": SOON, "withdraw_at": None}
    assert await carry_out_schedules(at(SOON - timedelta(seconds=1))) == 0
    assert await listings.get_listing(draft["_id"]) is None
    assert await carry_out_schedules(at(SOON)) == 1
    assert await carry_out_schedules(at(LATER)) == 0
    shown = await listings.get_listing(draft["_id"])
    assert shown is not None
    assert shown["published_at"] == SOON
    assert await history(draft["_id"]) == ["published", "scheduled", "created"]
    found = await listings.get_draft(draft["_id"])
    assert found is not None
    assert (found["schedule"], found["due_at"], found["status"]) == (None, None, "published")
    (intent,) = await collection("audit_intents").find({"act": "Clock.publish"}).to_list()
    assert (intent["role"], intent["actor"]) == ("system", "listing_clock")


async def test_clocks_at_once() -> None:
    """R-B4: however many clocks run, each card is published once."""
    _, ctx = await supplier()
    drafts = [await planned(ctx) for _ in range(1)]
    for number in range(3):
        made = await acts.create(ctx, "walkers", WHOLE, f"key-create-{number + 2}")
        drafts.append(await acts.schedule(ctx, made["_id"], 1, SOON, None, f"key-schedule-{number}"))
    done = await asyncio.gather(*(carry_out_schedules(at(LATER)) for _ in range(4)))
    assert sum(done) == 4
    for draft in drafts:
        assert await history(draft["_id"]) == ["published", "scheduled", "created"]
    assert len(await told("listing.changed")) == 4


async def test_a_card_is_withdrawn_when_it_is_due() -> None:
    """R-B4: a publication leaves the withdrawal planned; done, nothing is planned any more."""
    _, ctx = await supplier()
    draft = await planned(ctx, withdraw=LATER)
    assert await carry_out_schedules(at(SOON)) == 1
    found = await listings.get_draft(draft["_id"])
    assert found is not None
    assert found["due_at"] == LATER
    assert await carry_out_schedules(at(LATER)) == 1
    assert await listings.get_listing(draft["_id"]) is None
    found = await listings.get_draft(draft["_id"])
    assert found is not None
    assert (found["status"], found["schedule"]) == ("withdrawn", None)


async def test_what_was_overslept() -> None:
    """R-B4: a card whose withdrawal is due already is not shown any more; its supplier is told."""
    _, ctx = await supplier()
    draft = await planned(ctx, withdraw=LATER)
    assert await carry_out_schedules(at(LATER)) == 1
    assert await listings.get_listing(draft["_id"]) is None
    assert [one["error"] for one in await told("listing.not_done")] == ["TRANSITION_REFUSED"]


async def test_an_edit_drops_the_publication() -> None:
    """R-B4: other content is not published by a schedule made before; the withdrawal stays."""
    _, ctx = await supplier()
    draft = await planned(ctx, withdraw=LATER)
    same = await acts.edit(ctx, draft["_id"], 2, WHOLE, "key-edit-1")
    assert same["schedule"]["publish_at"] == SOON
    changed = await acts.edit(ctx, draft["_id"], 3, replace(WHOLE, price=1_00), "key-edit-2")
    assert changed["schedule"] == {"version": 2, "publish_at": None, "withdraw_at": LATER}
    assert await carry_out_schedules(at(SOON)) == 0
    again = await acts.schedule(ctx, draft["_id"], 4, None, None, "key-schedule-2")
    assert (again["schedule"], again["due_at"]) == (None, None)
    assert await carry_out_schedules(at(LATER)) == 0
    assert (await history(draft["_id"]))[:2] == ["unscheduled", "edited"]


async def closed() -> None:
    """The supplier's direction is closed meanwhile."""
    await collection("suppliers").update_many({}, {"$set": {"directions": [str(Direction.sanatorium)]}})


async def winding_up() -> None:
    """Suppliers of the kind begin nothing new meanwhile."""
    await store_reference([rule("supplier_standing", "legal_entity", "winding_up")])


async def nothing() -> None:
    """Nothing happens."""


@pytest.mark.parametrize(
    ("card", "meanwhile", "code"),
    [
        (EMPTY, nothing, None),
        (WHOLE, closed, "DIRECTION_NOT_OPEN"),
        (WHOLE, winding_up, "SUPPLIER_KIND_WINDING_UP"),
    ],
)
async def test_what_can_not_be_published_then(card: CardInput, meanwhile: Any, code: str | None) -> None:
    """R-B4: what is refused at its moment is dropped, once, and the supplier's feed says why."""
    _, ctx = await supplier()
    draft = await planned(ctx, card)
    await meanwhile()
    assert sum(await asyncio.gather(*(carry_out_schedules(at(SOON)) for _ in range(3)))) == 1
    assert await listings.get_listing(draft["_id"]) is None
    assert await history(draft["_id"]) == ["unscheduled", "scheduled", "created"]
    (data,) = await told("listing.not_done")
    assert (data["action"], data["status"]) == ("publish", "draft")
    assert data["error"] == code or (code is None and data["error"].startswith("MISSING"))
    assert await carry_out_schedules(at(LATER)) == 0


async def test_a_moderated_card_is_sent() -> None:
    """R-B5: where cards are moderated the clock sends the card, and shows nothing."""
    _, ctx = await supplier()
    draft = await planned(ctx, withdraw=LATER)
    await store_reference([rule("moderation", "portal", value=True)])
    assert await carry_out_schedules(at(SOON)) == 1
    assert await listings.get_listing(draft["_id"]) is None
    (review,) = await listings.reviews_of(draft["_id"])
    assert (review["status"], review["card_version"]) == ("in_review", 3)
    found = await listings.get_draft(draft["_id"])
    assert found is not None
    assert found["schedule"] == {"version": 2, "publish_at": None, "withdraw_at": LATER}


async def test_a_clock_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B4: a clock that ends in the middle leaves nothing half done, and another one does it."""
    _, ctx = await supplier()
    draft = await planned(ctx)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(listings, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            await carry_out_schedules(at(SOON))
    assert await listings.get_listing(draft["_id"]) is None
    assert await history(draft["_id"]) == ["scheduled", "created"]
    assert await carry_out_schedules(at(SOON)) == 1
    assert await history(draft["_id"]) == ["published", "scheduled", "created"]


@pytest.mark.parametrize("fault", [LookupError("gone"), InvalidOperation(), OverflowError()])
async def test_one_that_breaks_holds_up_no_other(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """R-B4: a card whose data don't open, or don't add up, stays where it is, and the next one is published."""
    _, ctx = await supplier()
    first = await planned(ctx)
    made = await acts.create(ctx, "walkers", WHOLE, "key-create-2")
    second = await acts.schedule(ctx, made["_id"], 1, LATER, None, "key-schedule-2")
    publish = listings.publish

    async def broken(snapshot: listings.Listing) -> Row | None:
        if snapshot.id == first["_id"]:
            raise fault
        return await publish(snapshot)

    monkeypatch.setattr(listings, "publish", broken)
    assert await carry_out_schedules(at(LATER)) == 1
    assert await listings.get_listing(first["_id"]) is None
    assert await listings.get_listing(second["_id"]) is not None


async def test_what_moved_on_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B5: a draft that is not as it was found, or not there at all, is left alone."""
    _, ctx = await supplier()
    draft = await planned(ctx)

    async def stale(*_: object) -> list[Row]:
        gone = {"_id": Id(), "version": 1, "supplier": draft["supplier"]}
        return [{**draft, "version": 1}, gone]

    monkeypatch.setattr(listings, "due_drafts", stale)
    assert await carry_out_schedules(at(SOON)) == 0
    assert await history(draft["_id"]) == ["scheduled", "created"]


async def test_a_repeated_plan_is_answered_when_it_has_passed() -> None:
    """R-K: the same request is answered though its instant is over; another, and a new one, are not."""
    _, ctx = await supplier()
    draft = await planned(ctx)
    late = acting(ctx.viewer, LATER)
    assert (await acts.schedule(late, draft["_id"], 1, SOON, None, "key-schedule"))["_id"] == draft["_id"]
    with pytest.raises(IdempotencyConflict):
        await acts.schedule(late, draft["_id"], 1, NOW, None, "key-schedule")
    with pytest.raises(InvalidInput, match="SCHEDULE_IN_THE_PAST"):
        await acts.schedule(late, draft["_id"], 2, SOON, None, "key-schedule-2")
    assert await history(draft["_id"]) == ["scheduled", "created"]


async def test_a_plan_needs_something_to_withdraw() -> None:
    """R-B4: nothing is withdrawn later that is not shown nor going to be."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await acts.schedule(ctx, draft["_id"], 1, None, LATER, "key-schedule")
    assert await history(draft["_id"]) == ["created"]


async def test_the_clock_goes_on() -> None:
    """R-B4: the clock works until it is told to stop."""
    _, ctx = await supplier()
    draft = await planned(ctx)
    clock = ListingClock(lambda: at(SOON), timedelta(milliseconds=1))
    running = asyncio.create_task(clock.run())
    while await listings.get_listing(draft["_id"]) is None:
        await asyncio.sleep(0.01)
    clock.stop()
    await running
    assert await history(draft["_id"]) == ["published", "scheduled", "created"]
