"""Legal representatives through the API: acting for a ward, recorded as such, ended at once."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.client import ERRORS, Client, key
from tests.api.people import Someone
from tests.api.portal import Portal, local, of_draft
from tests.api.socket import following
from tests.api.test_participants import audited

WARDS = """{ viewer { onBehalf wards { id authority authorityText state wardName representativeName basis
validFrom validTo } participant { id representatives { id state representativeName } } } }"""
REVOKE = f"""mutation($input: RepresentationRevokeInput!) {{ representationRevoke(input: $input) {{
__typename {ERRORS} ... on RepresentationRevoked {{ representation {{ id state revokedAt }} }} }} }}"""
FIND = """query($iin: String!, $reason: String!) { representations(iin: $iin, reason: $reason) {
representativeName representation { id state } } }"""
REASON = "Решение органа опеки № 7"


@dataclass(frozen=True, slots=True)
class Family:
    """A guardian and a ward, both known and registered, and the guardian acting for the ward."""

    guardian: Someone
    ward: Someone
    own: Client
    acting: Client
    since: datetime


async def authorise(portal: Portal, guardian: Someone, ward: Someone, **other: Any) -> None:
    """An authority as the gateway certifies it."""
    record = {
        "representative": guardian.iin,
        "ward": ward.iin,
        "authority": "guardian",
        "basis": "Постановление № 1",
        "valid_from": (portal.clock() - timedelta(days=1)).isoformat(),
    }
    answer = await portal.gateway("authority", record | other)
    assert answer.status_code == 200, answer.text


async def as_ward(portal: Portal, own: Client) -> Client:
    """The guardian in the capacity of the ward."""
    given = {"refreshToken": own.signed_in["refreshToken"], "capacity": 1}
    return Client(portal.http, (await own.done("signInActAs", **given))["accessToken"])


async def family(portal: Portal, **authority: Any) -> Family:
    """Two people and an authority between them."""
    ward, guardian = await portal.person(), await portal.person()
    since = portal.clock() - timedelta(days=1)
    await authorise(portal, guardian, ward, **({"valid_from": since.isoformat()} | authority))
    own = await portal.sign_in(guardian.iin, guardian.identity)
    # acting for the ward rotates the refresh token and changes the session's capacity: another session
    other = await portal.sign_in(guardian.iin, guardian.identity)
    return Family(guardian, ward, own, await as_ward(portal, other), since)


async def test_whom_one_may_act_for(portal: Portal) -> None:
    """R-A6: the guardian sees the ward by name, the ward sees the guardian; capacities carry the ward's name."""
    found = await family(portal)
    begun = await portal.tried(found.guardian.iin, found.guardian.identity)
    assert [one["name"] for one in begun["capacities"]] == [
        f"{one.surname} Тест" for one in (found.guardian, found.ward)
    ]
    (authority,) = (await found.own.read(WARDS))["viewer"]["wards"]
    assert authority["wardName"] == f"{found.ward.surname} Тест"
    assert (authority["state"], authority["basis"]) == ("ACTIVE", "Постановление № 1")
    seen = (await found.acting.read(WARDS))["viewer"]
    assert (seen["onBehalf"], seen["wards"]) == (True, [])
    ward = await portal.sign_in(found.ward.iin, found.ward.identity)
    (own,) = (await ward.read(WARDS))["viewer"]["participant"]["representatives"]
    assert own == {
        "id": authority["id"],
        "state": "ACTIVE",
        "representativeName": f"{found.guardian.surname} Тест",
    }


async def test_an_order_on_behalf(portal: Portal) -> None:
    """R-A6: the application names both people, the guardian signs it, and evidence and audit record both."""
    found = await family(portal)
    _, supplier = await portal.supplier()
    listing, measure = await portal.published(supplier), await portal.measure(found.ward)
    prepared = await found.acting.done("orderPrepare", measureId=measure, listingId=of_draft(listing))
    application = prepared["application"]
    paper = json.loads(base64.b64decode(application["document"]["content"]))
    assert (paper["participant"]["iin"], paper["representative"]["iin"]) == (
        found.ward.iin,
        found.guardian.iin,
    )
    assert found.guardian.surname in application["document"]["text"]
    content = application["document"]["content"]
    wrong = portal.sign(found.ward.identity, content)
    refused = await found.acting.act("orderPlace", applicationId=application["id"], cms=wrong)
    assert refused["code"] == "SIGNATURE_OF_ANOTHER_PERSON"
    cms = portal.sign(found.guardian.identity, content)
    order = (await found.acting.done("orderPlace", applicationId=application["id"], cms=cms))["order"]
    row = await portal.database["orders"].find_one({"application": {"$exists": True}}, sort=[("_id", -1)])
    assert row is not None
    assert str(row["_id"]) == local(order["id"])
    evidence = await portal.database["evidence"].find_one({"subject": row["_id"]})
    assert evidence is not None
    (intent,) = await audited(portal, "Mutation.orderPlace", str(row["representative"]))
    assert evidence["owner"] == row["representative"] != row["participant"]
    assert intent["on_behalf_of"] == str(row["participant"])


async def found_by(client: Client, ward: Someone, reason: str = REASON) -> list[Any]:
    """The authorities that staff find over a ward."""
    answer = await client.read(FIND, iin=ward.iin, reason=reason)
    found: list[Any] = answer["representations"]
    return found


