"""Sessions: renewed by a refresh token that is good once, in one capacity at a time, until they end."""

import secrets
from dataclasses import dataclass

from auth.token_keys import TOKEN_LIFETIME
from auth.viewer import Viewer
from documents import identity, staff
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.identity import Caller, Capacity, Origin, Use, Used
from domain.audit import Actor
from domain.errors import AccessDenied, Refused, invalid
from domain.rate_limits import RateRule
from domain.signatures import Signer
from resolvers.admission import viewer_of
from resolvers.capacities import Entry, capacities_of
from resolvers.context import Context
from resolvers.rate_limits import network, require_rate

_TOKEN = ("input", "refreshToken")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with the tokens of its current capacity; never stored, never repeated."""

    session: Row
    viewer: Viewer
    access_token: str
    refresh_token: str
    expires_in: int

    @property
    def capacities(self) -> list[Row]:
        """Every way in which this person may act."""
        found: list[Row] = self.session["capacities"]
        return found


def signed_in(ctx: Context, session: Row, secret: str) -> SignedIn:
    """The tokens of a session that was just opened or renewed, in its current capacity."""
    viewer = _viewer(session)
    return SignedIn(
        session=session,
        viewer=viewer,
        access_token=ctx.services.tokens.issue(viewer, ctx.now),
        refresh_token=f"{session['_id']}.{secret}",
        expires_in=int(TOKEN_LIFETIME.total_seconds()),
    )


async def refresh(ctx: Context, token: str) -> SignedIn:
    """New tokens for a refresh token, which is then spent, in the same capacity.

    AccessDenied REFRESH_INVALID; a spent token that comes back ends the session (`documents.identity.Use`),
    but for REFRESH_SUPERSEDED. AccessDenied CAPACITY_ENDED when the session may go on in other capacities
    only: it spends nothing, `act_as` chooses one.
    """
    return await _exchanged(ctx, token, None)


async def act_as(ctx: Context, capacity: int, token: str) -> SignedIn:
    """The same session in another of its capacities; the refresh token proves the session and is rotated.

    `capacity` is a position in the list that the last answer gave. InvalidInput CAPACITY_UNKNOWN and
    AccessDenied CAPACITY_ENDED spend nothing: the token is still good. The rest is as in `refresh`.
    """
    return await _exchanged(ctx, token, capacity)


async def _exchanged(ctx: Context, token: str, chosen: int | None) -> SignedIn:
    row, secret = _parts(token)
    await require_rate(ctx, RateRule.sign_in_refresh_network, network(ctx))
    await require_rate(ctx, RateRule.sign_in_refresh, str(row), network(ctx))
    fresh = secrets.token_urlsafe(32)

    async def work() -> Row | None:
        session = await identity.renewable(row, secret, ctx.now)
        if session is None:
            return None
        used = await _used(ctx, session, chosen)
        rotated = await identity.rotate(session, secret, fresh, ctx.now, used, caller_of(ctx))
        await intend(
            "Mutation.signInRefresh" if chosen is None else "Mutation.signInActAs",
            by=actor_of(rotated or session),
            at=ctx.now,
            subject=("session", row),
        )
        return rotated

    rotated = await in_transaction(work)
    if rotated is None:
        raise AccessDenied(await _misused(ctx, row, secret), _TOKEN)
    return signed_in(ctx, rotated, fresh)


async def _used(ctx: Context, session: Row, chosen: int | None) -> Used:
    """The capacities as they are today, and among them the one that the session goes on in."""
    known = [Capacity(**row) for row in session["capacities"]]
    if chosen is not None and not 0 <= chosen < len(known):
        raise invalid("CAPACITY_UNKNOWN", "input", "capacity")
    wanted = known[session["current"] if chosen is None else chosen]
    present = await _present(ctx, session, known)
    if wanted not in present:
        raise AccessDenied("CAPACITY_ENDED", _TOKEN if chosen is None else ("input", "capacity"))
    return Used(present, present.index(wanted))


async def _present(ctx: Context, session: Row, known: list[Capacity]) -> list[Capacity]:
    """What the holder may act as today: new wards and roles appear, ended ones vanish."""
    try:
        origin = await identity.origin_of(session)
        if origin is not None:
            return await capacities_of(ctx, Entry(origin.identifier, consent=False), _signer(origin))
    except Refused:  # nothing is left, or the person was erased
        return []
    member = await staff.staff_member(known[0].subject)
    roles = member["employments"] if member and member["active"] else []
    subject = known[0].subject
    return [Capacity(role=one["role"], subject=subject, region=one["region"]) for one in roles]


def _signer(origin: Origin) -> Signer:
    """The signer of the sign-in, as far as capacities ask for it."""
    return Signer(
        iin=origin.iin,
        bin=origin.bin,
        roles=frozenset(origin.roles),
        serial=origin.serial,
        subject="",
        name="",
        organisation=None,
        signed_at=None,
    )


async def _misused(ctx: Context, row: Id, secret: str) -> str:
    """Why a token is refused; a spent one that comes back ends its session, and that is written down."""

    async def work() -> str:
        use, session = await identity.use_of(row, secret, ctx.now, caller_of(ctx))
        if use is Use.repeated:
            return "REFRESH_SUPERSEDED"
        if session is not None:
            await identity.revoke(row, ctx.now)
            await intend("Session.reused", by=actor_of(session), at=ctx.now, subject=("session", row))
        return "REFRESH_INVALID"

    return await in_transaction(work)


def _parts(token: str) -> tuple[Id, str]:
    """The session a refresh token names, and its secret."""
    session, _, secret = token.partition(".")
    if not Id.is_valid(session):
        raise AccessDenied("REFRESH_INVALID", _TOKEN)
    return Id(session), secret


async def sign_out(ctx: Context) -> None:
    """End the session behind the viewer."""
    session = ctx.viewer.session
    if session is None:
        return

    async def work() -> None:
        if await identity.revoke(session, ctx.now):
            await intend("Mutation.signOut", by=ctx.viewer.actor, at=ctx.now, subject=("session", session))

    await in_transaction(work)


def caller_of(ctx: Context) -> Caller:
    """Where the operation comes from, as a session remembers it."""
    return Caller(ctx.address, ctx.agent)


def actor_of(session: Row) -> Actor:
    """Whoever acts in the session's current capacity, for the audit."""
    return _viewer(session).actor


def _viewer(session: Row) -> Viewer:
    return viewer_of(session, Capacity(**session["capacities"][session["current"]]))
