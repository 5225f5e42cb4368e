"""Made-up employees: of every local executive body, the contact centre, the administrator, the ministry."""

import secrets
from dataclasses import dataclass, replace
from random import Random

from joserfc.jwk import ECKey, KeySet

from auth.oidc import ProviderSettings
from domain.identity import Role
from domain.time import Clock
from integrations.development_oidc import DemoEmployee, DevelopmentProvider, RegisteredClient
from workers.seed.named import (
    DEMO_ADMINISTRATOR,
    DEMO_AUTHORISED_BODY,
    DEMO_CONTACT_CENTRE,
    DEMO_EXECUTIVE_BODY,
)
from workers.seed.people import AS_OF, SeedPerson, adult
from workers.seed.places import Names
from workers.seed.reference import in_force

FIRST_SERIAL = 100
CAPITAL = "71"
SEED = 73


@dataclass(frozen=True, slots=True)
class SeedEmployee:
    """An employee with the role on the portal; `subject` is what the development provider calls them."""

    person: SeedPerson
    role: Role
    region: str | None
    organisation: Names

    @property
    def subject(self) -> str:
        """The role; for an executive body outside Astana with its region."""
        elsewhere = self.region not in {None, CAPITAL}
        return f"{self.role}_{self.region}" if elsewhere else str(self.role)

    @property
    def about(self) -> str:
        """Who it is, in a line."""
        return f"{self.person.full_name}, {self.organisation['ru']}"


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
        SeedEmployee(DEMO_CONTACT_CENTRE, Role.contact_centre, None, operator),
        SeedEmployee(DEMO_ADMINISTRATOR, Role.administrator, None, operator),
        SeedEmployee(DEMO_AUTHORISED_BODY, Role.authorised_body, None, ministry),
    ]


def demo_employees() -> list[DemoEmployee]:
    """The same people as the development provider knows them."""
    return [
        DemoEmployee(
            one.subject,
            f"{one.subject}: {one.about}",
            {"name": one.person.full_name, "komek_role": [str(one.role)]}
            | ({"komek_region": one.region} if one.region else {}),
        )
        for one in sorted(generate_staff(seed=SEED), key=lambda one: one.region or "")
    ]


def development_provider(
    configured: ProviderSettings, issuer: str | None, clock: Clock
) -> tuple[DevelopmentProvider | None, ProviderSettings]:
    """A small provider of our own at `issuer`, if one is given; its key ends with the process."""
    if issuer is None:
        return None, configured
    staff = replace(configured, issuer=issuer, secret=secrets.token_urlsafe(32))
    client = RegisteredClient(staff.client_id, staff.secret or "", (staff.redirect_uri,))
    keys = KeySet([ECKey.generate_key("P-256", auto_kid=True)])
    return DevelopmentProvider(issuer, client, demo_employees(), keys, clock), staff


def _regions() -> list[tuple[str, Names]]:
    return [(code, row.names or {}) for code, row in sorted(in_force("region", AS_OF).items())]


def _executive(rng: Random, place: int, code: str, names: Names) -> SeedEmployee:
    made = adult(rng, FIRST_SERIAL + place)
    return SeedEmployee(
        person=DEMO_EXECUTIVE_BODY if code == CAPITAL else made,
        role=Role.executive_body,
        region=code,
        organisation={
            "kk": f"{names['kk']}: жұмыспен қамту және әлеуметтік бағдарламалар басқармасы",
            "ru": f"{names['ru']}: управление занятости и социальных программ",
        },
    )
