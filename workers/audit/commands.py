"""Commands of whoever checks the portal: the signed head, a package to take away, and the verifier."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from documents import audit
from domain.audit import Link, Verifier
from integrations.audit import HeadKeys

ENTRIES, HEADS, KEYS = "entries.jsonl", "heads.txt", "keys.json"
"""Files of a package: one entry a line, one signed head a line, the public keys (RFC 7517)."""
COMMANDS = ("audit-head", "audit-export", "audit-verify")
MOST_SHOWN = 100
Opened = AbstractAsyncContextManager[Any]


def arguments(commands: Any) -> None:
    """Add the commands to those of the server."""
    commands.add_parser("audit-head", help="print the signed head of the audit: keep it elsewhere")
    export = commands.add_parser("audit-export", help="write the audit, its heads and the public keys")
    export.add_argument("folder", type=Path)
    verify = commands.add_parser("audit-verify", help="look for edits, deletions and truncation")
    verify.add_argument("--head", type=_file, action="append", default=[], help="a head that was kept")
    verify.add_argument("--package", type=_package, help="what audit-export wrote, instead of the database")
    verify.add_argument("--keys", type=_file, help="public keys, instead of those beside the entries")


def _file(given: str) -> Path:
    if not (file := Path(given)).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {given}")
    return file


def _package(given: str) -> Path:
    for name in (ENTRIES, HEADS):
        _file(str(Path(given) / name))
    return Path(given)


async def run(asked: argparse.Namespace, keys: Path, opened: Opened) -> None:
    """Do a command; SystemExit 1 when something is wrong with the audit.

    `keys` is the server's own key file; `opened` connects to the database, which a package does without.
    """
    if asked.command == "audit-verify" and asked.package:
        _judge(asked, await asyncio.to_thread(_of_package, asked))
        return
    async with opened:
        if asked.command == "audit-head":
            _say(await audit.head() or _none())
        elif asked.command == "audit-export":
            await _export(asked.folder, HeadKeys.from_file(keys))
        else:
            seal = HeadKeys.from_file(asked.keys or keys)
            _judge(asked, await verified(seal, _lines(asked.head)))


async def verified(seal: HeadKeys, known: Iterable[str] = ()) -> Verifier:
    """The verifier after it has read the whole chain of the database; `known` are heads kept elsewhere."""
    verifier = Verifier(seal, [*await audit.kept_heads(), *known])
    async for entry in _stored():
        verifier.take(entry)
    verifier.finish()
    return verifier


async def _stored() -> AsyncIterator[Link]:
    async for row in audit.chain():
        yield audit.link_of(row)


async def _export(folder: Path, keys: HeadKeys) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with (folder / ENTRIES).open("w", encoding="utf-8") as file:
        async for entry in _stored():
            file.write(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n")
    heads = [*await audit.kept_heads(), await audit.head() or ""]
    (folder / HEADS).write_text("".join(f"{head}\n" for head in heads if head), "utf-8")
    (folder / KEYS).write_bytes(keys.public())


def _of_package(asked: argparse.Namespace) -> Verifier:
    folder: Path = asked.package
    seal = HeadKeys.from_file(asked.keys or folder / KEYS)
    verifier = Verifier(seal, _lines([folder / HEADS, *asked.head]))
    with (folder / ENTRIES).open(encoding="utf-8") as file:
        for line in file:
            verifier.take(Link(**json.loads(line)))
    verifier.finish()
    return verifier


def _lines(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        yield from file.read_text("utf-8").split()


def _judge(asked: argparse.Namespace, verifier: Verifier) -> None:
    found = verifier.findings
    for finding in found[:MOST_SHOWN]:
        _say(str(finding))
    last = verifier.last
    reached = f"entry {last.seq}, sealed {last.at.isoformat()}" if last else "no entry"
    kept = f"; {len(asked.head)} kept heads" if asked.head else ""
    _say(f"{len(found)} faults, up to {reached}{kept}")
    if found:
        raise SystemExit(1)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _none() -> str:
    raise SystemExit("Nothing is sealed yet.")
