from dataclasses import replace
from typing import Any

import pytest

from documents.base import collection, new_id
from domain.errors import NotFound
from integrations.development_ca import DevelopmentAuthority
from integrations.signatures import LocalX509Verifier
from resolvers import evidence
from tests.resolvers.orders.conftest import World, authority, world

__all__ = ["authority", "world"]


async def test_evidence_holds_years_later(world: World) -> None:
    """R-D2: A signature is checked again with the stored chain and lists, also long after the certificate ended."""
    order = await world.submitted()
    world.now = world.now.replace(year=2060)
    for kept in (order["application"], order["acts"]["supplier"], order["acts"]["participant"]):
        found = await evidence.verify(world.context("participant"), kept)
        assert found.holds
        assert found.as_of.year == 2026


async def test_a_revocation_afterwards_changes_nothing(world: World) -> None:
    """R-D2: What was good when it was signed stays good, and the lists are kept once for all signatures."""
    order = await world.place()
    row = await collection("evidence").find_one({})
    assert row is not None
    assert await collection("revocation_lists").count_documents({}) == len(row["crls"]) == 2
    assert (await evidence.verify(world.context("body"), order["application"])).holds


def _flipped(value: bytes, place: int) -> bytes:
    changed = bytearray(value)
    changed[place] ^= 1
    return bytes(changed)


async def test_any_flipped_byte_shows(world: World) -> None:
    """R-D2: A byte changed anywhere in what is stored makes the evidence fail."""
    order = await world.place()
    kept, ctx = order["application"], world.context("participant")
    row: Any = await collection("evidence").find_one({"_id": kept})
    changes: list[dict[str, Any]] = [
        {field: _flipped(row[field], place)}
        for field in ("content", "cms", "chain", "summary")
        for place in (13, 30, len(row[field]) // 2, -1)
    ]
    changes += [
        {"content_sha256": "0" * 64},
        {"verified_at": row["verified_at"].replace(year=2027)},
        {"purpose": "act_of_supplier"},
        {"owner": new_id()},
        {"retention_until": None},
        {"crls": []},
        {"crls": row["crls"][::-1]},
    ]
    for change in changes:
        await collection("evidence").update_one({"_id": kept}, {"$set": change})
        found = await evidence.verify(ctx, kept)
        assert (found.holds, found.code) == (False, "EVIDENCE_CONTENT_CHANGED"), change
        await collection("evidence").replace_one({"_id": kept}, row)
    assert (await evidence.verify(ctx, kept)).holds


async def test_a_changed_revocation_list_shows(world: World) -> None:
    """R-D2: The shared copies of revocation lists are part of the proof: changed or gone, nothing holds."""
    order = await world.place()
    ctx = world.context("supplier")
    for copy in await collection("revocation_lists").find({}).to_list():
        for der in (_flipped(copy["der"], 0), _flipped(copy["der"], len(copy["der"]) // 2), b""):
            await collection("revocation_lists").update_one({"_id": copy["_id"]}, {"$set": {"der": der}})
            assert not (await evidence.verify(ctx, order["application"])).holds
        await collection("revocation_lists").update_one({"_id": copy["_id"]}, {"$set": {"der": copy["der"]}})
    await collection("revocation_lists").delete_many({})
    assert (await evidence.verify(ctx, order["application"])).code == "EVIDENCE_CONTENT_CHANGED"


async def test_other_roots_confirm_nothing(world: World, tmp_path: Any) -> None:
    """R-A2: Evidence is judged by the roots the portal trusts, not by what was stored with it."""
    order = await world.place()
    other = DevelopmentAuthority(tmp_path)
    verifier = LocalX509Verifier([other.root], other.revocation())
    ctx = replace(world.context("participant"), services=replace(world.services, signatures=verifier))
    assert (await evidence.verify(ctx, order["application"])).code == "CERTIFICATE_UNTRUSTED"


async def test_only_who_sees_the_order_sees_its_evidence(world: World) -> None:
    """R-D2: Evidence follows its order: to everybody else it doesn't exist."""
    order = await world.place()
    for who in ("other_participant", "other_supplier", "other_body", "anonymous"):
        with pytest.raises(NotFound):
            await evidence.verify(world.context(who), order["application"])
    with pytest.raises(NotFound):
        await evidence.verify(world.context("participant"), new_id())
    await collection("evidence").update_one({}, {"$set": {"subject_kind": "other"}})
    with pytest.raises(NotFound):
        await evidence.verify(world.context("participant"), order["application"])


async def test_after_the_end_of_the_term(world: World) -> None:
    """R-J1: when the term is over the key is destroyed; digest, last check and nothing else can be proven."""
    order = await world.place()
    ctx, kept = world.context("participant"), order["application"]
    row = await collection("evidence").find_one({"_id": kept})
    assert row is not None
    term = world.now.replace(microsecond=0)
    await collection("evidence").update_one({"_id": kept}, {"$set": {"retention_until": None}})
    assert await evidence.end_terms(ctx) == 0
    await collection("evidence").update_one({"_id": kept}, {"$set": {"retention_until": term}})
    assert await evidence.end_terms(ctx) == 1
    found = await evidence.verify(ctx, kept)
    assert (found.code, found.holds, found.content_sha256) == ("CONTENT_ERASED", False, row["content_sha256"])
    assert found.last[1] == "EVIDENCE_CONTENT_CHANGED"  # for the term was changed by hand


async def test_the_last_check_is_kept(world: World) -> None:
    """R-J1: what the last check before the end said is answered from then on."""
    order = await world.place()
    row = await collection("evidence").find_one({"_id": order["application"]})
    assert row is not None
    assert row["retention_until"] is not None
    world.now = row["retention_until"]
    assert await evidence.end_terms(world.context("participant")) == 1
    assert await evidence.end_terms(world.context("participant")) == 0
    found = await evidence.verify(world.context("participant"), order["application"])
    assert (found.code, found.last) == ("CONTENT_ERASED", (world.now, None))
