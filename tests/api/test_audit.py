"""The audit through the API: who did what for whom, a chain that verifies, and nothing written past it."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from documents.audit import link_of
from documents.embedded.folder import free_port
from domain.audit import Verifier, read_head
from integrations.audit import HeadKeys
from tests.api.client import Client
from tests.api.portal import Portal, local, of_draft
from tests.api.server import LOG, Server, answering, started, stopped

ENTRIES = """query($filter: AuditFilter, $after: String, $first: Int! = 20) {
  auditEntries(reason: "проверка № 7", filter: $filter, after: $after, first: $first) {
    nodes { seq kind act role actor onBehalfOf session subjectKind subject at hasReason sealedAt hash
            write { collection operation document fields count } }
    edges { cursor node { seq } } pageInfo { hasNextPage endCursor } } }"""


async def entries(client: Client, **given: Any) -> list[dict[str, Any]]:
    """One page of entries."""
    found: list[dict[str, Any]] = (await client.read(ENTRIES, **given))["auditEntries"]["nodes"]
    return found


async def test_administrator_finds_an_act_by_what_it_was_about(portal: Portal) -> None:
    """R-J2: an act stands in the audit under its name, subject and role; the reading becomes an entry."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    assert await portal.server.unannounced() == []
    administrator = await portal.employee("administrator")
    found = await entries(administrator, filter={"subject": listing, "act": "Mutation.listingPublish"})
    assert [(one["kind"], one["role"], one["subjectKind"]) for one in found] == [
        ("ACT", "supplier", "listing_draft")
    ]
    assert found[0]["session"]
    await portal.server.unannounced()
    read = await entries(administrator, filter={"act": "Query.auditEntries.read"})
    assert read[0]["hasReason"]
    assert read[0]["role"] == "administrator"


async def test_pages_of_the_audit(portal: Portal) -> None:
    """Pages follow one another by their cursors, the newest first."""
    await portal.server.unannounced()
    administrator = await portal.employee("administrator")
    first = (await administrator.read(ENTRIES, first=2))["auditEntries"]
    rest = await entries(administrator, after=first["pageInfo"]["endCursor"], first=2)
    numbers = [one["seq"] for one in (*first["nodes"], *rest)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4
    assert [edge["node"]["seq"] for edge in first["edges"]] == numbers[:2]


async def test_exported_head_stands_in_the_chain(portal: Portal) -> None:
    """R-J2: the authorised body gets a signed head, and the running server's chain verifies with it."""
    body = await portal.employee("authorised_body")
    head = (await body.read("{ auditHead }"))["auditHead"]
    await portal.server.unannounced()
    keys = HeadKeys(await asyncio.to_thread((portal.server.folder / "keys" / "audit.json").read_bytes))
    assert read_head(keys.opened(head)).seq > 0
    verifier = Verifier(keys, [head])
    async for row in portal.database["audit"].find({}).sort([("chain", 1), ("seq", 1)]):
        verifier.take(link_of(row))
    assert verifier.finish() == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_refusals_are_told_in_the_language_asked_for(portal: Portal, language: str) -> None:
    """A reason that is none and an instant that is none are told in the reader's language."""
    administrator = (await portal.employee("administrator")).speaking(language)
    short = await administrator.errors('{ auditEntries(reason: "a") { nodes { seq } } }')
    assert [one["code"] for one in short[0]["issues"]] == ["TOO_SHORT"]
    where = '{ auditEntries(reason: "enough", filter: {since: "2026-01-01T00:00:00"}) { nodes { seq } } }'
    wrong = await administrator.errors(where)
    assert [one["code"] for one in wrong[0]["issues"]] == ["INSTANT_INVALID"]
    assert wrong[0]["issues"][0]["message"]


async def test_an_act_for_a_ward_names_both(portal: Portal) -> None:
    """R-A6: what a guardian does for a ward stands in the audit as the guardian's act on the ward's behalf."""
    ward, guardian = await portal.person(), await portal.person()
    authority = {"authority": "guardian", "basis": "Постановление", "valid_from": "2024-01-01T00:00:00Z"}
    await portal.gateway("authority", authority | {"representative": guardian.iin, "ward": ward.iin})
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    measure = await portal.measure(ward)
    own = await portal.sign_in(guardian.iin, guardian.identity)
    itself = own.signed_in["current"]
    given = {"refreshToken": own.signed_in["refreshToken"], "capacity": 1}
    acting = Client(portal.http, (await own.done("signInActAs", **given))["accessToken"])
    done = await acting.done("orderPrepare", measureId=measure, listingId=of_draft(listing))
    await portal.server.unannounced()
    about = {"subject": done["application"]["id"], "act": "Mutation.orderPrepare"}
    (found,) = await entries(await portal.employee("administrator"), filter=about)
    assert itself == 0
    assert found["role"] == "participant"
    assert found["onBehalfOf"] == local(
        (await acting.read("{ viewer { participant { id } } }"))["viewer"]["participant"]["id"]
    )
    assert found["actor"] == local(
        (await own.read("{ viewer { participant { id } } }"))["viewer"]["participant"]["id"]
    )


@pytest.mark.long
async def test_the_demonstration_is_loaded_with_intents(mongod: str, tmp_path: Path) -> None:
    """Loading rules, people, listings and their stories writes nothing past the audit, nor does a restart."""
    port, name = free_port(), f"audit_{secrets.token_hex(4)}"
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod, tz_aware=True)
    settings = {"PORT": str(port), "DATA_FOLDER": str(tmp_path), "MONGODB_URL": mongod, "DATABASE": name}
    for demo in ("false", "true", "true"):
        process = started(tmp_path, settings | {"DEMO_DATA": demo})
        server = Server(f"http://127.0.0.1:{port}", tmp_path, client[name], process, tmp_path / LOG)
        try:
            await answering(server)
            assert await server.unannounced() == []
        finally:
            await stopped(server)
    assert await client[name]["audit"].count_documents({"kind": "act"}) > 300
    await client.drop_database(name)
    await client.close()
