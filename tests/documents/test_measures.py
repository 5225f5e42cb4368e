from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, WriteError

from auth.relations import NOTHING
from documents.base import Id, Row, collection, in_transaction, new_id
from documents.encryption import blind
from documents.measures import HistoryEntry, Measure, NoticeTask, messages, queries, store, tasks
from documents.measures.records import NUMBER_LABEL, esobes_id_of, seal_esobes_id, seal_name
from domain.categories import Direction
from domain.errors import Refused
from domain.measures import (
    MeasureStatus,
    NoticeKind,
    NoticeMethod,
    NoticeOutcome,
    NoticeResult,
    Programme,
)

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
_S = MeasureStatus


async def _stored(number: int = 0, **changes: Any) -> Row:
    row, person = new_id(), new_id()
    fields: dict[str, Any] = {
        "participant": person,
        "region": "71",
        **await seal_esobes_id(person, row, f"ES-{number}"),
        "direction": Direction.tsr_sale,
        "category": None,
        "programme": Programme.individual_programme,
        "programme_date": "2026-02-01",
        "term": None,
        "term_ends_at": None,
        "quantity": None,
        "status": _S.choice_open,
        "transferred_at": NOW + timedelta(minutes=number),
        "revision": 1,
    }
    name = await seal_name(person, row, {"ru": "Трость"})
    return await store.create(Measure(_id=row, name=name, **(fields | changes)))


def _entry(status: MeasureStatus) -> HistoryEntry:
    return HistoryEntry(status=status, at=NOW, by="system", code="test", cycle=1)


async def test_a_move_happens_once(database: object) -> None:
    """R-D4: a move needs the status it starts from; whoever comes second changes nothing."""
    row = await _stored()
    moved = await store.move(row["_id"], _S.choice_open, _S.ordered, _entry(_S.ordered), {"order": new_id()})
    assert moved is not None
    assert (moved["status"], moved["version"], len(moved["history"])) == ("ordered", 2, 1)
    assert await store.move(row["_id"], _S.choice_open, _S.ended, _entry(_S.ended)) is None
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await store.move(row["_id"], _S.ordered, _S.activation_requested, _entry(_S.ordered))
    assert await store.amend(row, {"quantity": 5}) is None
    assert await store.get(row["_id"]) == moved


async def test_a_name_in_clear_is_refused_by_the_database(database: object) -> None:
    """R-J1: the collection validator refuses a measure's name, a note or an original in clear."""
    row = await _stored()
    with pytest.raises(WriteError):
        await collection("measures").update_one({"_id": row["_id"]}, {"$set": {"name": "Трость"}})
    with pytest.raises(WriteError):
        await collection("messages").insert_one({"original": "Трость"})
    with pytest.raises(WriteError):
        await collection("notice_tasks").insert_one({"attempts": [{"note": "соседке"}]})


async def test_an_identifier_of_esobes_is_one_measure(database: object) -> None:
    """R-C2: the database itself keeps a second measure with the same identifier out."""
    row = await _stored()
    with pytest.raises(DuplicateKeyError):
        await _stored()
    found = await store.by_esobes_id("ES-0")
    assert found is not None
    assert found["_id"] == row["_id"]
    assert "ES-0" not in str(found)
    assert await esobes_id_of(found) == "ES-0"
    assert await store.by_esobes_id("ES-9") is None


async def test_reports_are_numbered_without_gaps(database: object) -> None:
    """R-C6: a rolled back transaction gives its number back."""
    row = await _stored()

    async def failing() -> None:
        await store.count_report(row["_id"])
        raise LookupError

    assert await in_transaction(lambda: store.count_report(row["_id"])) == 1
    with pytest.raises(LookupError):
        await in_transaction(failing)
    assert await in_transaction(lambda: store.count_report(row["_id"])) == 2
    with pytest.raises(LookupError):
        await store.count_report(new_id())


async def test_what_is_due(database: object) -> None:
    """R-C4: open choices whose window or term is over are due, with or without the other end; no others."""
    past, future = NOW - timedelta(days=1), NOW + timedelta(milliseconds=1)
    window = await _stored(1, window_ends_at=NOW)
    term = await _stored(2, term_ends_at=past)
    await _stored(3, window_ends_at=future, term_ends_at=future)
    await _stored(4)
    await _stored(5, window_ends_at=past, status=_S.ordered)
    assert set(await queries.due(NOW, 10)) == {window["_id"], term["_id"]}
    assert len(await queries.due(NOW, 1)) == 1


