"""The tables: medians over the rounds, and in brackets between which values the middle half of the rounds lies."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median, quantiles

from tests.benches.peers.programs import BARE, BASELINE, Target
from tests.benches.peers.rounds import Measured
from tests.benches.tables import milliseconds, show

HEADER = (
    "server", "answers/s", "× compared row", "CPU ms/answer", "CPU × compared row", "p50 ms", "p99 ms", "RSS MB",
)  # fmt: skip
BARE_MOST = 1.3
Shown = Callable[[float], str]


def table(found: Sequence[Measured], missing: Mapping[str, str]) -> None:
    """Print the rows, and those that could not be measured with the reason."""
    by_name = {one.target.name: one for one in found}
    rows = [_row(one, by_name.get(one.target.baseline) or by_name.get(BASELINE.name)) for one in found]
    show(HEADER, [*rows, *([name, reason, *[""] * (len(HEADER) - 2)] for name, reason in missing.items())])
    others = {one.target.name: one.target.baseline for one in found if _is_special(one.target, by_name)}
    for name, baseline in others.items():
        print(f"{name}: compared with “{baseline}”.")


def limit(found: Sequence[Measured]) -> None:
    """Print how near the hand-written endpoint is to what the driver alone costs."""
    by_name = {one.target.name: one for one in found}
    if {BASELINE.name, BARE.name} <= by_name.keys():
        ours, bare = by_name[BASELINE.name].turns, by_name[BARE.name].turns
        ratios = [one.cpu / other.cpu for one, other in zip(ours, bare, strict=True)]
        verdict = "within" if median(ratios) <= BARE_MOST else "BEYOND"
        print(f"Hand-written over the find alone, CPU: {spread(ratios, plain)}, {verdict} {BARE_MOST}.")


def _is_special(target: Target, measured: Mapping[str, Measured]) -> bool:
    return target.baseline != BASELINE.name and target.baseline in measured


def _row(one: Measured, base: Measured | None) -> list[str]:
    rates, costs = [turn.rate for turn in one.turns], [turn.cpu for turn in one.turns]
    rate_ratios = cost_ratios = "–"
    if base is not None:
        pairs = list(zip(one.turns, base.turns, strict=True))
        rate_ratios = spread([turn.rate / its.rate for turn, its in pairs], plain)
        cost_ratios = spread([turn.cpu / its.cpu for turn, its in pairs], plain)
    return [
        one.target.name,
        spread(rates, "{:.0f}".format),
        rate_ratios,
        spread(costs, fine),
        cost_ratios,
        milliseconds(median(turn.p50 for turn in one.turns)),
        milliseconds(median(turn.p99 for turn in one.turns)),
        f"{one.megabytes:.0f}",
    ]


def plain(value: float) -> str:
    """A ratio."""
    return f"{value:.2f}"


def fine(seconds: float) -> str:
    """Milliseconds, with three digits after the point where there is less than one."""
    return f"{seconds * 1000:.3f}" if seconds < 0.001 else milliseconds(seconds)


def spread(values: Sequence[float], shown: Shown) -> str:
    """The median, and between which values the middle half lies."""
    if len(values) == 1:
        return shown(values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return f"{shown(median(values))} [{shown(low)}–{shown(high)}]"
