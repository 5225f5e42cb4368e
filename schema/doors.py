"""Who comes in: the context of every operation, over HTTP and sockets (`execution.websocket.SocketPort`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from auth.viewer import Viewer
from domain.errors import AccessDenied
from domain.texts import preferred
from execution.problems import Problem
from execution.websocket import Closed
from loaders import Loaders
from resolvers.admission import admitted
from resolvers.context import Context, Services

CHECKED_AGAIN = timedelta(seconds=1)
"""How long an admission counts for the events of a running subscription (requirement E4)."""


class Address(Protocol):
    """The other end of a connection."""

    @property
    def host(self) -> str:
        """The network address."""


class Carrier(Protocol):
    """A request or a socket, as far as the doors look at it."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in small letters."""

    @property
    def client(self) -> Address | None:
        """Where it came from, if that is known."""


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class SocketSession:
    """Who opened a socket: the token as it stands, and until when its `viewer` need not be asked again."""

    token: str | None
    carrier: Carrier
    checked_until: datetime = _NEVER
    viewer: Viewer | None = None


class Doors:
    """Makes the context of one operation after another for one process."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_request(self, request: Carrier) -> Context:
        """The context of a request; 401 for a token that is no good."""
        try:
            return await self._context(_bearer(request.headers.get("authorization")), request)
        except AccessDenied as denied:
            raise Problem(401, denied.code, headers={"WWW-Authenticate": "Bearer"}) from denied

    async def opened(self, websocket: Carrier, payload: Mapping[str, Any]) -> SocketSession:
        """The session of `connection_init`; its token stands in `authorization`, as in HTTP."""
        return await self._admitted(payload, websocket)

    async def renewed(self, session: SocketSession, payload: Mapping[str, Any]) -> SocketSession:
        """A ping may bring a fresh token, so that a subscription outlives the old one."""
        return await self._admitted(payload, session.carrier)

    async def context(self, session: SocketSession, websocket: Carrier) -> Context:
        """The context of one operation on a socket."""
        return await self._on_socket(session, websocket)

    async def check(self, session: SocketSession, context: Context) -> None:
        """Before each event: the token is good, its session lives, and it is still the same viewer (E4)."""
        now = self._services.clock()
        if now < session.checked_until and session.viewer == context.viewer:
            return
        current = await self._on_socket(session, session.carrier)
        if current.viewer != context.viewer:
            raise Closed(reason="VIEWER_CHANGED")
        session.checked_until, session.viewer = now + CHECKED_AGAIN, current.viewer

    async def _admitted(self, payload: Mapping[str, Any], carrier: Carrier) -> SocketSession:
        session = SocketSession(
            _bearer(payload.get("authorization") or payload.get("Authorization")), carrier
        )
        await self._on_socket(session, carrier)
        return session

    async def _on_socket(self, session: SocketSession, carrier: Carrier) -> Context:
        try:
            return await self._context(session.token, carrier)
        except AccessDenied as denied:
            raise Closed(reason=denied.code) from denied

    async def _context(self, token: str | None, carrier: Carrier) -> Context:
        now = self._services.clock()
        viewer = await admitted(self._services.tokens, token, now)
        language = preferred(carrier.headers.get("accept-language"))
        return Context(self._services, viewer, language, now, Loaders(), _address(carrier))


def _address(carrier: Carrier) -> str | None:
    return carrier.client.host if carrier.client else None


def _bearer(value: object) -> str | None:
    """The token of an Authorization value; anything else than Bearer counts as a bad token."""
    if not value:
        return None
    scheme, _, token = str(value).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else "-"
