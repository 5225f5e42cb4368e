"""Certificates of the demonstration's people, issued by the development authority; and the partners' own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from domain.signatures import HolderRole
from domain.time import Clock
from integrations.development_ca import DevelopmentAuthority, Identity, sign_cms
from workers.seed.named import (
    DEMO_ASSISTANT,
    DEMO_ELDERLY,
    DEMO_GUARDIAN,
    DEMO_PARTICIPANT,
    ESOBES_BIN,
    GATEWAY_BIN,
)
from workers.seed.people import SeedPerson
from workers.seed.suppliers import SeedSupplier, generate_suppliers

SEED = 73
PEOPLE: Mapping[str, SeedPerson] = {
    "participant": DEMO_PARTICIPANT,
    "guardian": DEMO_GUARDIAN,
    "elderly": DEMO_ELDERLY,
    "assistant": DEMO_ASSISTANT,
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom `sign` knows by name: the IIN or BIN to enter at sign-in, and who that is."""

    identifier: str
    about: str
    identity: Callable[[], Identity]


class Cast:
    """Signs as anybody of the demonstration, claiming the portal's time."""

    def __init__(self, authority: DevelopmentAuthority, clock: Clock) -> None:
        self._authority = authority
        self._clock = clock
        self.members: Mapping[str, Member] = dict(self._named())
        """Whom `sign` knows by name: demo people and the first supplier; staff need no certificate."""

    def sign(self, name: str, content: bytes, key: str = "auth") -> bytes:
        """CMS of a named person; key "auth" signs in, "sign" signs documents. KeyError for a stranger."""
        return self.sign_as(self.members[name].identity(), content, key)

    def sign_as(self, identity: Identity, content: bytes, key: str = "sign") -> bytes:
        """CMS of an identity over the content."""
        return sign_cms(identity, content, when=self._clock(), key="auth" if key == "auth" else "sign")

    def as_esobes(self, content: bytes) -> bytes:
        """CMS of Е-Собес's information system."""
        name, organisation = "esobes", "АИС «Е-Собес»"
        return self.sign_as(
            self._authority.information_system(name, bin_=ESOBES_BIN, organisation=organisation), content
        )

    def as_gateway(self, content: bytes) -> bytes:
        """CMS of the state body whose records the gateway carries."""
        name, organisation = "gateway", "Государственный орган"
        return self.sign_as(
            self._authority.information_system(name, bin_=GATEWAY_BIN, organisation=organisation), content
        )

    def person(self, someone: SeedPerson) -> Identity:
        """The certificate pair of a person."""
        names = someone.surname, someone.given, someone.patronymic or ""
        return self._authority.person(f"p-{someone.iin}", someone.iin, *names)

    def head(self, supplier: SeedSupplier) -> Identity:
        """Whoever signs for a supplier: its head, or the entrepreneur."""
        if supplier.identifier == supplier.head.iin:
            return self.person(supplier.head)
        return self._entity(supplier.head, supplier.identifier, supplier.name["ru"], HolderRole.head)

    def _entity(self, someone: SeedPerson, bin_: str, organisation: str, role: HolderRole) -> Identity:
        return self._authority.entity(
            f"e-{bin_}-{someone.iin}",
            someone.iin,
            someone.surname,
            someone.given,
            someone.patronymic or "",
            bin_=bin_,
            organisation=organisation,
            roles=(role,),
        )

    def _named(self) -> Iterator[tuple[str, Member]]:
        for name, someone in PEOPLE.items():
            yield name, Member(someone.iin, someone.full_name, partial(self.person, someone))
        first = generate_suppliers(1, seed=SEED)[0]
        yield "supplier", Member(first.identifier, first.name["ru"], partial(self.head, first))
