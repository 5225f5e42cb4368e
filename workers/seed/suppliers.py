"""Made-up suppliers of the kinds of Order 73, p. 12, with the records the gateway would send about them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from domain.identifiers import synthetic_bin
from domain.suppliers import SupplierKind
from workers.seed.named import DEMO_ASSISTANT, DEMO_SUPPLIER_HEAD
from workers.seed.people import AS_OF, SeedPerson, adult, phone
from workers.seed.places import Names, Place, address, atlas
from workers.seed.reference import in_force

FILE = Path(__file__).parent / "data" / "suppliers.toml"
FIRST_SERIAL = 1000
"""Serials of heads and founders begin here, those of participants at 0."""

ADMITTED_ON = date(2023, 3, 1)
"""A day on which an individual assistant could still be a supplier."""

_SERIALS = 7500
_NATIONAL = 0.15
_ROUND = (
    "tsr_sale", "special_social_services", "sanatorium", "assistant", "tsr_sale", "sign_language",
    "tsr_sale", "special_social_services", "sanatorium", "assistant", "tsr_sale", "tsr_sale",
)  # fmt: skip
"""Directions follow each other so: of twelve suppliers five sell means of rehabilitation."""

_SOLE = {"tsr_sale": 0.3, "sign_language": 0.5, "assistant": 0.6}
"""Which share works as a sole entrepreneur; sanatoria and care homes never do."""


@dataclass(frozen=True, slots=True)
class SeedSupplier:
    """A supplier: BIN of an organisation, IIN of an entrepreneur or assistant; its head signs for it.

    `record` is what the gateway sends (p. 12): the details by their names, beside `identifier`, `kind`,
    `name`, `oked`, `region`. `coverage` are regions it serves.
    """

    identifier: str
    kind: SupplierKind
    name: Names
    head: SeedPerson
    oked: str | None
    directions: tuple[str, ...]
    region: str
    coverage: tuple[str, ...]
    national: bool
    registered: date
    record: dict[str, Any]


def generate_suppliers(count: int, *, seed: int) -> list[SeedSupplier]:
    """The first `count` suppliers; the n-th is the same however many are asked for."""
    return [_supplier(_random(seed * 7_919 + number), number) for number in range(count)]


def assistant_of_old(*, seed: int) -> SeedSupplier:
    """A plain individual assistant: a supplier under Order 73, p. 2(11), not under Order 345, p. 2(10)."""
    rng = _random(seed)
    helper, home = DEMO_ASSISTANT, atlas().places["71"]
    details = {
        "address": address(rng, home, kind="legal"),
        "person": helper.name() | {"iin": helper.iin},
        "no_psychiatric_record": {"confirmed": True, "on": ADMITTED_ON.isoformat()},
    }
    name = {"kk": helper.full_name, "ru": helper.full_name}
    return SeedSupplier(
        identifier=helper.iin,
        kind=SupplierKind.assistant,
        name=name,
        head=helper,
        oked=None,
        directions=("assistant",),
        region=home.code,
        coverage=(home.code,),
        national=False,
        registered=ADMITTED_ON,
        record=_record(helper.iin, SupplierKind.assistant, name, None, home, details),
    )


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 — made-up suppliers, the same every time


def _supplier(rng: Random, number: int) -> SeedSupplier:
    direction = _ROUND[number % len(_ROUND)]
    home = atlas().places["71"] if number == 0 else atlas().pick(rng)
    national = number == 0 or rng.random() < _NATIONAL
    sole = number > 0 and rng.random() < _SOLE.get(direction, 0)
    head = DEMO_SUPPLIER_HEAD if number == 0 else adult(rng, _serial(number, 0))
    oked = rng.choice(_stock()[direction]["okeds"])
    registered = date(rng.randint(2012, 2024), rng.randint(1, 12), rng.randint(1, 28))
    identifier = head.iin if sole else synthetic_bin(registered, serial=number)
    kind = SupplierKind.entrepreneur if sole else SupplierKind.legal_entity
    sign = _sign(direction, number)
    name = _name(kind, sign)
    details = _sole(rng, home, head, registered) if sole else _entity(rng, home, head, sign, number)
    details["activity"] = {"oked": oked, "name": dict(in_force("oked_direction", AS_OF)[oked].names or {})}
    return SeedSupplier(
        identifier=identifier,
        kind=kind,
        name=name,
        head=head,
        oked=oked,
        directions=_directions(oked),
        region=home.code,
        coverage=_coverage(rng, home, national=national),
        national=national,
        registered=registered,
        record=_record(identifier, kind, name, oked, home, details),
    )


@cache
def _stock() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def _serial(number: int, place: int) -> int:
    """Serials repeat after thousands of people; two with one serial and one birth date do not meet."""
    return FIRST_SERIAL + (number * 4 + place) % _SERIALS


def _directions(oked: str) -> tuple[str, ...]:
    opened = in_force("oked_direction", AS_OF)[oked].value
    return tuple(opened) if isinstance(opened, list) else ()


def _coverage(rng: Random, home: Place, *, national: bool) -> tuple[str, ...]:
    if national:
        return tuple(atlas().places)
    return tuple(sorted({home.code, *atlas().some(rng, rng.randint(0, 3))}))


def _sign(direction: str, number: int) -> str:
    """The name on the sign; numbered when all names of the direction are taken."""
    names = _stock()[direction]["names"]
    place = number // len(_ROUND) * _ROUND.count(direction) + _ROUND[: number % len(_ROUND)].count(direction)
    chosen: str = names[place % len(names)]
    turn = place // len(names)
    return f"{chosen} {turn + 1}" if turn else chosen


def _name(kind: SupplierKind, sign: str) -> Names:
    if kind is SupplierKind.entrepreneur:
        return {"kk": f"«{sign}» ЖК", "ru": f"ИП «{sign}»"}
    return {"kk": f"«{sign}» ЖШС", "ru": f"ТОО «{sign}»"}


def _sole(rng: Random, home: Place, head: SeedPerson, registered: date) -> dict[str, Any]:
    return {
        "address": address(rng, home, kind="legal"),
        "person": head.name() | {"iin": head.iin},
        "registration": {"number": f"KZ{rng.randrange(10**8):08d}", "on": registered.isoformat()},
        "phone": phone(rng),
    }


def _entity(rng: Random, home: Place, head: SeedPerson, sign: str, number: int) -> dict[str, Any]:
    founders = [adult(rng, _serial(number, place)) for place in range(1, rng.randint(2, 4))]
    place = address(rng, home, kind="legal")
    return {
        "address": place,
        "full_name": {
            "kk": f"«{sign}» жауапкершілігі шектеулі серіктестігі",
            "ru": f"Товарищество с ограниченной ответственностью «{sign}»",
        },
        "short_name": {"kk": f"«{sign}» ЖШС", "ru": f"ТОО «{sign}»"},
        "head": head.name() | {"iin": head.iin},
        "real_estate": [
            {
                "right": rng.choice(("ownership", "lease")),
                "number": f"{rng.randrange(10**9):09d}",
                "address": place["text"],
                "area_m2": rng.randrange(40, 2400, 10),
            }
        ],
        "founders_count": len(founders),
        "founders": [one.name() | {"iin": one.iin, "citizenship": "KZ"} for one in founders],
        "ownership_form": "private",
        "formation": rng.choice(("founded", "reorganised")),
        "phone": phone(rng),
    }


def _record(
    identifier: str, kind: SupplierKind, name: Names, oked: str | None, home: Place, details: dict[str, Any]
) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "kind": kind.value,
        "name": dict(name),
        "oked": oked,
        "region": home.code,
        "details": details,
    }
