"""Days that orders take and give back: what is refused, and that nothing stays behind."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from documents import capacity as days
from documents.base import Id, collection, new_id
from documents.capacity import DAYS, TAKINGS
from documents.orders.records import dates_of
from documents.reference import midnight
from domain.canonical import read_canonical
from domain.capacity import Dates, Hold
from domain.errors import Refused
from domain.texts import Language
from resolvers import capacity, orders
from resolvers.capacity import Wanted
from tests.resolvers.capacity.conftest import FIRST, STAY, TODAY, Stay, on
from tests.resolvers.orders.conftest import NOW, key, new_person


async def test_an_order_takes_its_nights(stay: Stay) -> None:
    """R-B4: with the order, in its transaction, every night but that of departure is taken, and held for a time."""
    await stay.offer(5)
    order = await stay.place(await stay.prepare())
    assert await stay.days() == {number: (5, 1 if number < 3 else 0) for number in range(10)}
    assert dates_of(order) == STAY
    (row,) = await collection(TAKINGS).find({}).to_list()
    assert (row["_id"], row["state"]) == (order["_id"], Hold.held)
    assert row["expires_at"] == NOW.replace(microsecond=123_000) + timedelta(hours=72)


async def test_what_is_signed_names_the_days(stay: Stay) -> None:
    """R-D2: the application, its text in three languages and the act of handing over say arrival and departure."""
    await stay.offer(5)
    application = await stay.prepare()
    paper = await orders.paper_of(stay.world.context("participant"), application)
    stated: Any = read_canonical(paper.content)
    assert stated["days"] == {"unit": "nights", "from": "2026-05-01", "to": "2026-05-04"}
    assert stated["version"] == 2
    assert all(
        "2026-05-01" in paper.text(language) and "2026-05-04" in paper.text(language) for language in Language
    )
    order = await stay.place(application)
    for act in ("accept", "start"):
        await stay.act(act, order)
    act_paper = await orders.hand_over_act(stay.world.context("supplier"), order["_id"])
    signed: Any = read_canonical(act_paper.content)
    assert (signed["days"], signed["version"]) == (stated["days"], 2)


async def test_orders_that_come_to_nothing_give_back(stay: Stay) -> None:
    """R-D3: cancelled, declined and refused orders give back exactly what they took; the rest stays taken."""
    await stay.offer(5)
    await stay.place(await stay.prepare(measure=(await stay.measure("stay"))["_id"]))
    for ending in (["cancel"], ["decline"], ["accept", "cancel"]):
        order = await stay.place(await stay.prepare())
        assert (await stay.days())[0] == (5, 2)
        for act in ending:
            await stay.act(act, order)
        assert await stay.days() == {number: (5, 1 if number < 3 else 0) for number in range(10)}
    order = await stay.place(await stay.prepare())
    for act in ("accept", "start"):
        await stay.act(act, order)
    await stay.world.sign_act(order, "supplier")
    await stay.world.sign_act(order, "participant")
    assert (await stay.days())[0] == (5, 2)
    await stay.act("refuse", order)
    assert (await stay.days())[0] == (5, 1)


async def test_many_orders_for_the_last_places(stay: Stay) -> None:
    """R-D4: of twelve orders of twelve people at once for two places two are placed; the others leave nothing."""
    await stay.offer(2)
    applications = []
    for _ in range(12):
        measure = await stay.measure("stay")
        applications.append(await stay.prepare(measure=measure["_id"]))
    done = await asyncio.gather(*(stay.place(one) for one in applications), return_exceptions=True)
    assert [one.code for one in done if isinstance(one, Refused)] == ["CAPACITY_EXHAUSTED"] * 10
    assert (await stay.days())[0] == (2, 2)
    for name in ("orders", "evidence", TAKINGS):
        assert await collection(name).count_documents({}) == 2


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        (None, "DAYS_REQUIRED"),
        (Dates(FIRST, FIRST), "DAYS_REVERSED"),
        (Dates(TODAY - timedelta(days=1), TODAY + timedelta(days=2)), "DAYS_OUT_OF_REACH"),
        (Dates(on(0), on(2)), "STAY_LENGTH"),
        (Dates(on(8), on(11)), "DAY_NOT_OFFERED"),
    ],
)
async def test_days_that_can_not_be_had(stay: Stay, dates: Dates | None, code: str) -> None:
    """R-B4: each objection to the days has its code, and nothing is prepared."""
    await stay.offer(5)
    assert await stay.refused(stay.prepare(dates)) == code


async def test_goods_name_no_days(stay: Stay) -> None:
    """R-B4: days for a category that has none are refused; without them all is as it was."""
    prepared = stay.prepare(
        measure=stay.world.rows["measure"]["_id"], listing=stay.world.rows["listing"]["_id"]
    )
    assert await stay.refused(prepared) == "DAYS_NOT_TAKEN"
    order = await stay.world.place()
    assert (order["dates"], await collection(TAKINGS).count_documents({})) == (None, 0)


async def test_a_place_that_went_between_preparing_and_signing(stay: Stay) -> None:
    """R-D1: an application binds nothing: who signs second is refused, and nothing of the order is left."""
    await stay.offer(1)
    second = await stay.prepare(measure=(await stay.measure("stay"))["_id"])
    await stay.place(await stay.prepare())
    assert await stay.refused(stay.place(second)) == "CAPACITY_EXHAUSTED"
    assert (
        await stay.refused(stay.prepare(measure=(await stay.measure("stay"))["_id"])) == "CAPACITY_EXHAUSTED"
    )


async def test_the_same_key_with_other_days(stay: Stay) -> None:
    """R-K: days are part of what was asked for under an idempotency key."""
    await stay.offer(5)
    one = key()
    first = await stay.prepare(key=one)
    assert (await stay.prepare(key=one))["_id"] == first["_id"]
    later = Dates(on(1), on(4))
    assert await stay.refused(stay.prepare(later, key=one)) == "IDEMPOTENCY_CONFLICT"


async def test_hours_of_a_person_over_all_orders(stay: Stay) -> None:
    """R-B4: the listing's hours a day bound an order, the law's eight bound the person over two orders at once."""
    await stay.offer(24, "helper")
    week = Dates(on(0), on(4))
    assert await stay.refused(stay.prepare(week, "helper", 31)) == "DAYS_TOO_FEW"
    second = (await stay.measure("helper"))["_id"]
    applications = [
        await stay.prepare(week, "helper", 25),
        await stay.prepare(week, "helper", 25, measure=second),
    ]
    done = await asyncio.gather(*(stay.place(one) for one in applications), return_exceptions=True)
    assert [one.code for one in done if isinstance(one, Refused)] == ["DAY_LIMIT_EXCEEDED"]
    assert await stay.days("helper") == {number: (24, 5 if number < 5 else 0) for number in range(10)}


async def test_a_hold_that_nobody_confirmed(stay: Stay) -> None:
    """R-B4: days go back when the supplier is silent; a late acceptance takes them again, or is refused."""
    await stay.offer(1)
    order = await stay.place(await stay.prepare())
    assert await capacity.expire_holds(stay.world.context("administrator")) == 0
    stay.world.now += timedelta(hours=72)
    assert await capacity.expire_holds(stay.world.context("administrator")) == 1
    assert (await stay.days())[0] == (1, 0)
    assert await collection("audit_intents").count_documents({"act": "Clock.expire"}) == 1
    other = await stay.place(await stay.prepare(measure=(await stay.measure("stay"))["_id"]))
    assert await stay.refused(stay.act("accept", order)) == "CAPACITY_EXHAUSTED"
    await stay.act("cancel", other)
    await stay.act("accept", order)
    assert (await stay.days())[0] == (1, 1)
    stay.world.now += timedelta(hours=72)
    assert await capacity.expire_holds(stay.world.context("administrator")) == 0


async def test_a_hold_that_somebody_else_ended(stay: Stay, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B4: what was cancelled after the clock saw it is not given back twice."""
    await stay.offer(1)
    order = await stay.place(await stay.prepare())
    await stay.act("cancel", order)
    stay.world.now += timedelta(hours=72)

    async def seen(*_: Any) -> list[Id]:
        return [order["_id"]]

    monkeypatch.setattr(days, "overdue", seen)
    assert await capacity.expire_holds(stay.world.context("administrator")) == 0
    assert (await stay.days())[0] == (1, 0)


