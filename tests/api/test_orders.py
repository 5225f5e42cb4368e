"""Orders through the API: one for a measure whatever happens, and nothing left behind by what is refused."""

import asyncio
import base64
from typing import Any

from integrations.development_ca import sign_cms
from tests.api.client import Client, base64_of, key
from tests.api.people import Someone
from tests.api.portal import Portal, card, of_draft


async def prepared(portal: Portal) -> tuple[Someone, Client, Any]:
    """A participant with an application ready to sign."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant()
    measure = await portal.measure(person)
    done = await client.done("orderPrepare", measureId=measure, listingId=of_draft(listing))
    return person, client, done["application"]


async def test_twenty_parallel_orders_give_one(portal: Portal) -> None:
    """R-D4: of twenty orders for one measure at once one is placed, nineteen are refused, and nothing else stays."""
    _, supplier = await portal.supplier()
    listing = of_draft(await portal.published(supplier))
    person, client = await portal.participant()
    measure = await portal.measure(person)
    asked = [client.done("orderPrepare", measureId=measure, listingId=listing) for _ in range(20)]
    applications = [done["application"] for done in await asyncio.gather(*asked)]
    before = await portal.counts()

    async def place(application: Any) -> Any:
        cms = portal.sign(person.identity, application["document"]["content"])
        return await client.act("orderPlace", applicationId=application["id"], cms=cms)

    answers = await asyncio.gather(*(place(one) for one in applications))
    after = await portal.counts()

    placed = [answer for answer in answers if answer["__typename"] == "OrderPlaced"]
    refused = [answer for answer in answers if answer["__typename"] == "Refused"]
    assert (len(placed), len(refused)) == (1, 19)
    assert {answer["code"] for answer in refused} == {"MEASURE_ALREADY_ORDERED"}
    grown = {name: after[name] - before[name] for name in after}
    assert (grown["orders"], grown["evidence"], grown["idempotency_keys"]) == (1, 1, 1)
    assert placed[0]["order"]["measure"]["status"] == "ORDERED"


async def test_an_order_signed_by_another_person(portal: Portal) -> None:
    """R-D2: an application signed with somebody else's certificate is refused and leaves nothing behind."""
    _, client, application = await prepared(portal)
    other = await portal.person()
    before = await portal.counts()
    cms = portal.sign(other.identity, application["document"]["content"])
    answer = await client.act("orderPlace", applicationId=application["id"], cms=cms)
    assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_ANOTHER_PERSON")
    assert await portal.counts() == before


async def test_an_application_changed_after_signing(portal: Portal) -> None:
    """R-D2: a signature over other bytes than the application's is refused and leaves nothing behind."""
    person, client, application = await prepared(portal)
    changed = base64.b64decode(application["document"]["content"]).replace(b'"quantity":1', b'"quantity":2')
    before = await portal.counts()
    for attached in (True, False):
        cms = sign_cms(person.identity, changed, when=portal.clock(), attached=attached)
        answer = await client.act("orderPlace", applicationId=application["id"], cms=base64_of(cms))
        assert (answer["__typename"], answer["path"]) == ("Refused", ["input", "cms"])
        assert answer["code"] in {"SIGNATURE_OF_OTHER_CONTENT", "SIGNATURE_INVALID"}
    assert await portal.counts() == before


async def test_the_key_for_signing_in_signs_no_document(portal: Portal) -> None:
    """R-A2: an application signed with the authentication certificate is refused."""
    person, client, application = await prepared(portal)
    content = base64.b64decode(application["document"]["content"])
    cms = sign_cms(person.identity, content, when=portal.clock(), key="auth")
    answer = await client.act("orderPlace", applicationId=application["id"], cms=base64_of(cms))
    assert (answer["__typename"], answer["code"]) == ("Refused", "CERTIFICATE_PURPOSE")


