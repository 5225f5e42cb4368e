"""The client of the OpenID provider: how it authenticates by key (tests/api/test_staff.py has the rest)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from auth.oidc import Attempt, Provider, ProviderSettings
from domain.errors import Refused
from tests.api.provider import provided

ATTEMPT = Attempt("state", "nonce", "v" * 43)


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256", auto_kid=True), "ES256"),
        (RSAKey.generate_key(2048, auto_kid=True), "RS256"),
    ],
    ids=["elliptic", "rsa"],
)
async def test_a_client_with_a_key_of_its_own(key: Key, algorithm: str) -> None:
    """R-A8: with keys the portal signs an assertion for the token endpoint instead of sending a secret."""
    async with provided(now) as running:
        settings = ProviderSettings(
            running.issuer, "komek", "http://127.0.0.1:1/callback", keys=KeySet([key])
        )
        provider = Provider(settings, now)
        with pytest.raises(Refused, match="STAFF_PROVIDER_REFUSED"):
            await provider.claims("code", ATTEMPT)
        await provider.aclose()
    (form,) = running.forms
    assert (form["authorization"], form["code_verifier"]) == ("", ATTEMPT.verifier)
    token = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
    assert token.header["kid"] == key.kid
    assert token.claims["aud"] == f"{running.issuer}/token"


async def test_an_issuer_where_nothing_is() -> None:
    """R-A8: an address that describes no provider is as good as none."""
    async with provided(now) as running:
        settings = ProviderSettings(f"{running.issuer}/nowhere", "komek", "http://127.0.0.1:1/callback")
        for each in (settings, replace(settings, issuer="http://127.0.0.1:1")):
            provider = Provider(each, now)
            with pytest.raises(Refused, match="STAFF_PROVIDER_UNAVAILABLE"):
                await provider.authorization_url(ATTEMPT)
            await provider.aclose()
