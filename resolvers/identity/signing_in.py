"""Signing in: a challenge bound to who enters it, its signature, and the capacities that follow."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from auth.tokens import LIFETIME
from auth.viewer import Viewer
from documents import identity, participants
from documents.base import Id, Row, in_transaction, parse_id, unguessable_id
from documents.consents import SignedChallenge
from documents.identity import CHALLENGE_LIFETIME, Capacity
from domain.errors import AccessDenied, Refused, invalid
from domain.identifiers import parse_bin, parse_iin
from domain.signatures import Purpose, Signer
from resolvers import consents
from resolvers.admission import viewer_of
from resolvers.capacities import Entry, capacities_of
from resolvers.context import Context

SIGN_IN = """Kömek — portal of social services
act: sign in
audience: {audience}
identifier: {identifier}
registration consent: {consent}
nonce: {nonce}
issued: {issued}
expires: {expires}
"""


@dataclass(frozen=True, slots=True)
class SignInChallenge:
    """What the person has to sign, byte for byte."""

    id: Id
    content: bytes
    expires_at: datetime


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


async def begin(ctx: Context, identifier: str, *, consent: bool) -> SignInChallenge:
    """A challenge for an IIN or BIN; `consent` registers whoever signs in for the first time (A1, A3)."""
    known = _identifier(identifier)
    expires = ctx.now + CHALLENGE_LIFETIME
    content = SIGN_IN.format(
        audience=ctx.services.audience,
        identifier=known,
        consent=await consents.statement(ctx, consent=consent),
        nonce=secrets.token_urlsafe(32),
        issued=ctx.now.isoformat(),
        expires=expires.isoformat(),
    ).encode()
    row = unguessable_id()
    await identity.open_challenge(row, content, known, consent=consent, now=ctx.now)
    return SignInChallenge(row, content, expires)


async def complete(ctx: Context, challenge: Id, cms: bytes) -> SignedIn:
    """Consume the challenge, verify its signature, open a session in the first capacity found.

    Refused: CHALLENGE_GONE, the codes of the signature, SIGNATURE_OF_ANOTHER_PERSON, and the reasons why
    nobody can act (`resolvers.capacities`).
    """
    taken = await identity.consume_challenge(challenge, ctx.now)
    if taken is None:
        raise Refused("CHALLENGE_GONE", ("input", "challengeId"))
    content, entered, consent = taken
    verified = await ctx.services.signatures.verify(cms, content, Purpose.login, ctx.now)
    signer = verified.signer
    if entered not in {signer.iin, signer.bin} or signer.iin is None:
        raise Refused("SIGNATURE_OF_ANOTHER_PERSON", ("input", "cms"))
    return await _opened(
        ctx, Entry(entered, consent, SignedChallenge(challenge, content, cms)), signer, signer.iin
    )


def _identifier(text: str) -> str:
    """An IIN or a BIN: the fifth digit of a BIN is 4 to 6, never the first digit of a day."""
    read = parse_bin if text[4:5] in {"4", "5", "6"} else parse_iin
    return read(text, path=("input", "identifier"))


async def _opened(ctx: Context, entry: Entry, signer: Signer, iin: str) -> SignedIn:
    refresh = secrets.token_urlsafe(32)

    async def work() -> Row:
        capacities = await capacities_of(ctx, entry, signer)
        return await identity.open_session(participants.iin_index(iin), capacities, refresh, ctx.now)

    session = await in_transaction(work)
    return signed_in(ctx, session, refresh)


async def refresh(ctx: Context, token: str) -> SignedIn:
    """New tokens for a refresh token, which is then spent; a spent one that comes back ends the session."""
    return await _exchanged(ctx, token, None)


async def act_as(ctx: Context, capacity: int, token: str) -> SignedIn:
    """The same session in another of its capacities; the refresh token proves the session and is rotated.

    InvalidInput CAPACITY_UNKNOWN spends nothing: the token is still good.
    """
    row, _ = _parts(token)
    session = await identity.live_session(row, ctx.now)
    if session is not None and not 0 <= capacity < len(session["capacities"]):
        raise invalid("CAPACITY_UNKNOWN", "input", "capacity")
    return await _exchanged(ctx, token, capacity)


async def _exchanged(ctx: Context, token: str, capacity: int | None) -> SignedIn:
    row, secret = _parts(token)
    fresh = secrets.token_urlsafe(32)
    rotated = await identity.rotate(row, secret, fresh, ctx.now, capacity)
    if rotated is None:
        await identity.revoke(row, ctx.now)
        raise AccessDenied("REFRESH_INVALID", ("input", "refreshToken"))
    return signed_in(ctx, rotated, fresh)


def _parts(token: str) -> tuple[Id, str]:
    """The session a refresh token names, and its secret."""
    session, _, secret = token.partition(".")
    if not Id.is_valid(session):
        raise AccessDenied("REFRESH_INVALID", ("input", "refreshToken"))
    return Id(session), secret


async def sign_out(ctx: Context) -> None:
    """End the session behind the viewer."""
    if ctx.viewer.session is not None:
        await identity.revoke(ctx.viewer.session, ctx.now)


def signed_in(ctx: Context, session: Row, secret: str) -> SignedIn:
    """The tokens of a session that was just opened or renewed, in its current capacity."""
    viewer = viewer_of(session, Capacity(**session["capacities"][session["current"]]))
    return SignedIn(
        session=session,
        viewer=viewer,
        access_token=ctx.services.tokens.issue(viewer, ctx.now),
        refresh_token=f"{session['_id']}.{secret}",
        expires_in=int(LIFETIME.total_seconds()),
    )


def challenge_id(text: str) -> Id:
    """The identifier of a challenge as a client gives it back."""
    return parse_id(text, "input", "challengeId")
