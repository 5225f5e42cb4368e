"""An import of КАТО: whole or not at all, however often, and whatever comes in its way."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents import leases, regions
from documents.base import Row
from domain.errors import Refused
from domain.regions import read_lines
from tests.workbooks import HEADINGS, Sheet, rows
from workers.regions import Asked, Outcome, bring_in, importing

Database = AsyncDatabase[Row]
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
FIRST = Asked("NK RK 11-2025", date(2025, 2, 1))
SECOND = Asked("NK RK 11-2026", date(2026, 2, 1))
COUNTRY = rows(["10", "71"])


def table(sheets: Sequence[Sheet]) -> list[tuple[int, Any]]:
    """The lines of a workbook."""
    return [(1, HEADINGS), *((at, row.cells(at)) for at, row in enumerate(sheets, 2))]


async def imported(sheets: Sequence[Sheet], asked: Asked = FIRST) -> Outcome:
    """Bring these rows in."""
    reading = read_lines(table(sheets))
    assert reading.issues == []
    return await bring_in(reading.places, asked, lambda: NOW)


async def stored(database: Database) -> list[Row]:
    """Everything that stands of the tree, without identifiers."""
    found = database["regions"].find({}, {"_id": 0}).sort([("code", 1), ("since", 1)])
    return await found.to_list()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 200)


async def test_the_same_workbook_twice_is_one_version(database: Database) -> None:
    """R-B7: a second import writes nothing, and says so."""
    outcome = await imported(COUNTRY)
    assert (outcome.number, outcome.new, outcome.places) == (1, True, len(COUNTRY))
    assert len(outcome.differences.added) == len(COUNTRY)
    before = await stored(database)
    again = await imported(COUNTRY)
    assert (again.number, again.new, again.differences.written) == (1, False, ())
    assert await stored(database) == before
    renamed = await imported(COUNTRY, Asked("NK RK 11-2025, исправленный", FIRST.since))
    assert (renamed.number, renamed.new) == (2, True)
    assert await stored(database) == before


def newer() -> tuple[list[Sheet], dict[str, tuple[str, ...]]]:
    """The country a year later: a place renamed, one closed, one new in a place that had none below."""
    sheets = [row for row in COUNTRY if row.code not in {"103230101", "711110000"}]
    sheets = [row.called("Шәкәрім", "Шакарим") if row.code == "103200100" else row for row in sheets]
    sheets.append(Sheet("712110100", "Жаңа а.", "с.Новое"))
    return sheets, {
        "added": ("712110100",),
        "reissued": (),
        "renamed": ("103200100",),
        "changed": ("712110000",),
        "closed": ("103230101", "711110000"),
    }


async def test_a_newer_version_tells_what_it_changes(database: Database) -> None:
    """R-B7: added, renamed, closed and changed by code; who vanishes has an end and is not deleted."""
    await imported(COUNTRY)
    sheets, expected = newer()
    outcome = await imported(sheets, SECOND)
    assert {sort: getattr(outcome.differences, sort) for sort in expected} == expected
    [gone] = await database["regions"].find({"code": "711110000"}).to_list()
    assert (gone["until"], gone["valid_to"].date()) == (2, SECOND.since)
    assert await regions.standing(1) != await regions.standing(2)
    assert len(await regions.standing(1)) == len(COUNTRY)
    back = await imported(COUNTRY, Asked("NK RK 11-2027", date(2027, 1, 1)))
    assert back.differences.reissued == ("103230101", "711110000")
    assert {code: node[0] for code, node in (await regions.standing(3)).items()} == {
        code: node[0] for code, node in (await regions.standing(1)).items()
    }


async def test_a_dry_run_writes_nothing(database: Database) -> None:
    """R-B7: what would change is told, and nothing is changed."""
    await imported(COUNTRY)
    before = await stored(database)
    sheets, expected = newer()
    outcome = await imported(sheets, Asked("later", SECOND.since, dry_run=True))
    assert (outcome.new, outcome.differences.closed) == (False, expected["closed"])
    assert await stored(database) == before
    assert len(await regions.versions()) == 1


async def test_what_breaks_off_is_seen_by_nobody(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B7: after a break between any two batches the old version stands whole; importing again ends the same."""
    await imported(COUNTRY)
    changed = [row.called(f"{row.kk} 2", f"{row.ru} 2") for row in newer()[0]]
    before = await regions.standing(1)
    stage, left = regions.stage, [1]

    async def breaking(*given: Any) -> None:
        if not left[0]:
            raise ConnectionAbortedError
        left[0] -= 1
        await stage(*given)

    monkeypatch.setattr(regions, "stage", breaking)
    breaks = 0
    while len(await regions.versions()) == 1:
        left[0] = breaks
        try:
            await imported(changed, SECOND)
        except ConnectionAbortedError:
            breaks += 1
            assert await regions.standing(1) == before
            assert [row["number"] for row in await regions.versions()] == [1]
    assert breaks > 8
    again = await stored(database)
    monkeypatch.undo()
    await database["regions"].delete_many({})
    await database["region_versions"].delete_many({})
    await imported(COUNTRY)
    await imported(changed, SECOND)
    assert await stored(database) == again


async def test_no_version_comes_before_the_last(database: Database) -> None:
    """R-B7: nothing changes when a version is to begin before the one in force."""
    await imported(COUNTRY, SECOND)
    before = await stored(database)
    with pytest.raises(Refused) as refused:
        await imported(newer()[0], FIRST)
    assert refused.value.code == "KATO_VERSION_OLDER"
    assert refused.value.params == {"name": SECOND.name, "since": "2026-02-01"}
    assert await stored(database) == before


async def test_one_import_at_a_time(database: Database) -> None:
    """R-B7: a second one is refused and writes nothing; a first one that lost its turn writes nothing more."""
    lease = await leases.acquire(importing.LEASE, "another", importing.LASTS)
    assert lease is not None
    with pytest.raises(Refused) as refused:
        await imported(COUNTRY)
    assert (refused.value.code, await stored(database)) == ("KATO_BUSY", [])
    await leases.release(lease)
    assert (await imported(COUNTRY)).new


async def test_every_write_is_announced(database: Database) -> None:
    """R-J2: each batch and the flip have an intent of the command."""
    await imported(COUNTRY)
    acts = [row["act"] async for row in database["audit_intents"].find({"actor": "regions"})]
    assert acts.count("Regions.import") == 1
    assert acts.count("Regions.stage") == -(-len(COUNTRY) // 200)


async def test_the_whole_country_in_bounded_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-B7: 15,854 rows are some sixteen transactions of a thousand, and one look at what stands."""
    monkeypatch.setattr(importing, "BATCH", 1_000)
    sizes, stage = [], regions.stage

    async def counted(version: Any, begun: Sequence[Row], ended: Sequence[str]) -> None:
        sizes.append(len(begun))
        await stage(version, begun, ended)

    monkeypatch.setattr(regions, "stage", counted)
    outcome = await imported(rows())
    assert (len(sizes), max(sizes), sum(sizes)) == (16, 1_000, outcome.places)
    assert await database["regions"].count_documents({}) == outcome.places