async def _examined(query: Row, order: list[tuple[str, int]] | None = None) -> int:
    found = collection("measures").find(query)
    explained = await (found.sort(order) if order else found).explain()
    return int(explained["executionStats"]["totalKeysExamined"])


async def test_lists_and_deadlines_use_their_indexes(database: object) -> None:
    """R-J3: a page of a person or region, and the clock, look at no rows but theirs."""
    person = new_id()
    for number in range(30):
        await _stored(number, **({"participant": person} if number < 3 else {}), window_ends_at=NOW)
    await collection("measures").update_many(
        {"esobes_index": {"$ne": blind(NUMBER_LABEL, "ES-1")}}, {"$set": {"status": "ordered"}}
    )
    newest = [("transferred_at", -1), ("_id", -1)]
    assert await _examined({"participant": person}, newest) <= 4
    assert await _examined({"region": "71", "status": "choice_open"}, newest) <= 2
    assert await _examined({"status": "choice_open", "window_ends_at": {"$lte": NOW}}) <= 2
    page = await queries.listed(_in("71"), _S.ordered, first=20, cursor=None)
    rest = await queries.listed(_in("71"), _S.ordered, first=20, cursor=page.cursors[-1])
    assert (len(page.rows), len(rest.rows), rest.has_next) == (20, 9, False)


def _in(region: str | None) -> Row:
    return {"region": {"$eq": region}}


async def test_how_many_measures_stand_where(database: object) -> None:
    """A person's measures are counted by status; a filter that nothing passes finds none."""
    person = new_id()
    await _stored(1, participant=person)
    assert await queries.count_by_status(person) == {"choice_open": 1}
    assert (await queries.listed(NOTHING, first=5, cursor=None)).rows == []
    assert (await tasks.open_ones(NOTHING, first=5, cursor=None)).rows == []
    own = {"participant": {"$eq": person}}
    assert len((await queries.listed(own, first=5, cursor=None)).rows) == 1


async def _task(measure: Id, region: str | None = None) -> Row:
    task = NoticeTask(
        measure=measure,
        participant=new_id(),
        region=region,
        notice=NoticeKind.choice_open,
        cycle=1,
        created_at=NOW,
    )
    return await tasks.create(task)


async def test_a_task_without_region_waits_for_one(database: object) -> None:
    """R-C2: what nobody's region is waits in a queue of its own until somebody assigns it."""
    measure = new_id()
    task = await _task(measure)
    assert [row["_id"] for row in (await tasks.open_ones(_in(None), first=5, cursor=None)).rows] == [
        task["_id"]
    ]
    await tasks.assign(measure, "75")
    assert (await tasks.open_ones(_in(None), first=5, cursor=None)).rows == []
    assert len((await tasks.open_ones(_in("75"), first=5, cursor=None)).rows) == 1
    with pytest.raises(DuplicateKeyError):
        await _task(measure)


async def test_an_attempt_keeps_its_note_for_those_who_may_read_it(database: object) -> None:
    """R-C3: the outcome is recorded with its note under seal; a task that is done takes no more."""
    task = await _task(new_id(), "71")
    outcome = NoticeOutcome(NoticeResult.notified, NoticeMethod.in_person, "Лично в руки")
    done = await tasks.add_attempt(task, outcome, "executive_body:-", NOW)
    assert done is not None
    assert (done["open"], done["done_at"]) == (False, NOW)
    assert await tasks.note_of(done, done["attempts"][0]) == "Лично в руки"
    assert await tasks.note_of(done, {"note": None}) is None
    assert await tasks.add_attempt(task, outcome, "executive_body:-", NOW) is None


async def test_a_message_is_kept_once(database: object) -> None:
    """R-C2: the log of a partner's messages takes an identifier once."""
    kept: dict[str, Any] = {
        "partner": "esobes",
        "message_id": "m-1",
        "content": b"{}",
        "original": b"cms",
        "person": new_id(),
        "subject": new_id(),
        "outcome": "accepted",
        "at": NOW,
    }
    await messages.keep(**kept)
    with pytest.raises(DuplicateKeyError):
        await messages.keep(**kept)
    row = await messages.find("esobes", "m-1")
    assert row is not None
    assert await messages.original_of(row) == b"cms"
    assert await messages.has_content(row, b"{}")
    assert not await messages.has_content(row, b"{ }")
    assert await messages.find("gateway", "m-1") is None
