"""The command that brings КАТО in: what it says, what it refuses, and what is left of it when it is killed."""

import argparse
import asyncio
import os
import signal
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from documents import regions
from documents.base import Row
from tests.house.tree import ROOT
from tests.workbooks import HEADINGS, Sheet, rows, written
from tests.workers.test_regions import FIRST, NOW, Database, stored, table
from workers.regions import COMMANDS, arguments, importing, lines_of, run


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
