"""Intents: what is written down with every act."""

from datetime import UTC, datetime

import pytest

from documents.audit import intend
from documents.base import Row, collection, in_transaction, new_id
from documents.encryption import reveal
from documents.encryption.keyring import lasting_owner
from domain.audit import Actor, system_actor

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_an_intent_says_who_did_what_on_whose_behalf(database: object) -> None:
    """R-J2: an intent names the act, whoever acts, for whom, and what it is about."""
    order = new_id()
    by = Actor("participant", "aa", "bb", "cc")
    await intend("Mutation.orderCancel", by=by, at=NOW, subject=("order", order), details={"step": 1})
    row = await _only()
    assert (row["act"], row["role"], row["actor"]) == ("Mutation.orderCancel", "participant", "aa")
    assert (row["on_behalf_of"], row["session"]) == ("bb", "cc")
    assert (row["subject_kind"], row["subject"], row["details"]) == ("order", order, {"step": 1})
    assert row["reason"] is None


async def test_a_reason_is_sealed(database: object) -> None:
    """R-J2: the reason somebody gives is free text and never stands in clear."""
    person = new_id()
    await intend("Participant.read", by=system_actor("test"), at=NOW, reason="звонок", person=person)
    row = await _only()
    assert row["reason"][1:13] == lasting_owner(person).binary
    assert await reveal("audit.reason", row["_id"], row["reason"]) == "звонок"


async def test_an_act_undone_leaves_no_intent(database: object) -> None:
    """R-J2: an intent belongs to the transaction of its act."""

    async def work() -> None:
        await intend("Mutation.nothing", by=system_actor("test"), at=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await in_transaction(work)
    assert await collection("audit_intents").count_documents({}) == 0


async def _only() -> Row:
    rows = await collection("audit_intents").find().to_list()
    assert len(rows) == 1
    return rows[0]
