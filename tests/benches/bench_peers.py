"""The portal beside a hand-written endpoint and other servers of GraphQL, on the same database: `make bench-peers`."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benches.peers import agreement, facts, questions
from tests.benches.peers.client import WrongAnswerError
from tests.benches.peers.programs import CACHED, HAND, OURS, REFERENCE, STATIC, TARGETS, Program, Target
from tests.benches.peers.questions import Question
from tests.benches.peers.report import limit, table
from tests.benches.peers.rounds import Plan, measure
from tests.benches.peers.running import Running, database, started
from tests.benches.server import seeded

SINGLES = 64
CONNECTIONS = (1, 16)


def main() -> None:
    """Measure at each size; stops without a table when answers differ, or are no answers."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = _arguments()
    try:
        for listings in map(int, asked.listings.split(",")):
            _measured(asked.folder or seeded(listings), listings, asked)
    except (agreement.DifferentError, WrongAnswerError) as error:
        raise SystemExit(f"not measured: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _arguments() -> argparse.Namespace:
    names = ", ".join(dict.fromkeys(target.program.name for target in (*TARGETS, CACHED)))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", default="100000", help="sizes, with commas between")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--only", default="", help=f"some of: {names}")
    parser.add_argument("--folder", type=Path, help="a data folder that is loaded already")
    asked = parser.parse_args()
    wanted = set(asked.only.replace(",", " ").split())
    if unknown := wanted - set(names.split(", ")):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {names}")
    asked.only = wanted | {OURS.name, HAND.name} if wanted else wanted
    return asked


def _measured(folder: Path, listings: int, asked: argparse.Namespace) -> None:
    targets = [one for one in (*TARGETS, CACHED, STATIC) if not asked.only or one.program.name in asked.only]
    missing = {one.name: lack for one in targets if (lack := one.program.lack)}
    able = [one for one in targets if one.name not in missing]
    programs = list(dict.fromkeys(one.program.name for one in able))
    with tempfile.TemporaryDirectory() as work, database(folder.resolve()) as url:
        file = Path(work) / "facts.json"
        facts.write(file, url, questions.page())
        with started(_chosen(able, programs), url, file, folder.resolve()) as running:
            for question in _questions(running):
                _agreed(able, question, running)
                _tables(able, missing, question, running, asked, listings)


def _chosen(targets: Sequence[Target], names: Sequence[str]) -> list[Program]:
    by_name = {target.program.name: target.program for target in targets}
    return [by_name[name] for name in names]


def _questions(running: Mapping[str, Running]) -> Iterator[Question]:
    """The questions that ours can answer, checked one by one."""
    page, ours = questions.page(), running[OURS.name].port
    identifiers = agreement.identifiers(agreement.answers(ours, "/graphql", page))
    for question in (page, questions.one(identifiers[:SINGLES]), questions.suppliers()):
        if agreement.knows(ours, question):
            yield question
        else:
            print(f"\n== {question.name}: left out, our schema does not have it yet\n")


def _agreed(targets: Sequence[Target], question: Question, running: Mapping[str, Running]) -> None:
    """Compare the answers of every target that has to agree with ours."""
    ours = agreement.answers(running[OURS.name].port, "/graphql", question)
    for target in targets:
        if target.is_checked and target != REFERENCE and question.route in target.routes:
            port = running[target.program.name].port
            theirs = agreement.answers(port, target.path(question.route), question)
            agreement.compare(target.name, question, ours, theirs)


def _tables(
    targets: Sequence[Target],
    missing: Mapping[str, str],
    question: Question,
    running: Mapping[str, Running],
    asked: argparse.Namespace,
    listings: int,
) -> None:
    """Measure and print one question: the table, and where it is cached the one beside prepared bytes."""
    apart = {CACHED.name, STATIC.name}
    asking = [one for one in targets if question.route in one.routes]
    for connections in CONNECTIONS:
        plan = Plan(asked.rounds, asked.seconds, connections)
        for is_apart in (False, True):
            chosen = [one for one in asking if (one.name in apart) == is_apart]
            absent = {name: why for name, why in missing.items() if (name in apart) == is_apart}
            if not chosen or (is_apart and CACHED not in chosen):
                print(*(f"{name}: {why}" for name, why in absent.items()), sep="\n")
                continue
            found = measure(chosen, question, running, plan, _told)
            title = f"{question.name}{', cached' if is_apart else ''}, {listings} listings"
            print(f"\n== {title}, {connections} connections, {asked.rounds} rounds of {asked.seconds:g} s\n")
            table(found, absent)
            limit(found)


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
