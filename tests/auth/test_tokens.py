"""Access tokens: what is issued is read back, and nothing else is."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from auth import tokens as module
from auth.token_keys import ALGORITHM, MARGIN, KeyRing, TokenKey
from auth.tokens import LIFETIME, LONGEST, TYPE, Tokens
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents.base import new_id
from domain.errors import AccessDenied
from domain.identity import Role

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ISSUER = "https://portal.test"
KEY = ECKey.generate_key("P-256", auto_kid=True)
OTHER = ECKey.generate_key("P-256", auto_kid=True)
TOKENS = Tokens(KeyRing([TokenKey(KEY)]), ISSUER)
GUARDIAN = Viewer(Role.participant, new_id(), new_id(), representative=new_id())
BODY = Viewer(Role.executive_body, new_id(), new_id(), region="71")
READER = Viewer(Role.system, client=new_id(), scopes=frozenset({"statistics:read", "measures:write"}))
Header = dict[str, Any]


def claims(*without: str, **other: Any) -> dict[str, Any]:
    """What a good token of a session says, with something else in it."""
    subject = str(new_id())
    good = {
        "iss": ISSUER,
        "aud": ISSUER,
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + LIFETIME).timestamp()),
        "jti": "x",
        "sub": subject,
        "sid": str(new_id()),
        "role": "participant",
    }
    return {name: value for name, value in (good | other).items() if name not in without}


def forged(said: dict[str, Any], header: Header | None = None, key: ECKey = KEY) -> str:
    """A token signed by a key of ours or of somebody else."""
    head = {"alg": ALGORITHM, "typ": TYPE, "kid": KEY.kid} | (header or {})
    free = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
    return jwt.encode(head, said, key, registry=free)


def part(content: object) -> str:
    """One part of a token, written by hand."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def code_of(token: str, now: datetime = NOW) -> str:
    """Why a token is refused; said twice, for a refusal must not be remembered as anything else."""
    with pytest.raises(AccessDenied):
        TOKENS.read(token, now)
    with pytest.raises(AccessDenied) as refused:
        TOKENS.read(token, now)
    return refused.value.code


@pytest.mark.parametrize("viewer", [GUARDIAN, BODY, READER], ids=["guardian", "body", "system"])
def test_a_token_carries_one_capacity(viewer: Viewer) -> None:
    """R-A8: what is issued for a capacity or a system's scopes is read back as exactly that."""
    assert TOKENS.read(TOKENS.issue(viewer, NOW), NOW) == viewer


def test_others_can_verify_a_token() -> None:
    """R-A8: the published keys, and only they, verify what is issued."""
    published = KeySet.import_key_set(TOKENS.public(NOW))  # type: ignore[arg-type]
    decoded = jwt.decode(TOKENS.issue(BODY, NOW), published, algorithms=[ALGORITHM])
    assert decoded.claims["sub"] == str(BODY.subject)


def test_a_system_without_scopes() -> None:
    """R-A8: a client that was given nothing has a token that opens nothing."""
    bare = Viewer(Role.system, client=new_id())
    assert TOKENS.read(TOKENS.issue(bare, NOW), NOW) == bare


def test_a_token_ends() -> None:
    """R-A8: a token is good until its last instant and not at it, remembered or not."""
    token = TOKENS.issue(BODY, NOW)
    assert code_of(token, NOW + LIFETIME) == "TOKEN_EXPIRED"
    assert TOKENS.read(token, NOW + LIFETIME - timedelta(seconds=1)) == BODY
    assert code_of(token, NOW + LIFETIME) == "TOKEN_EXPIRED"


def test_when_a_token_ends() -> None:
    """R-A8: whoever holds a connection open can know when its token ends; of what is no token nothing is told."""
    token = TOKENS.issue(BODY, NOW)
    assert TOKENS.expiry(token, NOW) == NOW + LIFETIME
    with pytest.raises(AccessDenied, match="TOKEN_INVALID"):
        TOKENS.expiry("x", NOW)


def test_a_token_of_the_future() -> None:
    """R-A8: a token that says to be issued later than the clocks of servers may differ is refused."""
    token = TOKENS.issue(BODY, NOW)
    assert TOKENS.read(token, NOW - MARGIN) == BODY
    assert code_of(token, NOW - MARGIN - timedelta(seconds=1)) == "TOKEN_INVALID"


