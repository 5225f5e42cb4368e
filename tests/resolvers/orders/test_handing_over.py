import asyncio

import pytest

from documents.base import collection
from documents.encryption import seal
from domain.errors import AccessDenied, NotFound, Refused
from domain.identity import Role
from domain.suppliers import SupplierKind
from domain.texts import Language
from resolvers import orders
from tests.resolvers.orders.conftest import STRANGER_IIN, World, everything, key


async def test_both_signatures_submit_the_order(world: World) -> None:
    """R-D3: With the second signature the order is handed over and submitted; three pieces of evidence stand."""
    order = await world.started()
    half = await world.sign_act(order, "supplier")
    assert half["status"] == "in_fulfilment"
    assert half["acts"]["participant"] is None
    done = await world.sign_act(order, "participant")
    assert [step["status"] for step in done["history"]][-2:] == ["handed_over", "submitted"]
    assert done["history"][-1]["by"] == Role.system
    kept = await collection("evidence").find({}, sort=[("_id", 1)]).to_list()
    assert [row["purpose"] for row in kept] == ["application", "act_of_supplier", "act_of_participant"]
    assert [done["acts"][side] for side in ("supplier", "participant")] == [kept[1]["_id"], kept[2]["_id"]]


async def test_both_at_once_submit_once(world: World) -> None:
    """R-D4: Two signatures at the same instant are both kept, and the order is submitted once."""
    order = await world.started()
    await asyncio.gather(world.sign_act(order, "supplier"), world.sign_act(order, "participant"))
    stands = await world.order(order)
    assert [step["status"] for step in stands["history"]].count("submitted") == 1
    assert await collection("evidence").count_documents({}) == 3


async def test_the_act_is_always_the_same(world: World) -> None:
    """R-D3: Both sides read the same bytes, also when the person's name changes in between."""
    order = await world.started()
    first = await orders.hand_over_act(world.context("supplier"), order["_id"])
    await collection("participants").update_many({}, {"$set": {"name": None}})
    again = await orders.hand_over_act(world.context("participant"), order["_id"])
    assert first.content == again.content
    assert str(order["_id"]) in first.text(Language.kk)


async def test_there_is_no_act_before_fulfilment(world: World) -> None:
    """R-D3: An order that was only placed has no act to read or to sign."""
    order = await world.place()
    with pytest.raises(Refused, match="ACT_NOT_READY"):
        await orders.hand_over_act(world.context("supplier"), order["_id"])
    with pytest.raises(Refused, match="ACT_NOT_READY"):
        await orders.sign_act(world.context("supplier"), order["_id"], b"", key())


async def test_only_who_is_entitled_signs(world: World) -> None:
    """R-D3: The supplier's head or signer and the participant sign; anybody else leaves nothing behind."""
    order = (await world.started())["_id"]
    before = await everything()
    for side, who, code in (
        ("supplier", "participant", "SIGNATURE_OF_ANOTHER_PERSON"),
        ("supplier", "other_head", "SIGNATURE_OF_ANOTHER_PERSON"),
        ("supplier", "employee", "SIGNER_NOT_ENTITLED"),
        ("participant", "stranger", "SIGNATURE_OF_ANOTHER_PERSON"),
        ("participant", "expired", "CERTIFICATE_EXPIRED"),
    ):
        paper = await orders.hand_over_act(world.context(side), order)
        with pytest.raises(Refused, match=code):
            await orders.sign_act(world.context(side), order, world.sign(who, paper.content), key())
    assert await everything() == before


async def test_nobody_signs_twice_or_for_others(world: World) -> None:
    """R-D3: A second signature of one side, another supplier's, and one after the end are refused."""
    order = await world.started()
    await world.sign_act(order, "supplier")
    paper = await orders.hand_over_act(world.context("body"), order["_id"])
    cms = world.sign("supplier", paper.content)
    before = await everything()
    with pytest.raises(Refused, match="ACT_ALREADY_SIGNED"):
        await orders.sign_act(world.context("supplier"), order["_id"], cms, key())
    with pytest.raises(NotFound):
        await orders.sign_act(world.context("other_supplier"), order["_id"], cms, key())
    with pytest.raises(AccessDenied):
        await orders.sign_act(world.context("body"), order["_id"], cms, key())
    assert await everything() == before
    await world.sign_act(order, "participant")
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await orders.sign_act(world.context("supplier"), order["_id"], cms, key())


async def test_an_entrepreneur_signs_with_their_own_iin(world: World) -> None:
    """R-A7: Behind an entrepreneur stands the person, so the person's certificate binds it."""
    order = await world.started()
    changed = {"supplier_kind": SupplierKind.entrepreneur.value}
    await collection("suppliers").update_one({}, {"$set": changed | await _sealed(world)})
    paper = await orders.hand_over_act(world.context("supplier"), order["_id"])
    with pytest.raises(Refused, match="SIGNATURE_OF_ANOTHER_PERSON"):
        await orders.sign_act(
            world.context("supplier"), order["_id"], world.sign("supplier", paper.content), key()
        )
    cms = world.sign("stranger", paper.content)
    signed = await orders.sign_act(world.context("supplier"), order["_id"], cms, key())
    assert signed["acts"]["supplier"] is not None


async def _sealed(world: World) -> dict[str, bytes]:
    row = world.rows["supplier"]["_id"]
    return {"identifier": await seal(row, "suppliers.identifier", row, STRANGER_IIN)}


async def test_a_guardian_signs_the_act_for_the_ward(world: World) -> None:
    """R-A6: The representative's signature stands for the participant's side."""
    order = await world.started()
    signed = await world.sign_act(order, "guardian")
    (kept,) = await collection("evidence").find({"purpose": "act_of_participant"}).to_list()
    assert signed["acts"]["participant"] == kept["_id"]
    assert kept["owner"] == world.rows["guardian"]["_id"]
