"""Made-up people: names, birth dates, numbers with correct check digits, telephones, documents."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from domain.identifiers import Iin, synthetic_iin

AS_OF = date(2026, 1, 1)
"""Ages are counted to this day whatever the clock says: a person keeps the same IIN for good."""

_WITH_PATRONYMIC = 0.9
FILE = Path(__file__).parent / "data" / "people.toml"


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """A person who does not exist."""

    iin: Iin
    surname: str
    given: str
    patronymic: str | None
    sex: str
    born: date

    @property
    def full_name(self) -> str:
        """Surname, given name, patronymic."""
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)

    def name(self) -> dict[str, str | None]:
        """The name as the gateway gives it."""
        return {"surname": self.surname, "given": self.given, "patronymic": self.patronymic}


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def person(rng: Random, serial: int, *, youngest: date, oldest: date, sex: str | None = None) -> SeedPerson:
    """A person born between two days; another serial (0 to 8999) is always another IIN."""
    names = _names()
    chosen = sex or rng.choice(("male", "female"))
    male = chosen == "male"
    born = oldest + timedelta(days=rng.randrange((youngest - oldest).days))
    return SeedPerson(
        iin=synthetic_iin(born, male=male, serial=serial),
        surname=rng.choice(names["surnames"])[0 if male else 1],
        given=rng.choice(names["male"] if male else names["female"]),
        patronymic=rng.choice(names["fathers"]) + ("ұлы" if male else "қызы")
        if rng.random() < _WITH_PATRONYMIC
        else None,
        sex=chosen,
        born=born,
    )


def years_ago(years: int) -> date:
    """The first of January that many years before AS_OF."""
    return AS_OF.replace(year=AS_OF.year - years)


def adult(rng: Random, serial: int, sex: str | None = None) -> SeedPerson:
    """A person of 24 to 59 years."""
    return person(rng, serial, youngest=years_ago(24), oldest=years_ago(59), sex=sex)


def phone(rng: Random) -> str:
    """A number in E.164."""
    return f"+7700{rng.randrange(10**7):07d}"


def identity_document(rng: Random, born: date) -> dict[str, str]:
    """An identity card: number, issuer, days of issue and expiry."""
    issued = max(years_ago(rng.randint(1, 8)), born + timedelta(days=30))
    return {
        "number": f"0{rng.randrange(10**8):08d}",
        "issuer": _names()["issuers"][0],
        "issued": issued.isoformat(),
        "expires": issued.replace(year=issued.year + 10, day=1).isoformat(),
    }


def given_names(rng: Random) -> str:
    """A full name alone, as it stands on a card."""
    names, female = _names(), rng.random() < 0.5  # noqa: PLR2004 — as many women as men
    return f"{rng.choice(names['surnames'])[female]} {rng.choice(names['female' if female else 'male'])}"
