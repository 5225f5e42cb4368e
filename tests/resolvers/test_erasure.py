"""Erasing a person: refused while anything is under way, complete afterwards."""

import asyncio
from typing import Any

import pytest

from documents import erasure as kept
from documents import gateway, identity, participants, representations
from documents.base import Id, Row, collection, in_transaction, new_id
from documents.encryption import blind, vault
from documents.encryption.fields import blind_fields
from documents.identity import Capacity
from documents.measures import messages, store
from documents.measures.records import names_of
from documents.orders.store import take_turn
from documents.outbox import enqueue
from documents.registry import DOCUMENTS
from documents.representations import Stated
from domain.errors import AccessDenied, Erased, InvalidInput, NotFound, Refused
from domain.identity import Role
from domain.representatives import AuthorityKind, Term
from resolvers import erasure, evidence, orders
from resolvers.orders import reading
from tests.resolvers.orders.conftest import (
    IIN,
    World,
    authority,
    everything,
    key,
    new_measure,
    world,
)
from tests.resolvers.stage import SOURCE

__all__ = ["authority", "world"]
REASON = "заявление № 7"


async def finish(world: World) -> Row:
    """An order that is over, and the only measure of the person with it."""
    order = await world.submitted()
    await orders.approve(world.context("body"), order["_id"], key())
    done = await orders.reimburse(world.context("body"), order["_id"], key())
    assert await world.measure_status() == "fulfilled"
    await collection("outbox").update_many({}, {"$set": {"state": "delivered", "payload": None}})
    return done


async def erase(world: World) -> Row:
    """The administrator erases the participant."""
    return await erasure.erase(world.context("administrator"), IIN, REASON, key())


async def surround(world: World) -> Id:
    """Everything else that a person can leave behind; the session of a guardian for the person."""
    person, guardian = world.rows["participant"]["_id"], world.rows["guardian"]["_id"]
    measure = world.rows["measure"]["_id"]
    await gateway.keep(new_id(), f"m-{IIN}", (b"content", b"cms"), [person], world.now)
    await gateway.keep(new_id(), f"a-{IIN}", (b"content", b"cms"), [person, guardian], world.now)
    await messages.keep(
        partner="esobes",
        message_id=f"e-{IIN}",
        content=b"{}",
        original=b"cms",
        person=person,
        subject=measure,
        outcome="accepted",
        at=world.now,
    )
    stated = Stated(guardian, person, AuthorityKind.guardian, "решение суда", Term(world.now, None, None))
    await representations.authorise(stated, SOURCE)
    own = Capacity(role=Role.participant, subject=person)
    await identity.open_session(participants.iin_index(IIN), [own], "one", world.now)
    for_ward = Capacity(role=Role.participant, subject=person, representative=guardian)
    session = await identity.open_session(b"guardian", [for_ward], "two", world.now)
    return Id(session["_id"])


async def test_nobody_finds_an_erased_person(world: World) -> None:
    """R-J1: after an erasure no index, key, session, original or representation leads to the person."""
    await surround(world)
    order = await finish(world)
    person = world.rows["participant"]["_id"]
    marks = await _marks(person)
    assert len(marks) >= 4
    await erase(world)
    assert await participants.by_iin(IIN) is None
    assert await store.by_esobes_id("ES-1") is None
    for model in DOCUMENTS:
        for field in blind_fields(model):
            found = await collection(model.Settings.name).count_documents({field: {"$in": marks}})  # type: ignore[attr-defined]
            assert found == 0, (model, field)
    stored = str(await everything())
    assert not [mark for mark in marks if str(mark) in stored or mark.hex() in stored]
    for name in ("gateway_records", "messages", "representations"):
        assert await collection(name).count_documents({}) == 0
    assert await collection("sessions").count_documents({"revoked_at": None}) == 0
    shell = await participants.get(person)
    assert shell is not None
    assert shell["erased_at"] is not None
    assert (shell["registered_at"], shell["region"], shell["name"]) == (None, None, None)
    assert (await orders.get(world.context("body"), order["_id"]))["status"] == "reimbursed"


async def _marks(person: Id) -> list[bytes]:
    """Every blind index that leads to a person, as a search by known values would make them."""
    values = [("iin", IIN), ("esobes measure", "ES-1"), ("partner message id", f"esobes:e-{IIN}")]
    values += [("gateway message", f"m-{IIN}"), ("gateway message", f"a-{IIN}")]
    marks = [bytes(blind(label, value)) for label, value in values]
    row = await participants.get(person)
    assert row is not None
    assert row["iin_index"] in marks
    return marks


