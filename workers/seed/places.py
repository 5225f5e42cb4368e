"""Regions, their towns and streets, from which made-up addresses are put together."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

Names = dict[str, str]
"""A name by language: kk and ru."""

FILE = Path(__file__).parent / "data" / "places.toml"


@dataclass(frozen=True, slots=True)
class Place:
    """A region by its two-digit КАТО code, with its centre and some districts or towns."""

    code: str
    weight: int
    centre: Names
    districts: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Atlas:
    """All regions by code, and the names of streets."""

    places: dict[str, Place]
    streets: tuple[Names, ...]

    def pick(self, rng: Random) -> Place:
        """A region; the populous ones come more often."""
        places = list(self.places.values())
        return rng.choices(places, [place.weight for place in places])[0]

    def some(self, rng: Random, count: int) -> list[str]:
        """Codes of up to `count` regions, sorted; the populous ones come more often."""
        return sorted({self.pick(rng).code for _ in range(count)})

    def street(self, rng: Random) -> Names:
        """A street's name."""
        return rng.choice(self.streets)


@cache
def atlas() -> Atlas:
    """The shipped regions and streets."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    places = (Place(**row | {"districts": tuple(row["districts"])}) for row in data["regions"])
    return Atlas({place.code: place for place in places}, tuple(data["streets"]))


def address(rng: Random, place: Place, *, kind: str = "permanent", flat: bool = False) -> dict[str, str]:
    """An address as the gateway gives it: region code, kind of registration, text."""
    text = f"{place.centre['ru']}, {atlas().street(rng)['ru']}, {rng.randint(1, 180)}"
    ending = f", кв. {rng.randint(1, 120)}" if flat else ""
    return {"region": place.code, "kind": kind, "text": text + ending}
