"""Personal data behind the API: what the database holds in clear, looked at from behind."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import WriteError

from documents.registry import DOCUMENTS
from documents.validators import validator
from tests.api.portal import Portal
from workers.seed.demo import Demo, generate_demo


@pytest.fixture(scope="module")
def demo(portal: Portal) -> Demo:
    """The demonstration as it was made up."""
    return generate_demo(portal.clock().date())


def texts(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every text and every key of a row, and where it stands; bytes as far as they read as text."""
    if isinstance(value, dict):
        return [(path, str(key)) for key in value] + [
            found for key, inner in value.items() for found in texts(inner, f"{path}.{key}")
        ]
    if isinstance(value, list):
        return [found for inner in value for found in texts(inner, path)]
    if isinstance(value, bytes):
        return [(path, value.decode("utf-8", errors="ignore"))]
    return [(path, value)] if isinstance(value, str) else []


async def in_clear(portal: Portal, secrets: set[str]) -> set[tuple[str, str]]:
    """Collection and place of every row that shows one of the secrets."""
    found = set()
    for name in await portal.database.list_collection_names():
        async for row in portal.database[name].find({}):
            for path, text in texts(row):
                if any(secret in text for secret in secrets):
                    found.add((name, path))
    return found


async def test_no_number_of_a_person_in_clear(portal: Portal, demo: Demo) -> None:
    """R-J1: no IIN of the demonstration stands in any collection, in any field or key."""
    numbers: set[str] = {one.person.iin for one in demo.participants} | {
        one.head.iin for one in demo.suppliers
    }
    numbers |= {one.person.iin for one in demo.staff} | {demo.assistant.identifier}
    assert await in_clear(portal, numbers) == set()


async def test_no_telephone_in_clear(portal: Portal, demo: Demo) -> None:
    """R-J1: no telephone of a participant or of a supplier's particulars stands in any collection."""
    phones = {one.record["bmg_phone"] for one in demo.participants if one.record["bmg_phone"]}
    phones |= {one.record["details"]["phone"] for one in demo.suppliers if "phone" in one.record["details"]}
    assert len(phones) > 50
    assert await in_clear(portal, phones) == set()


async def test_no_name_of_a_participant_in_clear(portal: Portal, demo: Demo) -> None:
    """R-J1: no full name, address or document of a participant stands in any collection."""
    names = {one.person.full_name for one in demo.participants}
    names |= {one.record["address"]["text"] for one in demo.participants if one.record["address"]}
    names |= {one.record["document"]["number"] for one in demo.participants}
    assert await in_clear(portal, names) == set()


async def test_no_name_of_a_measure_in_clear(portal: Portal) -> None:
    """R-J1: what is recommended to a person is under seal wherever it stands."""
    person, client = await portal.participant(bmg_phone="+77019998877")
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    order = await portal.order(person, client, listing, await portal.measure(person))
    await supplier.done("orderAccept", orderId=order["id"])
    assert await in_clear(portal, {person.surname, person.iin, "+77019998877"}) == set()


SEALED = [model for model in DOCUMENTS if validator(model)]


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__name__)
async def test_the_database_refuses_clear_text(portal: Portal, model: Any) -> None:
    """R-J1: a collection with personal fields refuses each of them in clear, whoever writes."""
    rules = validator(model)["$jsonSchema"]["properties"]
    name = model.Settings.name
    for field, rule in rules.items():
        if rule.get("bsonType") is None:
            continue
        with pytest.raises(WriteError, match="failed validation"):
            await portal.database[name].insert_one({"_id": ObjectId(), field: "in clear"})


async def test_the_log_says_nothing_of_people(portal: Portal, demo: Demo) -> None:
    """R-L: the server's log holds no number, telephone or name of anybody but whom the first steps introduce."""
    log = portal.server.log.read_text()
    people = demo.participants[4:]
    secrets = {one.person.iin for one in demo.participants} | {one.person.full_name for one in people}
    secrets |= {one.record["bmg_phone"] for one in people if one.record["bmg_phone"]}
    assert not [secret for secret in secrets if secret in log]
