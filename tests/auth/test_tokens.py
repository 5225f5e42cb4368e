"""Access tokens: what is issued is read back, and nothing else is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from auth.tokens import ALGORITHM, LIFETIME, LONGEST, TYPE, Tokens, fresh_keys, key_set
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents.base import new_id
from domain.errors import AccessDenied
from domain.identity import Role

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", auto_kid=True)
TOKENS = Tokens(KeySet([KEY]), "https://portal.test")
GUARDIAN = Viewer(Role.participant, new_id(), new_id(), representative=new_id())
BODY = Viewer(Role.executive_body, new_id(), new_id(), region="71")


def forged(
    *, header: dict[str, Any] | None = None, key: ECKey | None = None, without: str = "", **claims: Any
) -> str:
    """A token of our key with something else in it."""
    good: dict[str, Any] = {
        "iss": "https://portal.test",
        "aud": "https://portal.test",
        "exp": int((NOW + LIFETIME).timestamp()),
        "sub": str(new_id()),
        "sid": str(new_id()),
        "role": "participant",
    }
    chosen = {name: value for name, value in (good | claims).items() if name != without}
    said = {"alg": ALGORITHM, "typ": TYPE, "kid": KEY.kid} | (header or {})
    return jwt.encode(said, chosen, key or KEY, algorithms=[ALGORITHM])


def code_of(token: str, now: datetime = NOW) -> str:
    """Why a token is refused."""
    with pytest.raises(AccessDenied) as refused:
        TOKENS.read(token, now)
    return refused.value.code


@pytest.mark.parametrize("viewer", [GUARDIAN, BODY])
def test_a_token_carries_one_capacity(viewer: Viewer) -> None:
    """R-A8: what is issued for a capacity is read back as exactly that capacity."""
    assert TOKENS.read(TOKENS.issue(viewer, NOW), NOW) == viewer


def test_a_token_ends() -> None:
    """R-A8: a token is good until its last instant and not at it."""
    token = TOKENS.issue(BODY, NOW)
    assert TOKENS.read(token, NOW + LIFETIME - timedelta(seconds=1)) == BODY
    assert code_of(token, NOW + LIFETIME) == "TOKEN_EXPIRED"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "é.é.é",
        "x" * (LONGEST + 1),
        forged(header={"typ": "JWT"}),
        forged(header={"typ": "rt+jwt"}),
        forged(iss="https://elsewhere.test"),
        forged(aud="https://elsewhere.test"),
        forged(aud=["https://elsewhere.test"]),
        forged(exp="never"),
        forged(exp=None),
        forged(role="superuser"),
        forged(without="role"),
        forged(without="exp"),
        forged(without="iss"),
        forged(key=ECKey.generate_key("P-256"), header={"kid": KEY.kid}),
        jwt.encode(
            {"alg": "HS256", "typ": TYPE}, {"sub": "x"}, OctKey.generate_key(256), algorithms=["HS256"]
        ),
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.",
    ],
    ids=lambda _token: "",  # the tokens differ from process to process, the names of the tests must not
)
def test_tokens_of_another_make(token: str) -> None:
    """R-A8: another type, issuer, audience, algorithm, key or shape is refused."""
    assert code_of(token) == "TOKEN_INVALID"


@pytest.mark.parametrize("claims", [{"sub": "x"}, {"sid": None}, {"rep": "x"}, {"sub": 5}])
def test_tokens_with_impossible_identifiers(claims: dict[str, Any]) -> None:
    """R-A8: identifiers that can't be are a bad token, not a crash."""
    assert code_of(forged(**claims)) == "TOKEN_INVALID"


def test_a_token_with_one_changed_sign() -> None:
    """R-A8: no part of a token can be changed."""
    head, claims, signature = TOKENS.issue(BODY, NOW).split(".")
    other = "A" if claims[5] != "A" else "B"
    assert code_of(f"{head}.{claims[:5]}{other}{claims[6:]}.{signature}") == "TOKEN_INVALID"
    assert code_of(f"{head}.{claims}.{signature[:-8]}AAAAAAAA") == "TOKEN_INVALID"


def test_older_keys_still_verify() -> None:
    """R-A8: after a rotation the first key signs and the older one still verifies."""
    old = TOKENS.issue(BODY, NOW)
    fresh = ECKey.generate_key("P-256", auto_kid=True)
    rotated = Tokens(KeySet([fresh, KEY]), "https://portal.test")
    assert rotated.read(old, NOW) == rotated.read(rotated.issue(BODY, NOW), NOW) == BODY


def test_keys_are_kept_whole() -> None:
    """R-A8: signing keys are read back as they were made, with what signs."""
    kept = fresh_keys()
    tokens = Tokens(key_set(kept), "https://portal.test")
    again = Tokens(key_set(kept), "https://portal.test")
    assert again.read(tokens.issue(BODY, NOW), NOW) == BODY
    assert "d" in json.loads(kept)["keys"][0]


def test_the_name_of_a_viewer() -> None:
    """The scope of idempotency keys tells a representative from the ward."""
    assert GUARDIAN.key == f"participant:{GUARDIAN.subject}/{GUARDIAN.representative}"
    assert (ANONYMOUS.key, SYSTEM.key) == ("anonymous:-", "system:-")
