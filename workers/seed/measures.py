"""Made-up measures as Е-Собес would send them, with the status each one is to be brought to."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from domain.categories import Direction
from domain.measures import Programme, add_months
from workers.seed.categories import load_categories
from workers.seed.participants import UNASSIGNED, ParticipantKind, SeedParticipant

FILE = Path(__file__).parent / "data" / "measures.toml"


class MeasurePlan(StrEnum):
    """Where a measure of the demonstration is to stand in the end."""

    open = "open"
    open_without_notice = "open_without_notice"
    ordered = "ordered"
    fulfilled = "fulfilled"
    blocked = "blocked"
    activation_requested = "activation_requested"
    ended = "ended"


_DAYS_AGO = {
    MeasurePlan.open: (2, 30),
    MeasurePlan.open_without_notice: (2, 12),
    MeasurePlan.ordered: (10, 45),
    MeasurePlan.fulfilled: (60, 110),
    MeasurePlan.blocked: (75, 120),
    MeasurePlan.activation_requested: (75, 120),
    MeasurePlan.ended: (20, 90),
}
"""How long ago Е-Собес sent the measure: a blocked choice needs more than two months."""

_TELEPHONE_PLANS = (
    MeasurePlan.open, MeasurePlan.ordered, MeasurePlan.fulfilled, MeasurePlan.blocked,
    MeasurePlan.open, MeasurePlan.activation_requested, MeasurePlan.ended,
)  # fmt: skip
_OWN = (
    ("wheelchairs_manual", MeasurePlan.open),
    ("individual_assistant", MeasurePlan.open),
    ("sanatorium_stay", MeasurePlan.ordered),
    ("diapers", MeasurePlan.blocked),
    ("orthoses_corsets", MeasurePlan.fulfilled),
)
"""What the first participant has; the wheelchair is what the demonstration orders."""


@dataclass(frozen=True, slots=True)
class SeedMeasure:
    """One measure: `statement` is the `measure` of Е-Собес's message, `participant` a place in the list."""

    participant: int
    plan: MeasurePlan
    sent_on: date
    statement: dict[str, Any]


def generate_measures(
    participants: Sequence[SeedParticipant], *, seed: int, today: date
) -> list[SeedMeasure]:
    """One to three measures for everybody but representatives; every plan occurs."""
    rng = Random(seed)  # noqa: S311 — made-up measures, the same every time
    wanted: list[tuple[int, str, MeasurePlan]] = [(0, *own) for own in _OWN]
    for place, someone in enumerate(participants[1:], 1):
        wanted.extend((place, *one) for one in _wishes(rng, place, someone))
    return [_measure(rng, number, one, participants, today) for number, one in enumerate(wanted, 1)]


@cache
def _stock() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def _directions() -> dict[str, Direction]:
    """Of the categories that Е-Собес recommends here: the rest have too few cards for every region."""
    known = {category.code: category.direction for category in load_categories()}
    return {code: direction for code, direction in known.items() if code in _stock()}


def _wishes(rng: Random, place: int, someone: SeedParticipant) -> list[tuple[str, MeasurePlan]]:
    """Categories and plans for one person: the elderly see social services and, by default, order nothing."""
    social = [code for code, way in _directions().items() if way is Direction.special_social_services]
    if someone.kind is ParticipantKind.representative:
        return []
    if someone.kind is ParticipantKind.elderly:
        withdrawn = place % 3 == 2  # noqa: PLR2004 — one in three was withdrawn
        return [(rng.choice(social), MeasurePlan.ended if withdrawn else _plan(0, someone))]
    allowed = [
        code for code, way in _directions().items() if way is not Direction.assistant or someone.group == 1
    ]
    chosen = rng.sample(allowed, rng.randint(1, 3))
    return [
        (code, MeasurePlan.open if place == UNASSIGNED else _plan(place + turn, someone))
        for turn, code in enumerate(chosen)
    ]


def _plan(turn: int, someone: SeedParticipant) -> MeasurePlan:
    if not someone.has_telephone:
        return MeasurePlan.open_without_notice
    return _TELEPHONE_PLANS[turn % len(_TELEPHONE_PLANS)]


def _measure(
    rng: Random,
    number: int,
    wanted: tuple[int, str, MeasurePlan],
    participants: Sequence[SeedParticipant],
    today: date,
) -> SeedMeasure:
    place, category, plan = wanted
    someone, stock = participants[place], _stock()[category]
    sent_on = today - timedelta(days=rng.randint(*_DAYS_AGO[plan]))
    written = sent_on - timedelta(days=rng.randint(5, 40))
    elderly = someone.kind is ParticipantKind.elderly
    statement = {
        "id": f"ES-{written.year}-{number:06d}",
        "revision": 1,
        "iin": someone.person.iin,
        "name": {"ru": stock["ru"], "kk": stock["kk"]},
        "programme": (Programme.elderly_services if elderly else Programme.individual_programme).value,
        "programme_date": written.isoformat(),
        "term": add_months(written, rng.choice((12, 24, 36))).isoformat(),
        "direction": _directions()[category].value,
        "category": category,
        "quantity": rng.choice(stock["quantity"]),
        "region": None if place == UNASSIGNED else someone.region,
        "assistant_basis": category == "individual_assistant",
    }
    return SeedMeasure(place, plan, sent_on, statement)
