"""What every resolver receives first: who asks, in which language, when, and the ports to the outside."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from auth.jwks import KeyDirectory
from auth.oidc import Provider
from auth.tokens import Tokens
from auth.viewer import SYSTEM, Viewer
from domain.rate_limits import STANDARD, Limits
from domain.signatures import SignatureVerifier
from domain.texts import Language
from domain.time import Clock
from loaders import Entities, Loaders


class Live(Protocol):
    """Follows a topic: rows in order, or what tells that rows are missing (`execution.live.Resync`)."""

    def subscribe(self, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
        """Rows after a position, or from now on without one."""


@dataclass(frozen=True, slots=True)
class Services:
    """Ports filled by `app.py`, the same for the whole process."""

    clock: Clock
    signatures: SignatureVerifier
    tokens: Tokens
    live: Live
    audience: str
    state_body_bins: frozenset[str] = frozenset()
    esobes_bins: frozenset[str] = frozenset()
    limits: Limits = STANDARD
    staff: Provider | None = None
    systems: KeyDirectory | None = None
    entities: Entities | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """One operation: one viewer, one reading of the clock, one set of loaders.

    `address` is the network address it came from and `agent` what its User-Agent says: for rate limits and
    for the owner of a session, never written down in clear.
    """

    services: Services
    viewer: Viewer
    language: Language
    now: datetime
    loaders: Loaders
    address: str | None = None
    agent: str | None = None


def system_context(services: Services, language: Language = Language.ru) -> Context:
    """The context of work that no client asked for: clocks, queues and partner messages."""
    return Context(services, SYSTEM, language, services.clock(), Loaders())
