"""Staff signing in through their OpenID provider, and ending an employee's access (A8)."""

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from auth.oidc import Attempt, Provider
from documents import identity, staff
from documents.audit import intend
from documents.base import Id, Row, in_transaction, parse_id
from documents.identity import Capacity
from documents.reference import reference_rows
from documents.staff import CODE_LIFETIME, SIGN_IN_LIFETIME
from domain.audit import Actor
from domain.errors import NotFound, Refused, invalid
from domain.rate_limits import RateRule
from domain.staff import Employment, employments
from domain.time import ASTANA
from resolvers.acts import once
from resolvers.context import Context
from resolvers.identity import SignedIn, caller_of, signed_in
from resolvers.rate_limits import network, require_rate

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_NAME = 200
LONGEST_PARAMETER = 4_096


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret by which it is known when it comes back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """The one-time code for whoever began, and the page that waits for it."""

    code: str
    return_to: str


async def begin(ctx: Context, return_to: str, challenge: str) -> Departure:
    """Begin a sign-in at the provider for a page that keeps the secret behind `challenge` (S256).

    InvalidInput `STAFF_RETURN_NOT_ALLOWED`, `STAFF_CHALLENGE_INVALID`; Refused `STAFF_PROVIDER_UNAVAILABLE`.
    """
    await require_rate(ctx, RateRule.staff_sign_in, network(ctx))
    provider = _provider(ctx)
    if not _may_return(return_to, provider.settings.return_origins):
        raise invalid("STAFF_RETURN_NOT_ALLOWED", "return")
    if not CHALLENGE.fullmatch(challenge):
        raise invalid("STAFF_CHALLENGE_INVALID", "challenge")
    state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
    url = await provider.authorization_url(Attempt(state, nonce, verifier))
    kept = {"nonce": nonce, "verifier": verifier, "return_to": return_to, "challenge": challenge}
    await staff.remember(["state", state, browser], kept, ctx.now + SIGN_IN_LIFETIME)
    return Departure(url, browser)


async def arrive(ctx: Context, browser: str, parameters: Mapping[str, str]) -> Arrival:
    """Take a browser back from the provider: the state is spent, whatever comes of it.

    Refused `STAFF_SIGN_IN_GONE`, the codes of `auth.oidc`, of `domain.staff`, and `STAFF_DEACTIVATED`.
    """
    provider = _provider(ctx)
    state, code = (parameters.get(name, "")[:LONGEST_PARAMETER] for name in ("state", "code"))
    kept = await staff.take(["state", state, browser], ctx.now)
    if kept is None:
        raise Refused("STAFF_SIGN_IN_GONE")
    if parameters.get("iss", provider.settings.issuer) != provider.settings.issuer:  # RFC 9207, 2.4
        raise Refused("STAFF_TOKEN_INVALID")
    if "error" in parameters or not code:
        raise Refused("STAFF_PROVIDER_REFUSED")
    claims = await provider.claims(code, Attempt(state, kept["nonce"], kept["verifier"]))
    member = await _enlisted(ctx, provider, claims)
    fresh = secrets.token_urlsafe(32)
    until = ctx.now + CODE_LIFETIME
    await staff.remember(["code", fresh, kept["challenge"]], {"staff": str(member["_id"])}, until)
    return Arrival(fresh, kept["return_to"])


async def complete(ctx: Context, code: str, verifier: str) -> SignedIn:
    """Exchange the one-time code for a session; the page proves that it is the one that began.

    Refused `STAFF_SIGN_IN_GONE`; `STAFF_DEACTIVATED` when the access has ended in between.
    """
    await require_rate(ctx, RateRule.staff_sign_in, network(ctx))
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    kept = await staff.take(["code", code, challenge], ctx.now)
    if kept is None:
        raise Refused("STAFF_SIGN_IN_GONE", ("input", "code"))
    member = await staff.staff_member(Id(kept["staff"]))
    if member is None or not member["active"] or not member["employments"]:
        raise Refused("STAFF_DEACTIVATED", ("input", "code"))
    return await _opened(ctx, member)


async def deactivate(ctx: Context, key: str, member: str) -> Row:
    """End an employee's access for good: sessions stop, and further sign-ins are refused. NotFound."""
    row = parse_id(member, "input", "staffId")

    async def work() -> Row:
        found = await staff.deactivate(row)
        if found is None:
            raise NotFound(("input", "staffId"))
        return found

    return await once(ctx, "staffDeactivate", key, {"staff": member}, work)


def _provider(ctx: Context) -> Provider:
    """The provider of this portal; a portal without one has no staff."""
    if ctx.services.staff is None:
        raise Refused("STAFF_PROVIDER_UNAVAILABLE")
    return ctx.services.staff


def _may_return(address: str, origins: frozenset[str]) -> bool:
    """A path of our own, or a page of an origin that is allowed: never an open redirect."""
    if len(address) > LONGEST_PARAMETER or "\\" in address or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:  # a host that can't be one, e.g. half an IPv6 address
        return False
    if not parts.scheme and not parts.netloc:
        return address.startswith("/") and not address.startswith("//")
    return f"{parts.scheme}://{parts.netloc}" in origins


async def _enlisted(ctx: Context, provider: Provider, claims: Mapping[str, Any]) -> Row:
    """The employee these claims mean, with the roles they give; whoever has none loses what was there."""
    index = staff.staff_index(provider.settings.issuer, claims["sub"])
    regions = {row["code"] for row in await reference_rows("region", ctx.now.astimezone(ASTANA).date())}
    try:
        found = employments(claims, provider.settings.claims, frozenset(regions))
    except Refused as refused:
        await _refused(ctx, index, refused)
        raise
    name = claims.get("name")
    member = await _written(ctx, index, found, name[:LONGEST_NAME] if isinstance(name, str) else "")
    if not member["active"]:
        refusal = Refused("STAFF_DEACTIVATED")
        await _refused(ctx, index, refusal)
        raise refusal
    return member


async def _written(ctx: Context, index: bytes, found: Sequence[Employment], name: str) -> Row:
    async def work() -> Row:
        member = await staff.enlist(index, found, name, ctx.now)
        await intend("StaffMember.enlist", by=_actor(member), at=ctx.now, subject=("staff", member["_id"]))
        return member

    return await in_transaction(work)


async def _refused(ctx: Context, index: bytes, refused: Refused) -> None:
    """Write down that somebody known was refused, and why; whoever the portal never knew leaves no trace."""

    async def work() -> None:
        member = await staff.released(index)
        if member is None:
            return
        subject, details = ("staff", member["_id"]), {"code": refused.code}
        await intend(
            "StaffMember.signInRefused", by=_actor(member), at=ctx.now, subject=subject, details=details
        )

    await in_transaction(work)


async def _opened(ctx: Context, member: Row) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    capacities = [
        Capacity(role=one["role"], subject=member["_id"], region=one["region"])
        for one in member["employments"]
    ]

    async def work() -> Row:
        opened = await identity.open_session(
            member["subject_index"], capacities, secret, ctx.now, caller=caller_of(ctx)
        )
        by = Actor(str(capacities[0].role), str(member["_id"]), session=str(opened["_id"]))
        await intend("Mutation.signInStaff", by=by, at=ctx.now, subject=("staff", member["_id"]))
        return opened

    return signed_in(ctx, await in_transaction(work), secret)


def _actor(member: Row) -> Actor:
    """The employee, before there is a session and a role to act in."""
    return Actor("staff", str(member["_id"]))
