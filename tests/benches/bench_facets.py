"""A catalogue page with three conditions and five facets, beside the same written by hand without GraphQL.

As `make bench-peers` does it: equal answers first, then interleaved rounds, the server on a core of its own.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from pymongo.database import Database

from tests.benches.peers import agreement, questions
from tests.benches.peers.asking import Row
from tests.benches.peers.client import WrongAnswerError
from tests.benches.peers.profiled import Spent, profiling, spent
from tests.benches.peers.programs import BASELINE, CACHED, REFERENCE, Target
from tests.benches.peers.questions import Question
from tests.benches.peers.report import fine, plain, spread
from tests.benches.peers.rounds import Measured, Plan, measure
from tests.benches.peers.running import Running, database, started
from tests.benches.server import seeded
from tests.benches.tables import milliseconds, show

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
CONNECTIONS = (1, 16)
COST_MOST, COMMANDS_MOST, KEYS_MOST = 1.5, 12, 20_000
TARGETS = (
    replace(REFERENCE, name="ours, response cache off"),
    BASELINE,
    replace(CACHED, name="ours, response cache on"),
)
Costs = Mapping[str, Sequence[Spent]]
HEADER = (
    "server", "connections", "answers/s", "CPU ms/answer", "CPU × hand-written", "p50 ms", "p99 ms",
    "commands", "keys of all", "most keys of a question",
)  # fmt: skip


async def main() -> None:
    """Print the table; SystemExit without one when answers differ, or are no answers."""
    try:
        await asyncio.to_thread(_measured)
    except (agreement.DifferentError, WrongAnswerError) as error:
        raise SystemExit(f"not measured: {error}") from None


def _measured() -> None:
    question, folder = questions.facets(), seeded(LISTINGS).resolve()
    programs = [target.program for target in TARGETS]
    with (
        tempfile.TemporaryDirectory() as work,
        database(folder) as url,
        started(programs, url, Path(work) / "facts.json", folder) as running,
    ):
        rows = _agreed(question, running)
        with profiling(url) as profiled:
            costs = {target.name: _spent(target, question, running, profiled) for target in TARGETS}
        plans = {connections: Plan(ROUNDS, SECONDS, connections) for connections in CONNECTIONS}
        found = {each: measure(TARGETS, question, running, plans[each], _told) for each in CONNECTIONS}
    print(f"{LISTINGS} listings, {rows} on the shortest page; {ROUNDS} rounds of {SECONDS:g} s\n")
    show(HEADER, [row for each in found.items() for row in _rows(*each, costs)])
    _verdict(found, costs)


def _agreed(question: Question, running: Mapping[str, Running]) -> int:
    """Compare all answers with ours; how many listings the shortest page has."""
    ours, *others = TARGETS
    expected = _answers(ours, question, running)
    for target in others:
        agreement.compare(target.name, question, expected, _answers(target, question, running))
    return min(map(len, map(agreement.identifiers, ([one] for one in expected))))


def _answers(target: Target, question: Question, running: Mapping[str, Running]) -> list[bytes]:
    return agreement.answers(running[target.program.name].port, target.path(question.route), question)


def _spent(
    target: Target, question: Question, running: Mapping[str, Running], profiled: Database[Row]
) -> list[Spent]:
    """What each set of variables costs mongod, asked alone and not for the first time."""
    _answers(target, question, running)
    alone = [replace(question, variables=[one]) for one in question.variables]
    return [spent(profiled, partial(_answers, target, one, running)) for one in alone]


def _rows(connections: int, found: Sequence[Measured], costs: Costs) -> list[list[str]]:
    base = next(one for one in found if one.target == BASELINE)
    return [
        [
            one.target.name,
            str(connections),
            spread([turn.rate for turn in one.turns], "{:.0f}".format),
            spread([turn.cpu for turn in one.turns], fine),
            spread(_ratios(one, base), plain),
            milliseconds(median(turn.p50 for turn in one.turns)),
            milliseconds(median(turn.p99 for turn in one.turns)),
            *map(str, _most(costs[one.target.name])),
        ]
        for one in found
    ]


def _ratios(one: Measured, base: Measured) -> list[float]:
    """Processor time in each round beside the hand-written endpoint's in the same."""
    return [turn.cpu / its.cpu for turn, its in zip(one.turns, base.turns, strict=True)]


def _most(costs: Sequence[Spent]) -> tuple[int, int, int]:
    """The most commands, keys, and keys of one question, whichever variables needed them."""
    return (
        max(len(one.commands) for one in costs),
        max(one.keys for one in costs),
        max(one.question_keys for one in costs),
    )


def _verdict(found: Mapping[int, Sequence[Measured]], costs: Costs) -> None:
    """Print what ours sends and reads, and whether it keeps within what the portal promises."""
    for connections, (ours, hand, *_) in found.items():
        ratio = median(_ratios(ours, hand))
        print(f"CPU × hand-written, {connections} connections: {ratio:.3f}, {_within(ratio, COST_MOST)}.")
    mine = costs[TARGETS[0].name]
    commands, _, keys = _most(mine)
    longest = max(mine, key=lambda one: len(one.commands))
    print(f"Commands: {commands} ({', '.join(longest.commands)}), {_within(commands, COMMANDS_MOST)}.")
    print(f"Keys that a question of facets reads: {keys} at most, {_within(keys, KEYS_MOST)}.")


def _within(value: float, most: float) -> str:
    return f"{'within' if value <= most else 'BEYOND'} {most}"


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