async def revoke(portal: Portal, found: Family) -> None:
    """The executive body of the ward's region ends the authority."""
    body = await portal.employee("executive_body")
    (one,) = await found_by(body, found.ward)
    assert one["representativeName"] == f"{found.guardian.surname} Тест"
    given = {"idempotencyKey": key(), "id": one["representation"]["id"], "reason": REASON}
    answer = (await body.ask(REVOKE, input=given))["data"]["representationRevoke"]
    assert answer["__typename"] == "RepresentationRevoked", answer
    assert answer["representation"]["state"] == "REVOKED"


async def gateway_revokes(portal: Portal, found: Family) -> None:
    """The gateway certifies that the authority is revoked."""
    ended = portal.clock().isoformat()
    await authorise(portal, found.guardian, found.ward, valid_from=found.since.isoformat(), revoked_at=ended)


async def gateway_ends(portal: Portal, found: Family) -> None:
    """The gateway certifies that the authority ended a moment ago."""
    ended = portal.clock().isoformat()
    await authorise(portal, found.guardian, found.ward, valid_from=found.since.isoformat(), valid_to=ended)


Ending = Callable[[Portal, Family], Awaitable[None]]


@pytest.mark.parametrize("end", [revoke, gateway_revokes, gateway_ends])
async def test_an_ended_authority_ends_everything(portal: Portal, end: Ending) -> None:
    """R-A6: once an authority ends, requests are refused and a silent feed of the ward is closed with 4403."""
    found = await family(portal)
    async with following(portal, found.acting, "participantFeed", None) as feed:
        assert (await feed.ping())["type"] == "pong"
        await end(portal, found)
        code, reason, told = await feed.closed()
    assert (code, reason) == (4403, "AUTHORITY_ENDED")
    assert {one["payload"]["data"]["participantFeed"]["event"] for one in told} <= {"representation.changed"}
    answer = await found.acting.send(WARDS)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHORITY_ENDED")
    assert [one["state"] for one in (await found.own.read(WARDS))["viewer"]["wards"]] in (
        ["REVOKED"],
        ["ENDED"],
    )
    again = await portal.sign_in(found.guardian.iin, found.guardian.identity)
    assert [one["onBehalf"] for one in again.signed_in["capacities"]] == [False]


async def test_nothing_of_the_ward_is_told_afterwards(portal: Portal) -> None:
    """R-A6: what happens to the ward after the revocation is told to nobody who acted for it."""
    found = await family(portal)
    async with following(portal, found.acting, "participantFeed", None) as feed:
        await feed.ping()
        await revoke(portal, found)
        await asyncio.sleep(1)  # the second that an admission may count for
        await portal.measure(found.ward)
        _, _, told = await feed.closed()
    events = [one["payload"]["data"]["participantFeed"]["event"] for one in told]
    assert [event for event in events if event.startswith("measure.")] == []


async def test_an_authority_of_tomorrow(portal: Portal) -> None:
    """R-A6: an authority that has not begun gives no capacity yet, and is shown as such."""
    ward, guardian = await portal.person(), await portal.person()
    tomorrow = (portal.clock() + timedelta(days=1)).isoformat()
    await authorise(portal, guardian, ward, valid_from=tomorrow)
    client = await portal.sign_in(guardian.iin, guardian.identity)
    assert [one["onBehalf"] for one in client.signed_in["capacities"]] == [False]
    (authority,) = (await client.read(WARDS))["viewer"]["wards"]
    assert authority["state"] == "FUTURE"


async def test_who_may_not_end_an_authority(portal: Portal) -> None:
    """R-J3: the two people, other roles and other regions end nothing; a reason too short is refused."""
    found = await family(portal)
    (authority,) = (await found.own.read(WARDS))["viewer"]["wards"]
    given: dict[str, Any] = {"id": authority["id"], "reason": REASON}
    clients = {
        "SIGN_IN_REQUIRED": [portal.visitor()],
        "ACCESS_DENIED": [found.own, found.acting, await portal.employee("contact_centre")],
    }
    for code, those in clients.items():
        for client in those:
            answer = await client.ask(REVOKE, input={"idempotencyKey": key()} | given)
            assert answer["data"]["representationRevoke"]["code"] == code
            errors = await client.errors(FIND, iin=found.ward.iin, reason=REASON)
            assert [one["code"] for one in errors] == [code]
    body = await portal.employee("executive_body")
    short = await body.ask(REVOKE, input={"idempotencyKey": key()} | given | {"reason": "да"})
    assert short["data"]["representationRevoke"]["code"] == "TOO_SHORT"
    assert (await found.acting.send(WARDS)).status_code == 200


async def test_an_executive_body_of_another_region(portal: Portal) -> None:
    """R-J3: of a ward elsewhere the executive body learns nothing, not even that there is one."""
    elsewhere = await portal.person(address={"region": "75", "text": "Алматы"})
    guardian = await portal.person()
    await authorise(portal, guardian, elsewhere)
    client = await portal.sign_in(guardian.iin, guardian.identity)
    (authority,) = (await client.read(WARDS))["viewer"]["wards"]
    body, stranger = await portal.employee("executive_body"), portal.someone()
    assert await found_by(body, elsewhere) == await found_by(body, stranger) == []
    given = {"idempotencyKey": key(), "id": authority["id"], "reason": REASON}
    answer = (await body.ask(REVOKE, input=given))["data"]["representationRevoke"]
    assert (answer["__typename"], answer["code"]) == ("NotFound", "NOT_FOUND")
    administrator = await portal.employee("administrator")
    assert len(await found_by(administrator, elsewhere)) == 1
