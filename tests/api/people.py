"""Made-up people and organisations that tests act as."""

from dataclasses import dataclass

from integrations.development_ca import Identity


@dataclass(frozen=True, slots=True)
class Someone:
    """A made-up person with certificates."""

    iin: str
    surname: str
    phone: str | None
    identity: Identity


@dataclass(frozen=True, slots=True)
class Organisation:
    """A made-up legal entity and whoever signs for it."""

    bin: str
    head: Identity
