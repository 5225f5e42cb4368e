"""The commands of whoever checks the portal, on the database and on a package taken away."""

import argparse
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from documents.audit import intend
from documents.base import collection
from integrations.audit import HeadKeys, fresh_head_keys
from tests.workers.audit.sealing import KEYS, NOW, SOMEBODY, caught_up, sealing
from workers.audit import COMMANDS, arguments, run
from workers.audit.commands import ENTRIES, HEADS

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain of four entries, and the file with its key."""
    async with sealing():
        for _ in range(2):
            await intend("Test.read", by=SOMEBODY, at=NOW)
        await caught_up()
    file = tmp_path / "audit.json"
    file.write_bytes(json.dumps(KEYS._keys.as_dict(private=True)).encode())
    return file


async def done(keys: Path, *said: str) -> int:
    """Do a command as the command line gives it; its exit code."""
    parser = argparse.ArgumentParser()
    arguments(parser.add_subparsers(dest="command"))
    try:
        await run(parser.parse_args(said), keys, nullcontext())
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2
    return 0


async def test_sound_audit(keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-J2: the head can be exported and compared later; a sound audit verifies with it."""
    assert COMMANDS == ("audit-head", "audit-export", "audit-verify")
    assert await done(keys, "audit-head") == 0
    head = tmp_path / "head.jws"
    head.write_text(capsys.readouterr().out)
    assert await done(keys, "audit-verify", "--head", str(head)) == 0
    assert "0 faults, up to entry 4" in capsys.readouterr().out


async def test_tampering_is_told(keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-J2: edits and truncation are printed with their places, and end the command with 1."""
    assert await done(keys, "audit-head") == 0
    head = tmp_path / "head.jws"
    head.write_text(capsys.readouterr().out)
    await collection("audit").update_one({"seq": 2}, {"$set": {"role": "nobody"}})
    assert await done(keys, "audit-verify") == 1
    assert capsys.readouterr().out.startswith("entry 2: changed\n1 faults")
    await collection("audit").delete_many({"seq": {"$gt": 1}})
    assert await done(keys, "audit-verify") == 0
    assert await done(keys, "audit-verify", "--head", str(head)) == 1
    assert "entry 4: truncated" in capsys.readouterr().out


async def test_nothing_sealed_yet(keys: Path) -> None:
    """There is no head of an empty chain."""
    await collection("audit").delete_many({})
    assert await done(keys, "audit-head") == 2


async def test_another_key(keys: Path, tmp_path: Path) -> None:
    """R-J2: heads verify with the audit's public keys only."""
    other = tmp_path / "other.json"
    other.write_bytes(HeadKeys(fresh_head_keys()).public())
    assert await done(keys, "audit-verify", "--keys", str(other)) == 1


def edited(lines: list[str]) -> list[str]:
    """Another act in the second entry."""
    return [line.replace("Test.read", "Test.seen") if at == 1 else line for at, line in enumerate(lines)]


SPOILT: dict[str, Callable[[list[str]], list[str]]] = {
    "edited": edited,
    "deleted": lambda lines: lines[:1] + lines[2:],
    "cut off": lambda lines: lines[:1],
    "begun later": lambda lines: lines[1:],
}


async def test_package_is_verified_elsewhere(keys: Path, tmp_path: Path) -> None:
    """R-J2: a package needs neither database nor secret key, and shows every tampering by itself."""
    package = tmp_path / "package"
    assert await done(keys, "audit-export", str(package)) == 0
    await collection("audit").delete_many({})
    nothing = tmp_path / "nothing.json"
    assert await done(nothing, "audit-verify", "--package", str(package)) == 0
    assert '"d"' not in (package / "keys.json").read_text()
    lines = (package / ENTRIES).read_text().splitlines()
    assert len(lines) == 4
    for spoil in SPOILT.values():
        (package / ENTRIES).write_text("\n".join(spoil(lines)) + "\n")
        assert await done(nothing, "audit-verify", "--package", str(package)) == 1
    (package / ENTRIES).write_text("\n".join(lines))
    (package / HEADS).write_text("made.up.head")
    assert await done(nothing, "audit-verify", "--package", str(package)) == 1


@pytest.mark.parametrize("what", ["--head", "--package", "--keys"])
async def test_what_is_not_there_is_told(
    keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """A head, a package or keys that are not where they were said to be are a mistake of the command line."""
    assert await done(keys, "audit-verify", what, str(tmp_path / "nowhere")) == 2
    assert "there is no file" in capsys.readouterr().err
