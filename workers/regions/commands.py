"""The command that brings a КАТО workbook in, and says what it changed or what is wrong with it."""

import argparse
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from typing import Any

from domain.errors import Issue, Refused
from domain.regions import Reading, read_lines
from domain.texts import Language, text
from domain.time import ASTANA, Clock
from workers.regions.importing import Asked, Outcome, bring_in
from workers.regions.tables import lines_of

COMMANDS = ("import-kato",)
MOST_SHOWN = 100
"""Codes or faults of one sort that are named; the count is of all."""


def arguments(commands: Any) -> None:
    """Add the command to those of the server."""
    bringing = commands.add_parser("import-kato", help="bring in a workbook of КАТО (XLSX or CSV)")
    bringing.add_argument("file", type=Path)
    bringing.add_argument("--version", help='what it is called, as "NK RK 11-2025"; else the file\'s name')
    bringing.add_argument(
        "--from", dest="since", type=date.fromisoformat, help="first day it counts for; else today"
    )
    bringing.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


async def run(asked: argparse.Namespace, opened: AbstractAsyncContextManager[Any], clock: Clock) -> None:
    """Do the command; SystemExit 1 when the file is refused, and then nothing has changed."""
    try:
        reading = read(asked.file)
        if reading.issues:
            raise SystemExit(_shown(_faults(reading.issues)))
        since = asked.since or clock().astimezone(ASTANA).date()
        wanted = Asked(asked.version or asked.file.stem, since, asked.dry_run)
        async with opened:
            outcome = await bring_in(reading.places, wanted, clock)
    except Refused as refusal:
        raise SystemExit(f"{asked.file}: {_said(refusal.code, refusal.params)}") from None
    except OSError as error:
        raise SystemExit(f"{asked.file}: {error.strerror}") from None
    print(_shown(_told(wanted, outcome)))  # noqa: T201 - a command answers on the terminal


def read(file: Path) -> Reading:
    """The workbook as places and faults; Refused for what is no table, or too large."""
    return read_lines(lines_of(file))


def _told(asked: Asked, outcome: Outcome) -> Iterator[str]:
    found = outcome.differences
    if asked.dry_run:
        yield f"{asked.name}: {outcome.places} places; nothing was written."
    elif outcome.new:
        yield f"{asked.name}: {outcome.places} places, in force from {asked.since} (number {outcome.number})."
    else:
        yield f"{asked.name}: in force already (number {outcome.number}); nothing was written."
    for sort in ("added", "reissued", "renamed", "changed", "closed"):
        codes = getattr(found, sort)
        named = f": {' '.join(codes[:MOST_SHOWN])}" if codes else ""
        more = " …" if len(codes) > MOST_SHOWN else ""
        yield f"{sort} {len(codes)}{named}{more}"


def _faults(issues: list[Issue]) -> Iterator[str]:
    yield f"{len(issues)} faults; nothing was written."
    for issue in issues[:MOST_SHOWN]:
        row, *column = issue.path
        place = f"row {row}" + "".join(f", column {name}" for name in column)
        yield f"{place}: {issue.code}: {_said(issue.code, issue.params)}"


def _said(code: str, params: Any) -> str:
    return text(f"errors.{code}", Language.en, **params)


def _shown(lines: Iterator[str]) -> str:
    return "\n".join(lines)
