"""Who comes in: the context of every operation, over HTTP and sockets (`execution.websocket.SocketPort`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from auth.viewer import Viewer
from documents.base import AWAY
from domain.errors import AccessDenied
from domain.texts import preferred
from domain.time import ASTANA
from execution.problems import Problem
from execution.websocket import Closed
from loaders import Loaders
from resolvers.admission import admitted, refusals
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


_TRY_AGAIN = 1013  # the registered close code after which clients connect anew (RFC 6455, 11.7)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class SocketSession:
    """Who opened a socket: the token, when it ends, and until when its `viewer` need not be asked again."""

    token: str | None
    carrier: Carrier
    expires_at: datetime | None = None
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
        except AWAY as away:
            raise Problem(503, "UNAVAILABLE", headers={"Retry-After": "1"}) from away

    def scope(self, request: Carrier) -> str | None:
        """Who gets the same public answers as this visitor; None for whoever signed in.

        Reference data hold from day to day, so that an answer is of the day it was made on.
        """
        if "authorization" in request.headers:
            return None
        language = preferred(request.headers.get("accept-language"))
        return f"{language} {self._services.clock().astimezone(ASTANA).date()}"

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

    async def ended(self, sessions: Sequence[SocketSession]) -> Mapping[int, str]:
        """The sockets whose token, session or authority has ended, all asked for together (A6, E4).

        While the database is away nobody is shut out for that: no event can come either.
        """
        now = self._services.clock()
        tokens = {index: each for index, each in enumerate(sessions) if each.expires_at is not None}
        expired = {
            i: "TOKEN_EXPIRED" for i, each in tokens.items() if each.expires_at and each.expires_at <= now
        }
        try:
            refused = await refusals({each.viewer for each in tokens.values() if each.viewer}, now)
        except AWAY:
            return expired
        denied = {i: refused[each.viewer] for i, each in tokens.items() if each.viewer in refused}
        for index in tokens.keys() - denied.keys() - expired.keys():
            tokens[index].checked_until = now + CHECKED_AGAIN
        return expired | denied

    async def _admitted(self, payload: Mapping[str, Any], carrier: Carrier) -> SocketSession:
        session = SocketSession(
            _bearer(payload.get("authorization") or payload.get("Authorization")), carrier
        )
        session.viewer = (await self._on_socket(session, carrier)).viewer
        if session.token is not None:
            session.expires_at = self._services.tokens.expiry(session.token, self._services.clock())
        return session

    async def _on_socket(self, session: SocketSession, carrier: Carrier) -> Context:
        try:
            return await self._context(session.token, carrier)
        except AccessDenied as denied:
            raise Closed(reason=denied.code) from denied
        except AWAY as away:
            raise Closed(_TRY_AGAIN, "UNAVAILABLE") from away

    async def _context(self, token: str | None, carrier: Carrier) -> Context:
        now = self._services.clock()
        viewer = await admitted(self._services.tokens, token, now)
        language = preferred(carrier.headers.get("accept-language"))
        agent = carrier.headers.get("user-agent")
        return Context(
            self._services, viewer, language, now, Loaders(self._services.entities), _address(carrier), agent
        )


def _address(carrier: Carrier) -> str | None:
    return carrier.client.host if carrier.client else None


def _bearer(value: object) -> str | None:
    """The token of an Authorization value; anything else than Bearer counts as a bad token."""
    if not value:
        return None
    scheme, _, token = str(value).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else "-"
