import asyncio
from datetime import timedelta

import pytest

from documents import listings
from documents.base import Row, collection, in_transaction, new_id
from documents.listings import Listing
from documents.orders.records import frozen_of
from documents.reference import store_reference
from domain.errors import AccessDenied, IdempotencyConflict, NotFound, Refused
from domain.signatures import SignatureRefused
from resolvers import orders
from tests.resolvers.orders.conftest import (
    GUARANTEED,
    IIN,
    World,
    everything,
    hide_width,
    key,
    new_measure,
    reference,
)


async def refused(world: World, application: Row, cms: bytes, who: str = "participant") -> str:
    """Try to place; the code of the refusal, after a look that nothing was left behind."""
    before = await everything()
    with pytest.raises(Refused) as found:
        await orders.place(world.context(who), application["_id"], cms, key())
    assert await everything() == before
    return found.value.code


async def test_a_signed_application_is_an_order(world: World) -> None:
    """R-D2: The order has the frozen listing, the sums of the server and evidence of the signature."""
    order = await world.place(quantity=2)
    assert order["status"] == "placed"
    assert (order["total"], order["reimbursed"], order["co_payment"]) == (24_000_000, 20_000_000, 4_000_000)
    assert (await frozen_of(order))["title"]["ru"] == "Кресло-коляска «Сапа»"
    assert await world.measure_status() == "ordered"
    (kept,) = await collection("evidence").find({}).to_list()
    assert (kept["_id"], kept["subject"]) == (order["application"], order["_id"])
    assert kept["retention_until"].year == 2036


async def test_everybody_hears_of_it(world: World) -> None:
    """R-E1: The order's event goes to its participant, supplier and region, and Е-Собес gets its report."""
    order = await world.place()
    (event,) = await collection("events").find({"kind": "order.changed"}).to_list()
    assert event["subject"] == order["_id"]
    assert [topic.partition(":")[0] for topic in event["topics"]] == ["participant", "supplier", "region"]
    assert event["data"]["status"] == "placed"
    reports = await collection("outbox").find({"channel": "esobes"}).to_list()
    assert [row["key"].rpartition(":")[2] for row in reports] == ["measure_status", "order_status"]


async def test_nothing_personal_is_readable_in_the_database(world: World) -> None:
    """R-J1: Neither the IIN nor what the person chose stands in clear in what an order writes."""
    await world.place()
    stored = await everything()
    for name in ("applications", "orders", "evidence", "events", "outbox", "idempotency_keys"):
        assert stored[name]
        for words in (IIN, "Сапа", "Әлиева", "Тірек"):
            assert words not in repr(stored[name])
            assert words.encode() not in b"".join(
                value for row in stored[name] for value in row.values() if isinstance(value, bytes)
            )


async def test_twenty_at_once_give_one_order(world: World) -> None:
    """R-D4: Twenty parallel orders for one measure give one order and nineteen typed refusals."""
    applications = [await world.prepare() for _ in range(20)]
    signed = [await world.signed(application) for application in applications]
    done = await asyncio.gather(
        *(
            orders.place(world.context("participant"), application["_id"], cms, key())
            for application, cms in zip(applications, signed, strict=True)
        ),
        return_exceptions=True,
    )
    codes = [one.code for one in done if isinstance(one, Refused)]
    assert codes == ["MEASURE_ALREADY_ORDERED"] * 19
    for name, amount in (("orders", 1), ("evidence", 1)):
        assert await collection(name).count_documents({}) == amount
    assert await collection("applications").count_documents({"order": {"$ne": None}}) == 1
    assert await collection("events").count_documents({"kind": "order.changed"}) == 1


async def test_a_repeated_request_repeats_its_answer(world: World) -> None:
    """R-D4: The same key with the same request gives the same order, also once the certificate has ended."""
    application = await world.prepare()
    cms, one = await world.signed(application), key()
    first = await orders.place(world.context("participant"), application["_id"], cms, one)
    before = await everything()
    world.now += timedelta(days=5000)
    again = await orders.place(world.context("participant"), application["_id"], cms, one)
    assert again["_id"] == first["_id"]
    assert await everything() == before


async def test_a_key_is_not_for_another_request(world: World) -> None:
    """R-D4: The same key with another signature is a conflict, and nothing is written."""
    application = await world.prepare()
    one = key()
    cms = await world.signed(application)
    await orders.place(world.context("participant"), application["_id"], cms, one)
    before = await everything()
    with pytest.raises(IdempotencyConflict):
        await orders.place(world.context("participant"), application["_id"], cms + b" ", one)
    assert await everything() == before


async def test_another_body_is_refused(world: World) -> None:
    """R-D2: A signature over any other bytes than the stored ones is refused and leaves nothing behind."""
    application = await world.prepare()
    content = (await orders.paper_of(world.context("participant"), application)).content
    changed = content.replace(b'"co_payment":2000000', b'"co_payment":0')
    assert changed != content
    for body in (changed, content + b" "):
        assert await refused(world, application, world.sign("participant", body)) == (
            "SIGNATURE_OF_OTHER_CONTENT"
        )


async def test_only_the_persons_own_signature_counts(world: World) -> None:
    """R-D2: Another person's certificate and one that has expired are refused and leave nothing behind."""
    application = await world.prepare()
    content = (await orders.paper_of(world.context("participant"), application)).content
    for who in ("stranger", "guardian", "supplier"):
        assert await refused(world, application, world.sign(who, content)) == "SIGNATURE_OF_ANOTHER_PERSON"
    assert await refused(world, application, world.sign("expired", content)) == "CERTIFICATE_EXPIRED"