async def test_shells_read_as_erased(world: World) -> None:
    """R-J1: lists with an erased person's records go on; what was personal says that it was erased."""
    order = await finish(world)
    await erase(world)
    body = world.context("body")
    page = await orders.orders_of(body, 10, None)
    (contents,) = await orders.contents(body, page.rows)
    assert contents["title"]["ru"] == "Удалено"
    assert contents["characteristics"] == []
    assert [step["reason"] for step in await reading.history(body, order)] == [None] * 7
    measure = await store.get(world.rows["measure"]["_id"])
    assert measure is not None
    assert (await names_of(measure))["en"] == "Erased"
    shell = await participants.get(world.rows["participant"]["_id"])
    assert shell is not None
    assert await participants.full_name(shell) == ""
    assert await participants.revealed(shell, "iin") is None


async def test_evidence_outlives_the_person(world: World) -> None:
    """R-J1: the signature under the application is still checked after the erasure, until its term ends."""
    order = await finish(world)
    await erase(world)
    found = await evidence.verify(world.context("body"), order["application"])
    assert found.holds


async def test_a_new_record_makes_a_new_person(world: World) -> None:
    """R-J1: the same IIN begins as unknown afterwards, with a key of its own."""
    await finish(world)
    await erase(world)
    fresh = await participants.ensure(IIN, world.now)
    assert fresh["_id"] != world.rows["participant"]["_id"]
    assert await participants.revealed(fresh, "iin") == IIN
    with pytest.raises(Erased):
        await vault().sealing(world.rows["participant"]["_id"])


async def test_repeating_the_request_repeats_the_answer(world: World) -> None:
    """R-K: the same key answers with the same erasure; another request finds nobody."""
    await finish(world)
    ctx, same = world.context("administrator"), key()
    first = await erasure.erase(ctx, IIN, REASON, same)
    assert (await erasure.erase(ctx, IIN, REASON, same))["_id"] == first["_id"]
    assert ((await kept.get(first["_id"])) or {})["participant"] == first["participant"]
    with pytest.raises(NotFound):
        await erase(world)


async def refused(world: World, code: str) -> Refused:
    """An erasure that is refused with a code and changes nothing."""
    before = await everything()
    with pytest.raises(Refused, match=code) as found:
        await erase(world)
    assert await everything() == before
    return found.value


async def test_an_open_order_or_measure_comes_first(world: World) -> None:
    """R-J1: while an order or a measure is not finished the person stays, and the answer names them."""
    error = await refused(world, "ERASURE_MEASURES_OPEN")
    assert error.params["records"] == str(world.rows["measure"]["_id"])
    order = await world.place()
    error = await refused(world, "ERASURE_ORDERS_OPEN")
    assert (error.params["count"], error.params["records"]) == (1, str(order["_id"]))


async def test_a_message_under_way_comes_first(world: World) -> None:
    """R-J1: while a message to a partner still has to go out, the person stays."""
    await finish(world)
    person = world.rows["participant"]["_id"]
    await in_transaction(
        lambda: enqueue(channel="sms", key="k", aggregate="a", person=person, payload={}, at=world.now)
    )
    assert (await refused(world, "ERASURE_MESSAGES_PENDING")).params["count"] == 1


@pytest.mark.parametrize("who", ["participant", "guardian", "supplier", "body", "anonymous"])
async def test_nobody_else_may(world: World, who: str) -> None:
    """R-J1: only an administrator erases anybody; all others are refused and change nothing."""
    await finish(world)
    before = await everything()
    with pytest.raises(AccessDenied):
        await erasure.erase(world.context(who), IIN, REASON, key())
    assert await everything() == before


@pytest.mark.parametrize(("iin", "reason"), [(IIN, "нет"), ("123", REASON)])
async def test_a_reason_and_a_number_are_needed(world: World, iin: str, reason: str) -> None:
    """R-J1: without a reason of some length, or with an impossible number, nothing is done."""
    before = await everything()
    with pytest.raises(InvalidInput):
        await erasure.erase(world.context("administrator"), iin, reason, key())
    assert await everything() == before


async def test_it_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-J1: an erasure that is cut off before its end has changed nothing, and can be done again."""
    await finish(world)

    class Killed(Exception):
        """The process ends here."""

    async def killed(*_given: Any, **_named: Any) -> None:
        raise Killed

    before = await everything()
    with monkeypatch.context() as patched:
        patched.setattr(kept, "insert", killed)
        with pytest.raises(Killed):
            await erase(world)
    assert await everything() == before
    assert await participants.by_iin(IIN)
    await erase(world)
    assert await participants.by_iin(IIN) is None


async def test_a_measure_at_the_same_moment(world: World) -> None:
    """R-J1: whatever is first, no measure is left open for somebody erased."""
    await finish(world)
    person = world.rows["participant"]["_id"]

    async def arrives() -> None:
        async def work() -> None:
            await take_turn(person)
            if (await participants.by_iin(IIN)) is not None:
                await new_measure(person, "2")

        await in_transaction(work)

    done = await asyncio.gather(arrives(), erase(world), return_exceptions=True)
    open_ones = await collection("measures").count_documents({"participant": person, "status": "choice_open"})
    erased = await participants.by_iin(IIN) is None
    assert (open_ones, erased) in {(0, True), (1, False)}, done
