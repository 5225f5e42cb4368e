"""Personal data behind the API: what the database holds in clear, looked at from behind."""

import base64
import gzip

import pytest

from tests.api.portal import Portal
from tests.api.scanner import Scanner, leaves
from workers.seed.demo import Demo, generate_demo


@pytest.fixture(scope="module")
def demo(portal: Portal) -> Demo:
    """The demonstration as it was made up."""
    return generate_demo(portal.clock().date())


async def in_clear(portal: Portal, secrets: set[str], only: str | None = None) -> set[tuple[str, str]]:
    """Collection and place of every value that shows one of the secrets, in whatever wrapping."""
    scanner, found = Scanner(secrets), set()
    for name in [only] if only else await portal.database.list_collection_names():
        async for row in portal.database[name].find({}):
            found |= {(name, place) for place, value in leaves(row) if scanner.found(value)}
    return found


def personal(demo: Demo) -> set[str]:
    """Numbers, names, telephones, addresses and documents of everybody in the demonstration."""
    people = [one.person for one in demo.participants] + [one.person for one in demo.staff]
    people += [one.head for one in (*demo.suppliers, demo.assistant)]
    found = {one.iin for one in people} | {one.full_name for one in people}
    found |= {f"{one.surname} {one.given}" for one in people}
    for record in (one.record for one in demo.participants):
        found |= {record["document"]["number"], record["bmg_phone"] or ""}
        found.add(record["address"]["text"] if record["address"] else "")
    for details in (one.record["details"] for one in (*demo.suppliers, demo.assistant)):
        found |= {details.get("phone", ""), details.get("email", ""), details["address"]["text"]}
    return found - {""}


async def test_nothing_personal_in_clear(portal: Portal, demo: Demo) -> None:
    """R-J1: no personal value of the demonstration stands in any collection, in any field, key or wrapping.

    Measure, order, signed papers, contacts and messages leave nothing of a person in clear either.
    """
    person, client = await portal.participant(bmg_phone="+77019998877")
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    order = await portal.order(person, client, listing, await portal.measure(person))
    await supplier.done("orderAccept", orderId=order["id"])
    await client.done("participantEmailChange", email="ai.gul@example.kz")
    number = f"esobes-{person.iin}"
    await portal.partner("esobes", portal.message(portal.statement(person, id=number)))
    secrets = personal(demo)
    assert len(secrets) > 400
    secrets |= {person.surname, person.iin, "+77019998877", "ai.gul@example.kz"}
    assert await in_clear(portal, secrets) == set()


async def test_the_scan_finds_what_is_there(portal: Portal) -> None:
    """R-J1: a value planted in a row, packed and encoded, is found where it stands: the scan is no empty promise."""
    planted = base64.b64encode(gzip.compress("Подложный Тест".encode())).decode()
    spot = portal.database["fs.chunks"]
    await spot.insert_one({"files_id": 1, "data": {"deep": [planted]}})
    assert await in_clear(portal, {"Подложный Тест"}, "fs.chunks") == {("fs.chunks", ".data.deep")}
    await spot.drop()


async def test_the_log_says_nothing_of_people(portal: Portal, demo: Demo) -> None:
    """R-L: the server's log holds no number, telephone or name of anybody but whom the first steps introduce."""
    log = portal.server.log.read_text()
    people = demo.participants[4:]
    secrets = {one.person.iin for one in demo.participants} | {one.person.full_name for one in people}
    secrets |= {one.record["bmg_phone"] for one in people if one.record["bmg_phone"]}
    assert not [secret for secret in secrets if secret in log]
