"""Suppliers through the API: each kind with everything p. 12 lists, shown to nobody but the supplier."""

import json
import secrets
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from domain.identifiers import synthetic_bin
from domain.signatures import HolderRole
from domain.suppliers import REQUIRED_DETAILS, SupplierKind
from tests.api.client import Client
from tests.api.portal import FOUNDED, Portal, global_id, local, of_draft
from tests.domain.particulars import FOUNDER_IIN, HEAD, PARTICULARS, without

CABINET = """{ viewer { supplier { oked source receivedAt consentAt supplier { id kind name { ru } directions }
particulars { code name lines source { record body at receivedAt } } } } }"""
NAME = {"kk": "«Сынақ»", "ru": "«Проверка»"}


def record(kind: SupplierKind, identifier: str, **other: Any) -> dict[str, Any]:
    """A gateway record with everything."""
    whole = {"identifier": identifier, "kind": kind.value, "name": NAME, "region": "71", "oked": "47741"}
    return whole | {"details": PARTICULARS[kind]} | other


def a_bin(portal: Portal, entity_type: int = 4, part: int = 0) -> str:
    """A BIN that nobody else has."""
    return synthetic_bin(FOUNDED, serial=secrets.randbelow(89_000), entity_type=entity_type, part=part)


async def cabinet(client: Client, language: str = "ru") -> Any:
    """«Кабинет поставщика»."""
    return (await client.speaking(language).read(CABINET))["viewer"]["supplier"]


def lines(found: Any) -> dict[str, list[str]]:
    """What the cabinet shows, by code."""
    return {one["code"]: one["lines"] for one in found["particulars"]}


async def test_a_legal_entity(portal: Portal) -> None:
    """R-A7: a legal entity's cabinet shows every item of p. 12(1), each with its source and time."""
    number = a_bin(portal)
    answer = await portal.gateway("supplier", record(SupplierKind.legal_entity, number))
    assert answer.status_code == 200, answer.text
    found = await cabinet(await portal.sign_in(number, portal.of_organisation(number, HolderRole.head)))
    shown = lines(found)
    assert shown["identifier"] == [number]
    assert set(shown) == {"identifier", *PARTICULARS[SupplierKind.legal_entity]}
    assert HEAD["surname"] in shown["head"][0]
    assert shown["founders_count"] == ["2"]
    assert [FOUNDER_IIN in line or "Founder" in line for line in shown["founders"]] == [True, True]
    assert all("KZ" in line or "DE" in line for line in shown["founders"])
    assert len(shown["real_estate"]) == 2
    assert all(shown[code] for code in ("address", "full_name", "short_name", "ownership_form", "formation"))
    for one in found["particulars"]:
        assert one["name"]
        assert one["source"]["record"] == found["source"]
        assert one["source"]["body"]
        assert one["source"]["receivedAt"] == found["receivedAt"]
    assert found["consentAt"]


async def test_an_entrepreneur(portal: Portal) -> None:
    """R-A7: an entrepreneur signs in by IIN with the own certificate and sees every item of p. 12(2)."""
    person = portal.someone()
    answer = await portal.gateway("supplier", record(SupplierKind.entrepreneur, person.iin))
    assert answer.status_code == 200, answer.text
    client = await portal.sign_in(person.iin, person.identity)
    assert [one["role"] for one in client.signed_in["capacities"]] == ["SUPPLIER"]
    shown = lines(await cabinet(client))
    assert set(shown) == {"identifier", *PARTICULARS[SupplierKind.entrepreneur]}
    assert "KZ00000001" in shown["registration"][0]


async def test_a_joint_entrepreneur(portal: Portal) -> None:
    """R-A7: a joint entrepreneurship has a BIN, acts by its certificate, and signs with it."""
    number = a_bin(portal, entity_type=6)
    answer = await portal.gateway("supplier", record(SupplierKind.entrepreneur, number))
    assert answer.status_code == 200, answer.text
    identity = portal.of_organisation(number, HolderRole.head)
    seller = await portal.sign_in(number, identity)
    listing = await portal.published(seller)
    person, client = await portal.participant()
    order = await portal.order(person, client, listing, await portal.measure(person))
    await seller.done("orderAccept", orderId=order["id"])
    started = await seller.done("orderStart", orderId=order["id"])
    cms = portal.sign(identity, started["order"]["act"]["content"])
    assert (await seller.done("orderSignAct", orderId=order["id"], cms=cms))["order"]["id"] == order["id"]


