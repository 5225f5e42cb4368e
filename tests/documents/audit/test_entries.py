"""Entries out of intents, and out of rows that only look like them."""

from datetime import UTC, datetime

import pytest

from documents.audit import AuditIntent, intend
from documents.audit.entries import marker, of_stored_intents
from documents.base import collection, new_id
from domain.audit import Actor, EntryKind

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_entry_says_who_acted_for_whom_on_what_and_why() -> None:
    """R-A6: who acted, on whose behalf, in which sign-in, on what, when and why stand in the entry."""
    order = new_id()
    actor = Actor("participant", "b" * 24, on_behalf_of="c" * 24, session="d" * 24)
    await intend("Order.read", by=actor, at=NOW, subject=("order", order), reason="asked", details={"n": 1})
    rows = await collection("audit_intents").find({}).to_list()
    entry = of_stored_intents(rows)[0]
    assert (entry["role"], entry["actor"], entry["on_behalf_of"], entry["session"]) == (
        "participant",
        "b" * 24,
        "c" * 24,
        "d" * 24,
    )
    assert (entry["subject_kind"], entry["subject"], entry["at"]) == ("order", str(order), NOW)
    assert bytes(entry["reason"]) == rows[0]["reason"]
    assert (entry["kind"], entry["details"]) == ("act", {"n": 1})
    assert entry["source"] == f"intent:{rows[0]['_id']}"


@pytest.mark.usefixtures("database")
def test_what_only_looks_like_an_intent_is_told_as_foreign() -> None:
    """R-J2: a row without the fields of an intent, or with others, or of no canonical form, is foreign."""
    whole = AuditIntent(
        act="x", role="r", actor=None, on_behalf_of=None, session=None, subject_kind=None, subject=None,
        at=NOW, reason=None, details={},
    ).model_dump(by_alias=True)  # fmt: skip
    whole.pop("revision_id", None)
    strange = [
        {"_id": "900101300123"},
        whole | {"more": 1},
        whole | {"details": {"\u00e9": 1, "e\u0301": 2}},
        {**whole, "at": "today"},
    ]
    entries = of_stored_intents([whole, *strange])
    assert [each["kind"] for each in entries] == ["act"] + ["out_of_band"] * 4
    assert "900101300123" not in str(entries[1]["write"]) + entries[1]["source"]


def test_the_sealer_says_what_it_is_about() -> None:
    """The sealer's own entries tell why they are there."""
    assert marker(EntryKind.history_lost, "rolled_over", NOW)["details"] == {"reason": "rolled_over"}
    assert marker(EntryKind.started, None, NOW)["details"] == {}