FORGERIES: dict[str, Callable[[], str]] = {
    "empty": str,
    "one part": lambda: "x",
    "no parts": lambda: "a.b.c",
    "not ASCII": lambda: "é.é.é",
    "half a character": lambda: "\ud800.e30.e30",
    "too long": lambda: "x" * (LONGEST + 1),
    "200 KB": lambda: "a" * 100_000 + "." + "b" * 100_000 + ".c",
    "header no object": lambda: f"{part([])}.{part({})}.x",
    "alg none": lambda: f"{part({'alg': 'none', 'typ': TYPE, 'kid': KEY.kid})}.{part(claims())}.",
    "alg nOnE": lambda: f"{part({'alg': 'nOnE', 'typ': TYPE, 'kid': KEY.kid})}.{part(claims())}.",
    "no signature": lambda: forged(claims()).rpartition(".")[0] + ".",
    "HS256 with the public PEM": lambda: jwt.encode(
        {"alg": "HS256", "typ": TYPE, "kid": KEY.kid}, claims(), hmac_key(), algorithms=["HS256"]
    ),
    "RS256": lambda: jwt.encode(
        {"alg": "RS256", "typ": TYPE, "kid": KEY.kid},
        claims(),
        RSAKey.generate_key(2048),
        algorithms=["RS256"],
    ),
    "another key under our kid": lambda: forged(claims(), key=OTHER),
    "unknown kid": lambda: forged(claims(), {"kid": OTHER.kid}, OTHER),
    "no kid": lambda: f"{part({'alg': ALGORITHM, 'typ': TYPE})}.{forged(claims()).partition('.')[2]}",
    "kid no text": lambda: f"{part({'alg': ALGORITHM, 'typ': TYPE, 'kid': {}})}.e30.x",
    "embedded jwk": lambda: forged(claims(), {"jwk": OTHER.as_dict(private=False)}, OTHER),
    "embedded jwk, our key": lambda: forged(claims(), {"jwk": KEY.as_dict(private=False)}),
    "jku": lambda: forged(claims(), {"jku": "https://evil.test/keys"}),
    "x5u": lambda: forged(claims(), {"x5u": "https://evil.test/keys"}),
    "crit": lambda: f"{part({'alg': ALGORITHM, 'typ': TYPE, 'kid': KEY.kid, 'crit': ['exp']})}.e30.x",
    "crit no list": lambda: f"{part({'alg': ALGORITHM, 'typ': TYPE, 'kid': KEY.kid, 'crit': 5})}.e30.x",
    "id token": lambda: forged(claims(), {"typ": "JWT"}),
    "refresh token": lambda: forged(claims(), {"typ": "rt+jwt"}),
    "a refresh token of ours": lambda: f"{new_id()}.{'s' * 43}",
    "typ in capitals": lambda: forged(claims(), {"typ": "AT+JWT"}),
    "other issuer": lambda: forged(claims(iss="https://elsewhere.test")),
    "no issuer": lambda: forged(claims("iss")),
    "other audience": lambda: forged(claims(aud="https://elsewhere.test")),
    "audience a list": lambda: forged(claims(aud=[ISSUER])),
    "no audience": lambda: forged(claims("aud")),
    "no exp": lambda: forged(claims("exp")),
    "exp null": lambda: forged(claims(exp=None)),
    "exp a text": lambda: forged(claims(exp=str(int((NOW + LIFETIME).timestamp())))),
    "exp true": lambda: forged(claims(exp=True)),
    "exp a fraction": lambda: forged(claims(exp=(NOW + LIFETIME).timestamp() + 0.5)),
    "exp far away": lambda: forged(claims(exp=int((NOW + LIFETIME).timestamp()) + 1)),
    "no iat": lambda: forged(claims("iat")),
    "iat a text": lambda: forged(claims(iat="0")),
    "iat in the future": lambda: forged(claims(iat=int((NOW + LIFETIME).timestamp()))),
    "nbf in the future": lambda: forged(claims(nbf=int((NOW + LIFETIME).timestamp()))),
    "nbf no number": lambda: forged(claims(nbf="never")),
    "unknown role": lambda: forged(claims(role="superuser")),
    "role a list": lambda: forged(claims(role=["participant"])),
    "no role": lambda: forged(claims("role")),
    "sub no identifier": lambda: forged(claims(sub="x")),
    "sub a number": lambda: forged(claims(sub=5)),
    "no sid": lambda: forged(claims("sid")),
    "sid null": lambda: forged(claims(sid=None)),
    "rep no identifier": lambda: forged(claims(rep="x")),
    "region no text": lambda: forged(claims(region=71)),
    "a session with a client": lambda: forged(claims(client_id=str(new_id()))),
    "a session with scopes": lambda: forged(claims(scope="statistics:read")),
    "a system with a session": lambda: forged(system(sid=str(new_id()))),
    "a system without scope": lambda: forged(system("scope")),
    "scope a list": lambda: forged(system(scope=["statistics:read"])),
    "a system without client": lambda: forged(system("client_id")),
    "a system as somebody else": lambda: forged(system(sub=str(new_id()))),
    "claims no object": lambda: jws.serialize_compact(
        {"alg": ALGORITHM, "typ": TYPE, "kid": KEY.kid}, b"[]", KEY, algorithms=[ALGORITHM]
    ),
}