@pytest.mark.parametrize(
    ("kind", "item"), [(kind, item) for kind in SupplierKind for item in REQUIRED_DETAILS[kind]]
)
async def test_a_record_without_an_item(portal: Portal, kind: SupplierKind, item: str) -> None:
    """R-A7: a record that lacks an item of its kind is refused at the door by its place, and nothing is kept."""
    identifier = a_bin(portal) if kind is SupplierKind.legal_entity else portal.iin()
    before = await portal.database["suppliers"].count_documents({})
    details = without(PARTICULARS[kind], item)
    answer = await portal.gateway("supplier", record(kind, identifier, details=details))
    assert (answer.status_code, answer.json()["code"]) == (400, "MESSAGE_FIELD_MISSING")
    assert answer.json()["path"] == ["supplier", "details", item]
    assert await portal.database["suppliers"].count_documents({}) == before


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (HolderRole.employee, "CERTIFICATE_NOT_ENTITLED"),
        (HolderRole.financial, "CERTIFICATE_NOT_ENTITLED"),
        (HolderRole.hr, "CERTIFICATE_NOT_ENTITLED"),
    ],
)
async def test_certificates_that_do_not_bind(portal: Portal, role: HolderRole, code: str) -> None:
    """R-A7: a certificate without the right to sign lets nobody act for the organisation."""
    found = await portal.organisation()
    answer = await portal.tried(found.bin, portal.of_organisation(found.bin, role))
    assert (answer["__typename"], answer["code"]) == ("Refused", code)


async def test_certificates_of_others(portal: Portal) -> None:
    """R-A7: the head of another organisation, and one of a branch, act for nobody here."""
    found = await portal.organisation()
    stranger = portal.of_organisation(a_bin(portal), HolderRole.head)
    answer = await portal.tried(found.bin, stranger)
    assert answer["code"] == "SIGNATURE_OF_ANOTHER_PERSON"
    branch = a_bin(portal, part=1)
    refused = await portal.tried(branch, portal.of_organisation(branch, HolderRole.head))
    assert (refused["__typename"], refused["code"]) == ("Refused", "BRANCH_NOT_A_SUPPLIER")
    certified = await portal.gateway("supplier", record(SupplierKind.legal_entity, branch))
    assert (certified.status_code, certified.json()["code"]) == (409, "BRANCH_NOT_A_SUPPLIER")


async def test_secondary_codes_open_nothing(portal: Portal) -> None:
    """R-B1: the main code of activity alone opens directions, whatever secondary codes are certified."""
    number = a_bin(portal)
    await portal.gateway("supplier", record(SupplierKind.legal_entity, number, oked="86103"))
    client = await portal.sign_in(number, portal.of_organisation(number, HolderRole.head))
    found = await cabinet(client)
    assert PARTICULARS[SupplierKind.legal_entity]["activity"]["secondary"] == ["88100"]
    assert (found["oked"], found["supplier"]["directions"]) == ("86103", ["SANATORIUM"])


async def test_nobody_else_reads_the_particulars(portal: Portal) -> None:
    """R-J1: founders, head and premises are under seal in the database and reach nobody but the supplier."""
    number = a_bin(portal)
    details = PARTICULARS[SupplierKind.legal_entity] | {"ownership_form": f"особая {secrets.token_hex(6)}"}
    await portal.gateway("supplier", record(SupplierKind.legal_entity, number, details=details))
    own = await portal.sign_in(number, portal.of_organisation(number, HolderRole.head))
    card = (await cabinet(own))["supplier"]["id"]
    _, participant = await portal.participant()
    query = "query($id: ID!) { node(id: $id) { id ... on Supplier { kind name { ru } directions region } } }"
    for client in (portal.visitor(), participant):
        seen = json.dumps(await client.read(query, id=card), ensure_ascii=False)
        assert FOUNDER_IIN not in seen
        assert (await cabinet(client)) is None
    for name in await portal.database.list_collection_names():
        async for row in portal.database[name].find({}):
            assert details["ownership_form"] not in str(row), name
            assert FOUNDER_IIN not in str(row), name


async def test_only_who_registered_is_public(portal: Portal) -> None:
    """R-J3: a supplier that never signed in is nobody's to read by its identifier, and is public afterwards."""
    known = {row["_id"] async for row in portal.database["suppliers"].find({}, {"_id": 1})}
    organisation = await portal.organisation()
    rows = await portal.database["suppliers"].find({"registered_at": None}, {"_id": 1}).to_list()
    (new,) = [row["_id"] for row in rows if row["_id"] not in known]
    query = "query($id: ID!) { node(id: $id) { ... on Supplier { name { ru } region } } }"
    readers = [portal.visitor(), (await portal.participant())[1], await portal.employee("administrator")]
    for reader in readers:
        assert await reader.read(query, id=global_id("Supplier", new)) == {"node": None}
    await portal.sign_in(organisation.bin, organisation.head)
    for reader in readers:
        shown = (await reader.read(query, id=global_id("Supplier", new)))["node"]
        assert shown == {"name": {"ru": f"ТОО «Проверка {organisation.bin}»"}, "region": "71"}


