"""What one request asks of mongod: the commands its profiler saw, and the keys that questions of facets read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from tests.benches.peers.asking import DATABASE

_APP = "bench"
_ROOM = 64 * 2**20
_PROFILE = "system.profile"
_OTHERS = {"appName": {"$ne": _APP}}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spent:
    """The commands by what they ask, the keys all of them examined, and the most that one question of facets did.

    A question looks for its narrowest way, which is counted apart, and reads it.
    """

    commands: tuple[str, ...]
    keys: int
    question_keys: int


@contextmanager
def profiling(url: str) -> Iterator[Database[Row]]:
    """The database while mongod's profiler sees everything.

    Begun once for all that is asked: what is under way when it ends makes the collection of the profile anew.
    """
    with MongoClient[Row](url, appname=_APP) as client:
        database = client[DATABASE]
        database.command("profile", 0)
        database.drop_collection(_PROFILE)
        database.create_collection(_PROFILE, capped=True, size=_ROOM)
        database.command("profile", 2)
        try:
            yield database
        finally:
            database.command("profile", 0)
            database.drop_collection(_PROFILE)


def spent(database: Database[Row], ask: Callable[[], object]) -> Spent:
    """What mongod did while `ask` sent one request; what servers follow beside it is left out."""
    before = database[_PROFILE].count_documents(_OTHERS)
    ask()
    seen = database[_PROFILE].find(_OTHERS).sort("$natural", 1).skip(before)
    found = [row for row in seen if not _is_followed(row)]
    pieces = [(row["command"], piece) for row in found for piece in _pieces(row["command"])]
    counting = [_keys(database, command, piece) for command, piece in pieces if _is_counting(piece)]
    return Spent(
        tuple(sorted(map(_name, found))),
        sum(row.get("keysExamined", 0) for row in found),
        max(counting, default=0),
    )


def _is_followed(row: Mapping[str, Any]) -> bool:
    """Whether it is the next batch of a change stream."""
    steps = row.get("originatingCommand", {}).get("pipeline") or [{}]
    return "$changeStream" in steps[0]


def _name(row: Mapping[str, Any]) -> str:
    return f"{next(iter(row['command']))} {row['ns'].partition('.')[2]}"


def _pieces(command: Mapping[str, Any]) -> Iterator[list[Row]]:
    """The pipelines that a command joins."""
    own: list[Row] = []
    for step in command.get("pipeline", ()):
        if "$unionWith" in step:
            yield step["$unionWith"]["pipeline"]
        else:
            own.append(step)
    if own:
        yield own


def _is_counting(piece: list[Row]) -> bool:
    return any("$facet" in step for step in piece)


def _keys(database: Database[Row], command: Mapping[str, Any], piece: list[Row]) -> int:
    """The keys that one of the pipelines examines, run alone."""
    alone = {"aggregate": command["aggregate"], "pipeline": piece, "hint": command["hint"], "cursor": {}}
    told = database.command("explain", alone, verbosity="executionStats")
    stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
    return int(stats["totalKeysExamined"])