async def test_days_that_are_gone_stop_no_clock(stay: Stay, caplog: pytest.LogCaptureFixture) -> None:
    """R-B4: a hold that can't be given back is told in the log, and the others go on."""
    await stay.offer(2)
    broken = await stay.place(await stay.prepare())
    await stay.place(await stay.prepare(Dates(on(5), on(8)), measure=(await stay.measure("stay"))["_id"]))
    await collection(DAYS).delete_many({"taken": 1, "day": {"$lt": midnight(on(4))}})
    stay.world.now += timedelta(hours=72)
    with caplog.at_level(logging.ERROR):
        assert await capacity.expire_holds(stay.world.context("administrator")) == 1
    assert str(broken["_id"]) in caplog.text


async def test_without_a_rule_a_hold_lasts(stay: Stay) -> None:
    """R-B4: how long days are held is reference data; without it they are held until somebody acts."""
    await collection("reference").delete_many({"type": "capacity_hold"})
    await stay.offer(1)
    await stay.place(await stay.prepare())
    (row,) = await collection(TAKINGS).find({}).to_list()
    assert row["expires_at"] is None


async def test_nothing_is_taken_without_days(stay: Stay) -> None:
    """R-B4: no order of a listing that is taken by dates goes without, whatever was stored before it."""
    wanted = Wanted(stay.world.rows["stay"], new_id(), 1, None)
    placed = capacity.take_for_order(stay.world.context("participant"), wanted, new_id())
    assert await stay.refused(placed) == "DAYS_REQUIRED"


async def test_another_person_is_no_obstacle(stay: Stay) -> None:
    """R-B4: eight hours are each person's own; two people share what is offered on a day."""
    await stay.offer(10, "helper")
    person = (await new_person("061211600012", "Сейтқали", "Әсел"))["_id"]
    for whose in (stay.world.rows["participant"]["_id"], person):
        wanted = Wanted(stay.world.rows["helper"], whose, 5, Dates(on(0), on(0)))
        await capacity.take_for_order(stay.world.context("participant"), wanted, new_id())
    assert (await stay.days("helper"))[0] == (10, 10)
