"""Systems that sign in as they do outside: registered by an administrator, a token for a signed assertion."""

import json
import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.api.client import Client, key
from tests.api.portal import Portal

REGISTER = """mutation($input: SystemClientRegisterInput!) { systemClientRegister(input: $input) {
__typename ... on Error { code path } ... on SystemClientRegistered { client { id clientId } } } }"""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


async def audience(portal: Portal) -> str:
    """How the portal calls itself, out of what it lets people sign."""
    text = (await portal.challenge(portal.iin()))["text"]
    found = re.search(r"^audience: (.+)$", text, re.MULTILINE)
    assert found is not None, text
    return found.group(1)


async def system(portal: Portal, scopes: Collection[str]) -> Client:
    """A registered system with a token of these scopes (RFC 7523)."""
    own = ECKey.generate_key("P-256", auto_kid=True)
    given = {
        "idempotencyKey": key(),
        "name": f"System {secrets.token_hex(4)}",
        "scopes": sorted(scopes),
        "jwks": json.dumps({"keys": [own.as_dict(private=False)]}),
    }
    administrator = await portal.employee("administrator")
    answer = (await administrator.read(REGISTER, input=given))["systemClientRegister"]
    assert answer["__typename"] == "SystemClientRegistered", answer
    client = answer["client"]["clientId"]
    now = portal.clock()
    claims = {
        "iss": client,
        "sub": client,
        "aud": await audience(portal),
        "jti": secrets.token_hex(16),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=60)).timestamp()),
    }
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": jwt.encode({"alg": "ES256", "kid": own.kid}, claims, own, algorithms=["ES256"]),
        "scope": " ".join(sorted(scopes)),
    }
    found = await portal.http.post("/oauth/token", data=form)
    assert found.status_code == 200, found.text
    return Client(portal.http, found.json()["access_token"])
