"""Made-up employees: of every local executive body, the contact centre, the administrator, the ministry."""

from dataclasses import dataclass
from random import Random

from domain.identity import Role
from workers.seed.named import (
    ADMINISTRATOR_BIN,
    AUTHORISED_BODY_BIN,
    DEMO_ADMINISTRATOR,
    DEMO_AUTHORISED_BODY,
    DEMO_CONTACT_CENTRE,
    DEMO_EXECUTIVE_BODY,
    executive_body_bin,
)
from workers.seed.people import AS_OF, SeedPerson, adult
from workers.seed.places import Names
from workers.seed.reference import in_force

FIRST_SERIAL = 100


@dataclass(frozen=True, slots=True)
class SeedEmployee:
    """An employee with the role on the portal; `bin` and `organisation` stand in the certificate."""

    person: SeedPerson
    role: Role
    region: str | None
    bin: str
    organisation: Names


def generate_staff(*, seed: int) -> list[SeedEmployee]:
    """Everybody who works for the state or the portal; DEMO_EXECUTIVE_BODY for Astana."""
    rng = Random(seed)  # noqa: S311 — made-up employees, the same every time
    bodies = [_executive(rng, place, code, names) for place, (code, names) in enumerate(_regions())]
    operator = {"kk": "Портал әкімшісі", "ru": "Администратор портала"}
    ministry = {
        "kk": "Еңбек және халықты әлеуметтік қорғау министрлігі",
        "ru": "Министерство труда и социальной защиты населения",
    }
    return [
        *bodies,
        SeedEmployee(DEMO_CONTACT_CENTRE, Role.contact_centre, None, ADMINISTRATOR_BIN, operator),
        SeedEmployee(DEMO_ADMINISTRATOR, Role.administrator, None, ADMINISTRATOR_BIN, operator),
        SeedEmployee(DEMO_AUTHORISED_BODY, Role.authorised_body, None, AUTHORISED_BODY_BIN, ministry),
    ]


def _regions() -> list[tuple[str, Names]]:
    return [(code, row.names or {}) for code, row in sorted(in_force("region", AS_OF).items())]


def _executive(rng: Random, place: int, code: str, names: Names) -> SeedEmployee:
    made = adult(rng, FIRST_SERIAL + place)
    return SeedEmployee(
        person=DEMO_EXECUTIVE_BODY if code == "71" else made,
        role=Role.executive_body,
        region=code,
        bin=executive_body_bin(place),
        organisation={
            "kk": f"{names['kk']}: жұмыспен қамту және әлеуметтік бағдарламалар басқармасы",
            "ru": f"{names['ru']}: управление занятости и социальных программ",
        },
    )
