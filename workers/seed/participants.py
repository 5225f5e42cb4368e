"""Made-up participants as the gateway would tell of them, and who acts for whom."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Any

from workers.seed.named import DEMO_ELDERLY, DEMO_GUARDIAN, DEMO_PARTICIPANT, DEMO_WARD
from workers.seed.people import SeedPerson, adult, identity_document, person, phone, years_ago
from workers.seed.places import Place, address, atlas

WITHOUT_TELEPHONE = frozenset({6, 13, 20, 27, 34})
UNASSIGNED = 21
"""Nobody knows where this person lives: the measures wait for a region by hand (requirement C3)."""

WITHOUT_ADDRESS = frozenset({9, UNASSIGNED})
_EVERY_FOURTH = 4
_GROUPS = (1, 2, 2, 3)


class ParticipantKind(StrEnum):
    """Why a person is on the portal (Order 73, p. 2(10))."""

    disability = "disability"
    elderly = "elderly"
    representative = "representative"


@dataclass(frozen=True, slots=True)
class SeedParticipant:
    """A participant; `record` is what the gateway sends (p. 6), `region` is where the person lives.

    `group` is the group of disability; group 1 here means difficulty moving as well (p. 2(4)).
    """

    person: SeedPerson
    kind: ParticipantKind
    group: int | None
    region: str
    record: dict[str, Any]

    @property
    def has_telephone(self) -> bool:
        """Whether БМГ knows a number."""
        return self.record["bmg_phone"] is not None


@dataclass(frozen=True, slots=True)
class SeedAuthority:
    """The authority of a guardian, as the gateway sends it: both by IIN, from an aware instant."""

    representative: str
    ward: str
    authority: str
    basis: str
    valid_from: datetime
    valid_to: datetime | None

    def record(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return {
            "representative": self.representative,
            "ward": self.ward,
            "authority": self.authority,
            "basis": self.basis,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }


def generate_participants(count: int, *, seed: int) -> list[SeedParticipant]:
    """The four who have names of their own first, then every fourth person is elderly."""
    return [_participant(Random(seed * 104_729 + place), place) for place in range(count)]  # noqa: S311 — made-up people, the same every time


def authorities() -> list[SeedAuthority]:
    """The guardian's authority over her ward, until he is of age."""
    since = datetime(2024, 3, 1, tzinfo=UTC)
    until = datetime(DEMO_WARD.born.year + 18, DEMO_WARD.born.month, DEMO_WARD.born.day, tzinfo=UTC)
    basis = "Постановление акимата города Астаны от 01.03.2024 № 104-1"
    return [SeedAuthority(DEMO_GUARDIAN.iin, DEMO_WARD.iin, "guardian", basis, since, until)]


def _participant(rng: Random, place: int) -> SeedParticipant:
    someone, kind = _who(rng, place)
    named = place < len(_NAMED)
    home = atlas().places["71"] if named else atlas().pick(rng)
    group = None if kind is not ParticipantKind.disability else 1 if named else rng.choice(_GROUPS)
    return SeedParticipant(someone, kind, group, home.code, _record(rng, someone, place, home))


_NAMED = (
    (DEMO_PARTICIPANT, ParticipantKind.disability),
    (DEMO_GUARDIAN, ParticipantKind.representative),
    (DEMO_WARD, ParticipantKind.disability),
    (DEMO_ELDERLY, ParticipantKind.elderly),
)


def _who(rng: Random, place: int) -> tuple[SeedPerson, ParticipantKind]:
    if place < len(_NAMED):
        return _NAMED[place]
    if place % _EVERY_FOURTH == 0:
        old = person(rng, place, youngest=years_ago(68), oldest=years_ago(92))
        return old, ParticipantKind.elderly
    return adult(rng, place), ParticipantKind.disability


def _record(rng: Random, someone: SeedPerson, place: int, home: Place) -> dict[str, Any]:
    return {
        "iin": someone.iin,
        "name": someone.name(),
        "birth_date": someone.born.isoformat(),
        "sex": someone.sex,
        "address": None if place in WITHOUT_ADDRESS else address(rng, home, flat=True),
        "document": identity_document(rng, someone.born),
        "bmg_phone": None if place in WITHOUT_TELEPHONE else phone(rng),
    }
