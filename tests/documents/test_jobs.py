"""Jobs as stored: compare-and-set on their status, faults page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import jobs
from documents.base import Row, collection, new_id
from domain.errors import Issue
from domain.jobs import Found, JobAction, Progress

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


async def begun(**more: Any) -> Row:
    """A job of an administrator."""
    given: Row = {"work": "x", "supplier": None, "role": "administrator", "subject": None, "asked": {}}
    return await jobs.create(jobs.Job(**given | {"created_at": NOW, "changed_at": NOW} | more))


async def test_progress_adds_up() -> None:
    """R-B6: counts add up over batches, what is found is kept in order, results are put together."""
    job = (await begun())["_id"]
    found = [Found(2, Issue("TOO_LONG", ("title",), {"maximum": 200}), "line 2")]
    await jobs.go_on(job, Progress(10, done=9, refused=1, total=30, found=found, result={"made": 9}), NOW)
    row = await jobs.go_on(job, Progress(20, done=10, result={"seen": True}), NOW)
    assert row is not None
    assert {name: row[name] for name in ("status", "done", "refused", "faults", "total", "place")} == {
        "status": "running", "done": 19, "refused": 1, "faults": 1, "total": 30, "place": 20,
    }  # fmt: skip
    assert row["result"] == {"made": 9, "seen": True}
    page = await jobs.faults_of(job, first=5, cursor=None)
    assert [(one["position"], one["subject"], one["issue"]) for one in page.rows] == [
        (2, "line 2", found[0].issue)
    ]


async def test_faults_are_read_page_by_page() -> None:
    """R-B6: of any number of faults each is read once, those of another job never."""
    job, other = (await begun())["_id"], (await begun())["_id"]
    issue = Issue("TOO_LONG")
    await jobs.go_on(job, Progress(1, found=[Found(place // 2, issue) for place in range(9)]), NOW)
    await jobs.go_on(other, Progress(1, found=[Found(1, issue)]), NOW)
    seen, cursor = [], None
    while True:
        page = await jobs.faults_of(job, first=2, cursor=cursor)
        seen += [one["position"] for one in page.rows]
        cursor = page.end
        if not page.has_next:
            break
    assert seen == [place // 2 for place in range(9)]


@pytest.mark.parametrize("action", [JobAction.finish, JobAction.fail, JobAction.cancel])
async def test_an_end_is_written_once(action: JobAction) -> None:
    """R-B6: whatever has ended is neither gone on with nor ended again, and is on nobody's list of work."""
    job = (await begun())["_id"]
    assert [row["_id"] for row in await jobs.unfinished()] == [job]
    assert await jobs.end(job, action, NOW) is not None
    before = await collection("jobs").find_one({"_id": job})
    assert await jobs.cancel(job, NOW) is None
    assert await jobs.go_on(job, Progress(1, done=1), NOW) is None
    assert await collection("jobs").find_one({"_id": job}) == before
    assert await jobs.unfinished() == []


async def test_breaks_are_counted_until_a_batch_is_done() -> None:
    """R-B6: breaks count up, a batch that was done begins the count anew."""
    job = (await begun())["_id"]
    assert [await jobs.broke_off(job) for _ in range(3)] == [1, 2, 3]
    await jobs.go_on(job, Progress(1), NOW)
    assert await jobs.broke_off(job) == 1
    assert await jobs.broke_off(new_id()) == 0


async def test_an_owners_own_newest_first() -> None:
    """R-B6: a list is what the filter leaves, the newest first; a single job is found by its identifier."""
    owner = new_id()
    mine = [await begun(supplier=owner, created_at=NOW + timedelta(hours=number)) for number in range(3)]
    await begun()
    page = await jobs.listed({"supplier": {"$eq": owner}}, first=2, cursor=None)
    rest = await jobs.listed({"supplier": {"$eq": owner}}, first=2, cursor=page.end)
    assert [row["_id"] for row in [*page.rows, *rest.rows]] == [row["_id"] for row in reversed(mine)]
    assert await jobs.get(new_id()) is None
    found = await jobs.get(mine[0]["_id"])
    assert (found or {})["kind"] == "job"


async def test_the_list_of_work_is_read_by_index() -> None:
    """R-B6: what is open is found without looking at what has ended."""
    for _ in range(30):
        await jobs.end((await begun())["_id"], JobAction.finish, NOW)
    await begun()
    question: Any = {"status": {"$in": ["running", "waiting"]}}
    plan = await collection("jobs").find(question, sort=[("created_at", 1)]).explain()
    assert plan["executionStats"]["totalKeysExamined"] == 1