async def test_an_order_is_placed_once_per_key(portal: Portal) -> None:
    """R-K: twenty requests with one key have one effect, and each gets the same order."""
    person, client, application = await prepared(portal)
    cms = portal.sign(person.identity, application["document"]["content"])
    given = {"idempotencyKey": key(), "applicationId": application["id"], "cms": cms}
    before = await portal.counts()
    answers = await asyncio.gather(*(client.act("orderPlace", **given) for _ in range(20)))
    after = await portal.counts()
    assert {answer["__typename"] for answer in answers} == {"OrderPlaced"}
    assert len({answer["order"]["id"] for answer in answers}) == 1
    assert (after["orders"] - before["orders"], after["evidence"] - before["evidence"]) == (1, 1)


async def test_the_whole_life_of_an_order(portal: Portal) -> None:
    """R-D3: an order goes from the application to the reimbursement, and its evidence can be checked again."""
    organisation, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant()
    order = await portal.order(person, client, listing, await portal.measure(person))
    named = {"orderId": order["id"]}
    await supplier.done("orderAccept", **named)
    act = (await supplier.done("orderStart", **named))["order"]["act"]["content"]
    await supplier.done("orderSignAct", **named, cms=portal.sign(organisation.head, act))
    handed = await client.done("orderSignAct", **named, cms=portal.sign(person.identity, act))
    assert handed["order"]["status"] == "SUBMITTED"
    body = await portal.employee("executive_body")
    await body.done("orderApprove", **named)
    paid = await body.done("orderReimburse", **named)
    assert (paid["order"]["status"], paid["order"]["measure"]["status"]) == ("REIMBURSED", "FULFILLED")
    seen = await client.read(
        "query($id: ID!) { node(id: $id) { ... on Order { evidenceIds history { status statusText } } } }",
        id=order["id"],
    )
    assert [step["status"] for step in seen["node"]["history"]][:2] == ["PLACED", "ACCEPTED"]
    for evidence in seen["node"]["evidenceIds"]:
        check = await client.read("query($id: ID!) { verifyEvidence(id: $id) { holds reason } }", id=evidence)
        assert check["verifyEvidence"] == {"holds": True, "reason": None}


async def test_a_declined_order_reopens_the_choice(portal: Portal) -> None:
    """R-D3: a declined order gives the measure back; the reason is bounded text."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant()
    order = await portal.order(person, client, listing, await portal.measure(person))
    for reason, code in (("", "TOO_SHORT"), ("ж" * 1001, "TOO_LONG"), ("a\x00bcd", "NOT_TEXT")):
        answer = await supplier.act("orderDecline", orderId=order["id"], reason=reason)
        assert (answer["__typename"], answer["code"], answer["path"]) == (
            "InvalidInput",
            code,
            ["input", "reason"],
        )
    declined = await supplier.done("orderDecline", orderId=order["id"], reason="ж" * 1000)
    assert declined["order"]["measure"] is None
    assert (await portal.order(person, client, listing, order["measure"]["id"]))["status"] == "PLACED"


async def test_a_listing_that_changed_after_preparing(portal: Portal) -> None:
    """R-D1: what was signed is what the catalogue shows, or the application is prepared again."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant()
    measure = await portal.measure(person)
    done = await client.done("orderPrepare", measureId=measure, listingId=of_draft(listing))
    edited = await supplier.done("listingEdit", listingId=listing, expectedVersion=2, card=card("Другая"))
    version = edited["draft"]["version"]
    await supplier.done("listingPublish", listingId=listing, expectedVersion=version)
    cms = portal.sign(person.identity, done["application"]["document"]["content"])
    answer = await client.act("orderPlace", applicationId=done["application"]["id"], cms=cms)
    assert (answer["__typename"], answer["code"]) == ("Refused", "LISTING_CHANGED")


async def test_quantities_out_of_bounds(portal: Portal) -> None:
    """R-D1: a quantity that the measure does not give is refused before anything is signed."""
    person, client = await portal.participant()
    measure = await portal.measure(person)
    _, supplier = await portal.supplier()
    listing = of_draft(await portal.published(supplier))
    before = await portal.counts()
    for quantity in (0, -1, 2, 2**31 - 1):
        answer = await client.act("orderPrepare", measureId=measure, listingId=listing, quantity=quantity)
        assert answer["code"] in {"QUANTITY_OUT_OF_RANGE", "QUANTITY_OVER_MEASURE"}
    assert await portal.counts() == before