async def test_the_public_list(portal: Portal) -> None:
    """R-B7: whoever registered last leads the list, with its listings; who never did is not on it."""
    certified = await portal.organisation()
    _, first = await portal.supplier()
    _, second = await portal.supplier()
    shown = [of_draft(await portal.published(client)) for client in (second, first)]
    query = """query($after: String, $first: Int, $direction: Direction) {
    suppliers(first: $first, after: $after, direction: $direction) { edges { cursor node { id } } nodes { id name { ru }
    listings(first: 1) { nodes { id } totalCount pageInfo { hasNextPage } } } pageInfo { hasNextPage } } }"""
    visitor = portal.visitor()
    found = (await visitor.read(query, first=2, direction="TSR_SALE"))["suppliers"]
    assert [[one["id"] for one in node["listings"]["nodes"]] for node in found["nodes"]] == [
        [one] for one in shown
    ]
    assert [node["listings"]["totalCount"] for node in found["nodes"]] == [1, 1]
    assert [edge["node"]["id"] for edge in found["edges"]] == [node["id"] for node in found["nodes"]]
    assert found["pageInfo"]["hasNextPage"]
    rest = (await visitor.read(query, first=100, after=found["edges"][1]["cursor"]))["suppliers"]
    names = [node["name"]["ru"] for node in [*found["nodes"], *rest["nodes"]] if node["name"]]
    assert not [name for name in names if certified.bin in name]
    assert not {node["id"] for node in found["nodes"]} & {node["id"] for node in rest["nodes"]}
    (error,) = await visitor.errors(query, after="AAAA")
    assert (error["code"], error["path"]) == ("BAD_CURSOR", ["after"])


FOUND = """query($text: String, $region: String) { suppliers(first: 100, text: $text, region: $region) {
nodes { id name { ru } } } }"""


async def test_an_organisation_is_found_by_its_name(portal: Portal) -> None:
    """R-B7: words of a name as they begin, in any case and alphabet, find the supplier; with its region or none."""
    organisation = await portal.organisation()
    visitor = portal.visitor()

    async def found(**asked: str) -> list[str]:
        nodes = (await visitor.read(FOUND, **asked))["suppliers"]["nodes"]
        return [node["name"]["ru"] for node in nodes if node["name"]]

    name = f"ТОО «Проверка {organisation.bin}»"
    assert name not in await found(text=organisation.bin)  # it has not registered yet
    await portal.sign_in(organisation.bin, organisation.head)
    for text in (
        organisation.bin,
        organisation.bin[:9],
        f"ПРОВЕР {organisation.bin}",
        f"проверки {organisation.bin}",
    ):
        assert name in await found(text=text), text
        assert name in await found(text=text, region="71"), text
        assert name not in await found(text=text, region="75"), text
    assert name not in await found(text=f"ортоцентр {organisation.bin}")
    (error,) = await visitor.errors(FOUND, text="а" * 101)
    assert (error["code"], error["path"]) == ("TOO_LONG", ["text"])
    (error,) = await visitor.errors(FOUND, text="\0")
    assert (error["code"], error["path"]) == ("NOT_TEXT", ["text"])


def admitted(portal: Portal) -> AbstractAsyncContextManager[None]:
    """A while in which assistants may register, as they may under Order 73 alone."""
    rule = {"type": "supplier_kind", "code": "assistant", "value": True, "basis": "№ 73", "valid_to": None}
    return portal.server.behind("reference", rule | {"valid_from": datetime(2026, 1, 1, tzinfo=UTC)})


async def test_an_individual_is_found_by_nothing_of_the_own(portal: Portal) -> None:
    """R-B7: an assistant's name, IIN, address and psychiatric statement lead to nobody, for whoever asks."""
    person = portal.someone()
    surname = f"Проверкина{secrets.token_hex(3)}"
    name = {"kk": f"{surname} Сынақ", "ru": f"{surname} Проба"}
    details = PARTICULARS[SupplierKind.assistant]
    answer = await portal.gateway(
        "supplier", record(SupplierKind.assistant, person.iin, name=name, details=details)
    )
    assert answer.status_code == 200, answer.text
    async with admitted(portal):
        own = await portal.sign_in(person.iin, person.identity)
    card = (await cabinet(own))["supplier"]["id"]
    _, participant = await portal.participant()
    private = [surname, person.iin, details["address"]["text"], details["no_psychiatric_record"]["number"]]
    for client in (portal.visitor(), participant, own, await portal.employee("administrator")):
        assert card in [node["id"] for node in (await client.read(FOUND))["suppliers"]["nodes"]]
        for text in private:
            nodes = (await client.read(FOUND, text=text))["suppliers"]["nodes"]
            assert card not in [node["id"] for node in nodes], text
    stored = await portal.database["suppliers"].find_one({"_id": ObjectId(local(card))})
    assert stored is not None
    assert stored["name_keys"] == []
    assert not [text for text in private if text in str(stored)]