def hmac_key() -> OctKey:
    """The classic confusion: our public key as the secret of a symmetric signature (RFC 8725, 2.1)."""
    return OctKey.import_key(base64.b64encode(KEY.as_pem(private=False)))


def system(*without: str, **other: Any) -> dict[str, Any]:
    """What a good token of a system says, with something else in it."""
    client = str(new_id())
    own: dict[str, Any] = {"role": "system", "sub": client, "client_id": client, "scope": "a b"}
    sessionless = () if "sid" in other else ("sid",)
    return claims(*without, *sessionless, **(own | other))


@pytest.mark.parametrize("name", FORGERIES)
def test_tokens_of_another_make(name: str) -> None:
    """R-A8: another type, issuer, audience, algorithm, key, time or shape is refused."""
    assert code_of(FORGERIES[name]()) == "TOKEN_INVALID"


def test_the_forgeries_would_be_good_otherwise() -> None:
    """R-A8: what every forgery above starts from is accepted, so each fails for its own reason."""
    assert TOKENS.read(forged(claims()), NOW).role is Role.participant
    assert TOKENS.read(forged(system()), NOW).scopes == {"a", "b"}


def test_a_token_with_one_changed_sign() -> None:
    """R-A8: no part of a token can be changed."""
    head, said, signature = TOKENS.issue(BODY, NOW).split(".")
    other = "A" if said[5] != "A" else "B"
    assert code_of(f"{head}.{said[:5]}{other}{said[6:]}.{signature}") == "TOKEN_INVALID"
    assert code_of(f"{head}.{said}.{signature[:-8]}AAAAAAAA") == "TOKEN_INVALID"


def test_a_verified_token_is_remembered_while_the_keys_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-A8: the memory of verified tokens is bounded, and keys that are taken away take it along."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    source = Changing(KeyRing([TokenKey(KEY)]))
    tokens = Tokens(source, ISSUER)
    issued = [tokens.issue(BODY, NOW) for _ in range(3)]
    assert [tokens.read(token, NOW) for token in [*issued, issued[0]]] == [BODY] * 4
    assert len(tokens._memory.known) == 2
    source.ring = KeyRing([TokenKey(OTHER)])
    with pytest.raises(AccessDenied, match="TOKEN_INVALID"):
        tokens.read(issued[0], NOW)


class Changing:
    """A source whose ring is changed behind the back of whoever uses it."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    def current(self) -> KeyRing:
        """The ring as it stands."""
        return self.ring


def test_the_name_of_a_viewer() -> None:
    """The scope of idempotency keys tells a representative from the ward, and one system from another."""
    assert GUARDIAN.key == f"participant:{GUARDIAN.subject}/{GUARDIAN.representative}"
    assert READER.key == f"system:{READER.client}"
    assert (READER.actor.subject, READER.actor.session) == (str(READER.client), None)
    assert (ANONYMOUS.key, SYSTEM.key) == ("anonymous:-", "system:-")