async def test_rubbish_is_no_signature(world: World) -> None:
    """R-A2: Bytes that are no CMS get a typed refusal."""
    application = await world.prepare()
    with pytest.raises(SignatureRefused):
        await orders.place(world.context("participant"), application["_id"], b"rubbish", key())


async def test_a_guardian_signs_for_the_ward(world: World) -> None:
    """R-A6: A representative orders with their own certificate, and the order says on whose behalf."""
    order = await world.place("guardian")
    guardian = world.rows["guardian"]["_id"]
    assert order["participant"] == world.rows["participant"]["_id"]
    assert order["representative"] == guardian
    assert order["history"][0]["representative"] == guardian
    (kept,) = await collection("evidence").find({}).to_list()
    assert kept["owner"] == guardian


async def test_a_paper_of_the_guardian_is_not_the_wards(world: World) -> None:
    """R-A6: What was prepared for a representative can't be placed by the participant."""
    application = await world.prepare("guardian")
    content = (await orders.paper_of(world.context("guardian"), application)).content
    code = await refused(world, application, world.sign("participant", content))
    assert code == "APPLICATION_OUTDATED"


async def test_an_application_does_not_last(world: World) -> None:
    """R-D2: An application can't be signed after its hour."""
    application = await world.prepare()
    world.now += timedelta(hours=1)
    assert await refused(world, application, await world.signed(application)) == "APPLICATION_EXPIRED"


async def test_an_application_is_good_once(world: World) -> None:
    """R-D2: A signed application makes one order, even after that order was declined."""
    application = await world.prepare()
    cms = await world.signed(application)
    order = await orders.place(world.context("participant"), application["_id"], cms, key())
    await orders.decline(world.context("supplier"), order["_id"], "нет на складе", key())
    assert await refused(world, application, cms) == "APPLICATION_ALREADY_USED"


async def _edit_listing(world: World) -> None:
    row = {name: value for name, value in world.rows["listing"].items() if name != "kind"}
    newer = Listing.model_validate(row | {"version": 2, "price": 1, "published_at": world.now})
    await in_transaction(lambda: listings.publish(newer))


async def test_a_listing_that_changed_is_refused(world: World) -> None:
    """R-D1: A listing edited between preparing and signing is refused: nobody signs one price for another."""
    application = await world.prepare()
    await _edit_listing(world)
    assert await refused(world, application, await world.signed(application)) == "LISTING_CHANGED"


async def test_an_application_that_states_what_is_hidden_since_is_refused(world: World) -> None:
    """R-B3: An answer hidden between preparing and signing gets into no order; a new application leaves it out."""
    application = await world.prepare()
    await hide_width()
    assert await refused(world, application, await world.signed(application)) == "LISTING_CHANGED"
    order = await world.place()
    (content,) = await orders.contents(world.context("participant"), [order])
    assert [each["code"] for each in content["characteristics"]] == ["folds"]


async def test_a_listing_that_is_gone_is_refused(world: World) -> None:
    """R-D1: A listing withdrawn between preparing and signing is refused."""
    application = await world.prepare()
    await listings.withdraw(world.rows["listing"]["_id"])
    assert await refused(world, application, await world.signed(application)) == "LISTING_NOT_PUBLISHED"


async def test_a_new_guaranteed_sum_needs_a_new_application(world: World) -> None:
    """R-D1: A sum that changed between preparing and signing is refused."""
    application = await world.prepare()
    await store_reference([reference("guaranteed_sum", "wheelchair", GUARANTEED + 1)])
    assert await refused(world, application, await world.signed(application)) == "APPLICATION_OUTDATED"


async def test_a_blocked_choice_is_blocked_here_too(world: World) -> None:
    """R-C5: The window may end between preparing and signing."""
    application = await world.prepare()
    cms = await world.signed(application)
    await collection("measures").update_one({}, {"$set": {"window_ends_at": world.now}})
    assert await refused(world, application, cms) == "CHOICE_WINDOW_CLOSED"


async def test_two_orders_at_once_do_not_pass_a_quota(world: World) -> None:
    """R-D1: A yearly quota holds for two measures that are ordered at the same instant."""
    await store_reference([reference("annual_quota", "wheelchair", 2)])
    second = await new_measure(world.rows["participant"]["_id"], "2")
    applications = [await world.prepare(quantity=2), await world.prepare(quantity=2, measure=second["_id"])]
    signed = [await world.signed(application) for application in applications]
    done = await asyncio.gather(
        *(
            orders.place(world.context("participant"), application["_id"], cms, key())
            for application, cms in zip(applications, signed, strict=True)
        ),
        return_exceptions=True,
    )
    assert [one.code for one in done if isinstance(one, Refused)] == ["YEAR_QUOTA_EXCEEDED"]
    assert await collection("orders").count_documents({}) == 1


async def test_nobody_places_for_others(world: World) -> None:
    """R-D1: Another participant doesn't see the application; other roles may not order at all."""
    application = await world.prepare()
    cms = await world.signed(application)
    before = await everything()
    with pytest.raises(NotFound):
        await orders.place(world.context("other_participant"), application["_id"], cms, key())
    with pytest.raises(NotFound):
        await orders.place(world.context("participant"), new_id(), cms, key())
    for who in ("supplier", "body", "anonymous", "administrator"):
        with pytest.raises(AccessDenied):
            await orders.place(world.context(who), application["_id"], cms, key())
    assert await everything() == before
