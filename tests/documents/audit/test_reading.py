"""Reading the sealed audit by act, subject, actor and period."""

from datetime import UTC, datetime, timedelta

import pytest

from documents import audit, leases
from documents.audit import Standing, Wanted
from documents.base import Id, collection, new_id
from domain.audit import EntryKind
from domain.errors import InvalidInput
from integrations.audit import HeadKeys, fresh_head_keys

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
KEYS = HeadKeys(fresh_head_keys())
SUBJECTS: list[Id] = [new_id() for _ in range(2)]
ACTOR = new_id()


@pytest.fixture(autouse=True)
async def _filled(database: object) -> None:
    lease = await leases.acquire("sealer", "a", timedelta(minutes=1))
    assert database is not None
    assert lease is not None
    rows = [audit.marker(EntryKind.started, None, NOW)]
    rows += [
        {
            "kind": "act",
            "act": f"Act.{number % 2}",
            "role": "participant",
            "actor": str(ACTOR) if number % 3 else None,
            "subject": str(SUBJECTS[number % 2]),
            "at": NOW + timedelta(hours=number),
        }
        for number in range(6)
    ]
    await audit.append(lease, rows, Standing({"_data": "00"}), KEYS, NOW)


async def found(wanted: Wanted) -> list[int]:
    """The numbers of the entries that are found."""
    return [row["seq"] for row in (await audit.entries(wanted, first=10)).rows]


async def test_filters() -> None:
    """R-J2: entries are found by kind, act, subject, actor and period, the newest first."""
    assert await found(Wanted()) == [7, 6, 5, 4, 3, 2, 1]
    assert await found(Wanted(kind=EntryKind.started)) == [1]
    assert await found(Wanted(act="Act.0")) == [6, 4, 2]
    assert await found(Wanted(subject=SUBJECTS[1])) == [7, 5, 3]
    assert await found(Wanted(actor=ACTOR, act="Act.1")) == [7, 3]
    assert await found(Wanted(since=NOW + timedelta(hours=2), until=NOW + timedelta(hours=4))) == [5, 4]


async def test_pages() -> None:
    """Pages follow one another without gap; their size has a bound, a foreign cursor is refused."""
    first = await audit.entries(Wanted(), first=4)
    rest = await audit.entries(Wanted(), first=4, cursor=first.cursors[-1])
    assert [row["seq"] for row in first.rows + rest.rows] == [7, 6, 5, 4, 3, 2, 1]
    assert (first.has_next, rest.has_next) == (True, False)
    for page, cursor in ((0, None), (101, None), (1, "nonsense")):
        with pytest.raises(InvalidInput):
            await audit.entries(Wanted(), first=page, cursor=cursor)


async def test_head() -> None:
    """The head is the signed one of the last batch; there is none before the first."""
    head = await audit.head()
    assert head is not None
    assert b'"seq":7' in KEYS.opened(head)
    assert await audit.kept_heads() == [head]
    await collection("audit").delete_many({})
    assert await audit.head() is None
