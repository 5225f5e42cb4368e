"""An import of КАТО: whole or not at all, however often, and whatever comes in its way."""

import argparse
import asyncio
import os
import signal
import sys
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from documents import leases, regions
from documents.base import Row
from domain.errors import Refused
from domain.regions import read_lines
from tests.house.tree import ROOT
from tests.workbooks import HEADINGS, Sheet, rows, written
from workers.regions import COMMANDS, Asked, Outcome, arguments, bring_in, importing, lines_of, run

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


async def done(*said: str) -> None:
    """The command as the command line gives it, on the database of the test."""
    parser = argparse.ArgumentParser()
    arguments(parser.add_subparsers(dest="command"))
    await run(parser.parse_args(["import-kato", *said]), nullcontext(), lambda: NOW)


async def test_the_command(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-B7: XLSX and CSV give the same version; the terminal tells what changed, by code."""
    assert COMMANDS == ("import-kato",)
    small = rows(["71", "75"])
    file = str(written(tmp_path / "kato.xlsx", small))
    await done(file, "--version", FIRST.name, "--from", "2025-02-01", "--dry-run")
    assert "nothing was written" in capsys.readouterr().out
    await done(file, "--version", FIRST.name, "--from", "2025-02-01")
    said = capsys.readouterr().out
    assert f"NK RK 11-2025: {len(small)} places, in force from 2025-02-01 (number 1)." in said
    assert f"added {len(small)}: 71 711110000" in said
    for mark, name in ((";", "points.csv"), (",", "commas.csv")):
        lines = [mark.join(str(cell) for cell in cells) for _, cells in table(small)]
        (tmp_path / name).write_text("\n".join(lines), "utf-8-sig")
        await done(str(tmp_path / name), "--version", FIRST.name)
        assert "in force already (number 1)" in capsys.readouterr().out
    await done(file)
    assert "kato: 18 places, in force from 2026-03-10 (number 2)." in capsys.readouterr().out
    assert (await regions.latest() or {})["name"] == "kato"
    assert database is not None


async def refusal(*said: str) -> str:
    """What the command ends with."""
    with pytest.raises(SystemExit) as ended:
        await done(*said)
    return str(ended.value)


async def test_faulty_rows_are_named_and_nothing_is_written(database: Database, tmp_path: Path) -> None:
    """R-B7: row and column of each fault on the terminal; the version before stands."""
    small = rows(["71"])
    file = written(tmp_path / "kato.xlsx", [*small, small[1], Sheet("751110000", "", "район", "9")])
    said = await refusal(str(file))
    assert said.startswith("3 faults; nothing was written.\n")
    assert (
        f"row {len(small) + 2}, column te: KATO_DUPLICATE: The code 711110000 stands in row 3 already."
        in said
    )
    assert f"row {len(small) + 3}, column k: KATO_UNKNOWN_TYPE" in said
    assert f"row {len(small) + 3}, column name_kaz: KATO_NAME_MISSING" in said
    assert await stored(database) == []
    many = written(tmp_path / "many.xlsx", [Sheet("751110000", "", "", "9")] * 120)
    assert (await refusal(str(many))).count("\n") == 100


def bomb(file: Path, size: int) -> Path:
    """A workbook whose sheet unpacks to many times its size."""
    fine = written(file.with_name("fine.xlsx"), rows(["71"]))
    with zipfile.ZipFile(fine) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            sheet = part.startswith("xl/worksheets")
            target.writestr(part, b" " * size if sheet else source.read(part))
    return file


def hostile(file: Path) -> Path:
    """A workbook whose sheet defines an entity of entities."""
    fine = written(file.with_name("fine.xlsx"), rows(["71"]))
    with zipfile.ZipFile(fine) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            if part.startswith("xl/worksheets"):
                entities = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
                content = content.replace(b"<worksheet", entities + b"<worksheet", 1).replace(
                    b"<v>", b"<v>&b;", 1
                )
            target.writestr(part, content)
    return file


def numerous(file: Path) -> Path:
    """An archive of very many parts."""
    with zipfile.ZipFile(file, "w") as target:
        for number in range(300):
            target.writestr(str(number), "")
    return file


async def test_hostile_files_are_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-B7: bombs, entities, other archives, other text and files too large end in one sentence."""
    assert "unpacked" in await refusal(str(bomb(tmp_path / "bomb.xlsx", 20 * 2**20)))
    assert "no table" in await refusal(str(hostile(tmp_path / "hostile.xlsx")))
    assert "unpacked" in await refusal(str(numerous(tmp_path / "numerous.xlsx")))
    (tmp_path / "other.xlsx").write_bytes(b"PK\x03\x04 and no more")
    assert "no table" in await refusal(str(tmp_path / "other.xlsx"))
    (tmp_path / "other.csv").write_bytes(b"\xff\xfe\x00")
    assert "no table" in await refusal(str(tmp_path / "other.csv"))
    (tmp_path / "open.csv").write_text('ab,"cd\n')
    assert "no table" in await refusal(str(tmp_path / "open.csv"))
    assert "No such file" in await refusal(str(tmp_path / "nowhere"))
    monkeypatch.setattr("workers.regions.tables.FILE_MAX", 3)
    assert "too large" in await refusal(str(tmp_path / "open.csv"))
    assert await stored(database) == []


def test_lines_of_a_workbook(tmp_path: Path) -> None:
    """R-B7: each row with its number, whatever the kind of its cells."""
    file = written(tmp_path / "kato.xlsx", rows(["71"])[:1])
    assert [(number, [*cells][: len(HEADINGS)]) for number, cells in lines_of(file)] == [
        (1, [*HEADINGS]),
        (2, ["710000000", "71", "00", "00", "000", "1", "Өңір 71", "Регион 71", 1]),
    ]


async def command(environment: dict[str, str], file: Path) -> asyncio.subprocess.Process:
    """The real command in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "app.py", "import-kato", str(file), "--version", FIRST.name),
        cwd=ROOT,
        env=clean | environment,
        stdout=asyncio.subprocess.PIPE,
    )


async def test_a_killed_command_is_begun_again(mongod: str, tmp_path: Path) -> None:
    """R-B7: SIGKILL in the middle leaves no version; the next run ends as if there had been no first."""
    sheets = rows(["10", "11", "15", "19", "71"])
    file = tmp_path / "kato.csv"
    file.write_text("\n".join(",".join(map(str, cells)) for _, cells in table(sheets)), "utf-8")
    name = f"killed_{tmp_path.name[-8:]}_{os.getpid()}"
    environment = {"MONGODB_URL": mongod, "DATABASE": name, "DATA_FOLDER": str(tmp_path / "data")}
    async with AsyncMongoClient[Row](mongod) as client:
        process = await command(environment, file)
        while not await client[name]["regions"].find_one({}):
            assert process.returncode is None
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        assert process.returncode == -signal.SIGKILL
        begun = await client[name]["regions"].count_documents({})
        assert 0 < begun < len(sheets)
        assert await client[name]["region_versions"].count_documents({}) == 0
        await client[name]["leases"].delete_one({"_id": importing.LEASE})  # as after half a minute
        again = await command(environment, file)
        said, _ = await again.communicate()
        assert (again.returncode, f"added {len(sheets)}" in said.decode()) == (0, True)
        assert await client[name]["regions"].count_documents({}) == len(sheets)
        assert await client[name]["region_versions"].count_documents({"number": 1}) == 1
        await client.drop_database(name)
