"""Systems: registered by an administrator, given tokens for a signed assertion (A8)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc.jwk import Key

from auth.jwks import KeysUnavailable, chosen, public_keys
from auth.systems import Answered, Claimed, System, answer, claimed, invalid_client
from auth.viewer import Viewer
from documents import systems
from documents.audit import intend
from documents.base import Row, in_transaction, parse_id
from domain.audit import Actor
from domain.errors import AccessDenied, InvalidInput, NotFound, invalid
from domain.identity import Role
from domain.rate_limits import RateRule
from domain.systems import Scope, parse_scopes, registration_issues
from resolvers.acts import once
from resolvers.context import Context
from resolvers.rate_limits import network, require_rate

KIND = systems.KIND
TOKEN = "/oauth/token"  # noqa: S105 - an address
LONGEST_JWKS = 32_768


@dataclass(frozen=True, slots=True)
class Registration:
    """What an administrator says of a system; keys by value (a JWKS as JSON) or by address."""

    name: str
    scopes: Sequence[str]
    jwks: str | None
    jwks_uri: str | None


async def register(ctx: Context, key: str, asked: Registration) -> Row:
    """Let a system in; InvalidInput with everything that is wrong with its registration."""
    directory = ctx.services.systems
    secure = directory is None or directory.secure
    if issues := registration_issues(asked.name, asked.jwks, asked.jwks_uri, secure=secure):
        raise InvalidInput(issues)
    scopes = parse_scopes(asked.scopes, "input", "scopes")
    jwks = None if asked.jwks is None else _kept(asked.jwks)

    async def work() -> Row:
        return await systems.register(asked.name.strip(), scopes, jwks, asked.jwks_uri, ctx.now)

    request = {"name": asked.name, "scopes": sorted(scopes), "jwks": jwks, "jwks_uri": asked.jwks_uri}
    return await once(ctx, "systemClientRegister", key, request, work)


async def disable(ctx: Context, key: str, client: str) -> Row:
    """End a system's access: its tokens stop at their next use. NotFound."""
    row = parse_id(client, "input", "clientId")

    async def work() -> Row:
        found = await systems.disable(row, ctx.now)
        if found is None:
            raise NotFound(("input", "clientId"))
        return found

    return await once(ctx, "systemClientDisable", key, {"client": client}, work)


async def registered(_ctx: Context) -> list[Row]:
    """Every registered system, by name."""
    return await systems.system_clients()


async def token(ctx: Context, form: Mapping[str, str]) -> Answered:
    """A token for a system's assertion, or the refusal in the words of RFC 6749, 5.2.

    RateLimited when this network, or this system, asks too often. The assertion is used up in the
    transaction that writes the audit, before the token is given.
    """
    await require_rate(ctx, RateRule.oauth_token, network(ctx))
    who = claimed(form)
    system = await _system(ctx, who) if who is not None else None
    audiences = (ctx.services.audience, f"{ctx.services.audience}{TOKEN}")
    answered = answer(form, system, audiences, ctx.now, lambda asked: _signed(ctx, asked))
    if system is None or answered.until is None:
        return answered
    await require_rate(
        ctx, RateRule.oauth_token_client, str(system.id)
    )  # proven: a stranger spends nothing of it
    return answered if await _used_up(ctx, system, answered) else invalid_client("The assertion was used.")


async def require_scope(viewer: Viewer, scope: Scope, *, demanded: bool) -> None:
    """A partner's token must carry the scope of its door; unless `demanded`, there may be none at all."""
    if viewer.role is Role.anonymous and not demanded:
        return
    if viewer.role is not Role.system or scope not in viewer.scopes:
        raise AccessDenied("SCOPE_MISSING")


async def _system(ctx: Context, who: Claimed) -> System | None:
    row = await systems.system_client(who.client)
    if row is None or not row["active"]:
        return None
    key = await _key(ctx, row, who)
    return System(row["_id"], frozenset(row["scopes"]), key) if key is not None else None


async def _key(ctx: Context, row: Row, who: Claimed) -> Key | None:
    if row["jwks"] is not None:
        return chosen(public_keys(json.loads(row["jwks"])), who.kid, who.algorithm)
    if ctx.services.systems is None:
        return None
    try:
        return await ctx.services.systems.find(row["jwks_uri"], who.kid, who.algorithm)
    except KeysUnavailable:
        return None


def _signed(ctx: Context, system: System) -> str:
    viewer = Viewer(Role.system, client=system.id, scopes=system.scopes)
    return ctx.services.tokens.issue(viewer, ctx.now)


async def _used_up(ctx: Context, system: System, answered: Answered) -> bool:
    until = answered.until or ctx.now

    async def work() -> None:
        if not await systems.use_up(system.id, answered.jti, until):
            raise _UsedError
        by, details = Actor(str(Role.system), str(system.id)), {"scopes": " ".join(sorted(answered.scopes))}
        await intend("System.token", by=by, at=ctx.now, subject=(systems.KIND, system.id), details=details)

    try:
        await in_transaction(work)
    except _UsedError:
        return False
    return True


class _UsedError(Exception):
    """Ends the transaction: the assertion was used before."""


def _kept(jwks: str) -> str:
    """A JWKS by value in one form; InvalidInput `SYSTEM_KEYS_INVALID`."""
    path = ("input", "jwks")
    if len(jwks) > LONGEST_JWKS:
        raise invalid("SYSTEM_KEYS_INVALID", *path)
    try:
        keys = public_keys(json.loads(jwks))
    except (ValueError, RecursionError) as error:
        raise invalid("SYSTEM_KEYS_INVALID", *path) from error
    kids = [key.kid for key in keys.keys]
    if len(set(kids)) != len(kids):
        raise invalid("SYSTEM_KEYS_INVALID", *path)
    return json.dumps(keys.as_dict(private=False), sort_keys=True)
