"""Systems at the resolvers: what the running server can't be brought to (tests/api/test_systems.py has the rest)."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from auth.jwks import KeyDirectory
from auth.viewer import ANONYMOUS, Viewer
from documents import systems as stored
from documents.base import Row, collection, new_id
from domain.errors import AccessDenied, InvalidInput, NotFound
from domain.identity import Role
from domain.systems import Scope
from resolvers import systems
from resolvers.context import Context
from resolvers.systems import Registration
from tests.resolvers.stage import NOW, acting

pytestmark = pytest.mark.usefixtures("database")
KEY = ECKey.generate_key("P-256", auto_kid=True)
PUBLIC: Any = KeySet([KEY]).as_dict(private=False)
URI = "https://keys.example/jwks"


async def registered(*, uri: str | None = None) -> Row:
    """A system with one scope."""
    jwks = None if uri else json.dumps(PUBLIC)
    return await stored.register("Статистика", [Scope.statistics_read], jwks, uri, NOW)


def form(client: Row) -> dict[str, str]:
    """A request for a token."""
    now = int(NOW.timestamp())
    claims = {"iss": str(client["_id"]), "sub": str(client["_id"]), "aud": "test", "exp": now + 60}
    assertion = jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims | {"jti": str(time.monotonic_ns())}, KEY)
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
        "scope": "statistics:read",
    }


def with_keys(answers: list[Any]) -> tuple[Context, list[str]]:
    """A portal that finds these answers, one after another, where a system publishes its keys."""
    asked: list[str] = []

    async def fetch(url: str) -> Any:
        asked.append(url)
        found = answers.pop(0)
        if isinstance(found, OSError):
            raise found
        return found

    ctx = acting()
    directory = KeyDirectory(fetch, lambda: datetime.now(UTC))
    return replace(ctx, services=replace(ctx.services, systems=directory)), asked


async def test_a_token_carries_what_was_asked_for() -> None:
    """R-A8: the token names the system and its scopes, is audited, and its assertion is used up."""
    ctx, client = acting(), await registered()
    asked = form(client)
    answered = await systems.token(ctx, asked)
    assert answered.status == 200
    viewer = ctx.services.tokens.read(answered.body["access_token"], NOW)
    assert viewer == Viewer(Role.system, client=client["_id"], scopes=frozenset({"statistics:read"}))
    (intent,) = await collection("audit_intents").find({}).to_list()
    assert (intent["act"], intent["actor"]) == ("System.token", str(client["_id"]))
    again = await systems.token(ctx, asked)
    assert (again.status, again.body["error"]) == (401, "invalid_client")
    assert await collection("audit_intents").count_documents({}) == 1


async def test_keys_at_an_address() -> None:
    """R-A8: keys by address are fetched; without a directory, or while nobody answers, there is no token."""
    client = await registered(uri=URI)
    assert (await systems.token(acting(), form(client))).status == 401
    ctx, asked = with_keys([PUBLIC])
    assert (await systems.token(ctx, form(client))).status == 200
    assert asked == [URI]
    ctx, _ = with_keys([OSError("down")])
    assert (await systems.token(ctx, form(client))).status == 401


async def test_the_scope_of_a_partners_door() -> None:
    """R-A8: where tokens are demanded a visitor is refused; a token without the scope is refused everywhere."""
    scope = Scope.esobes_send
    right = Viewer(Role.system, scopes=frozenset({"esobes:send"}))
    wrong = Viewer(Role.system, scopes=frozenset({"gateway:send"}))
    for demanded in (True, False):
        await systems.require_scope(right, scope, demanded=demanded)
        with pytest.raises(AccessDenied, match="SCOPE_MISSING"):
            await systems.require_scope(wrong, scope, demanded=demanded)
    await systems.require_scope(ANONYMOUS, scope, demanded=False)
    with pytest.raises(AccessDenied, match="SCOPE_MISSING"):
        await systems.require_scope(ANONYMOUS, scope, demanded=True)


async def test_registrations_that_name_nothing() -> None:
    """R-A8: two keys of one id are no set, and a system that is not there can't be disabled."""
    ctx = acting(Viewer(Role.administrator, new_id()))
    twice = json.dumps({"keys": PUBLIC["keys"] * 2})
    with pytest.raises(InvalidInput, match="SYSTEM_KEYS_INVALID"):
        await systems.register(
            ctx, "key-number-1", Registration("Статистика", ["statistics:read"], twice, None)
        )
    with pytest.raises(NotFound):
        await systems.disable(ctx, "key-number-2", str(new_id()))
    assert await collection("system_clients").count_documents({}) == 0
