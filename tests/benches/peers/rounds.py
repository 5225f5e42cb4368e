"""Rounds: in each of them every target has its turn, so that a machine that slows down slows all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.benches.peers.agreement import answers
from tests.benches.peers.client import Errand, send
from tests.benches.peers.programs import Target
from tests.benches.peers.questions import Question
from tests.benches.peers.running import OTHER_CORE, Running, on_core
from tests.benches.server import cpu_seconds, resident_megabytes

WARM_UP = 3.0
AGAIN = 0.3


@dataclass(frozen=True, slots=True)
class Turn:
    """One target in one round: answers a second, processor seconds and seconds of an answer."""

    rate: float
    cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All turns of a target, in the order of the rounds, and its memory after them."""

    target: Target
    turns: Sequence[Turn]
    megabytes: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, how long, and over how many connections."""

    rounds: int
    seconds: float
    connections: int


def measure(
    targets: Sequence[Target],
    question: Question,
    running: Mapping[str, Running],
    plan: Plan,
    told: Callable[[str], None],
) -> list[Measured]:
    """Every target warmed up, then the rounds; WrongAnswerError once an answer is another than before."""
    errands = {target.name: _errand(target, question, running, plan) for target in targets}
    turns: dict[str, list[Turn]] = {target.name: [] for target in targets}
    with on_core(OTHER_CORE):
        for target in targets:
            send(_for(errands[target.name], WARM_UP))
        for number in range(plan.rounds):
            told(f"{question.name}, {plan.connections} connections: round {number + 1} of {plan.rounds}")
            for target in targets:
                pid = running[target.program.name].pid
                turns[target.name].append(_turn(errands[target.name], pid, plan.seconds))
    return [
        Measured(target, turns[target.name], resident_megabytes(running[target.program.name].pid))
        for target in targets
    ]


def _errand(target: Target, question: Question, running: Mapping[str, Running], plan: Plan) -> Errand:
    """The errand with the length of every answer, as the target gives it when nobody hurries it."""
    port, path = running[target.program.name].port, target.path(question.route)
    lengths = [len(answer) for answer in answers(port, path, question)]
    bodies = question.bodies(graphql=target.prefix is None)
    return Errand(port, path, bodies, lengths, plan.connections, plan.seconds)


def _for(errand: Errand, seconds: float) -> Errand:
    return Errand(errand.port, errand.path, errand.bodies, errand.lengths, errand.connections, seconds)


def _turn(errand: Errand, pid: int, seconds: float) -> Turn:
    send(_for(errand, AGAIN))
    before = cpu_seconds(pid)
    report = send(_for(errand, seconds))
    used = cpu_seconds(pid) - before
    return Turn(report.count / report.whole, used / report.count, report.p50, report.p99)
