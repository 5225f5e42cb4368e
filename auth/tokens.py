"""Access tokens: short-lived, asymmetric, one capacity each (RFC 9068; requirement A8).

A token of a person carries the session behind it (`sid`), which is asked at every use. A token of a system
has no session: it carries the client (`client_id`) and what it may do (`scope`).
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from auth.token_keys import ALGORITHM, MARGIN, TOKEN_LIFETIME, KeyRing, KeySource
from auth.viewer import Viewer
from documents.base import Id
from domain.errors import AccessDenied
from domain.identity import Role

LIFETIME = TOKEN_LIFETIME
TYPE = "at+jwt"
LONGEST = 4_096
REMEMBERED = 10_000
"""Tokens at most whose signature a process remembers to have verified: a few megabytes."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token says, once its signature and its shape were found good."""

    viewer: Viewer
    issued: int
    expires: int


@dataclass(slots=True)
class _Memory:
    """Verified tokens by digest, the least recently used dropped first; forgotten when the keys change."""

    ring: KeyRing | None = None
    known: OrderedDict[bytes, _Verified] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs and reads access tokens for one issuer, which is their audience as well."""

    keys: KeySource
    issuer: str
    _memory: _Memory = field(default_factory=_Memory, repr=False, compare=False)

    def issue(self, viewer: Viewer, now: datetime) -> str:
        """A token that carries exactly this capacity until `LIFETIME` has passed."""
        signing = self.keys.current().signing(now)
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": signing.kid}
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": secrets.token_urlsafe(12),
            **_claims(viewer),
        }
        return jwt.encode(header, claims, signing.key, algorithms=[ALGORITHM])

    def public(self, now: datetime) -> dict[str, Any]:
        """The keys that verify these tokens, as others may know them (RFC 7517)."""
        return self.keys.current().public(now)

    def read(self, token: str, now: datetime) -> Viewer:
        """The viewer a token names; AccessDenied `TOKEN_INVALID` or `TOKEN_EXPIRED` otherwise."""
        if len(token) > LONGEST:
            raise AccessDenied("TOKEN_INVALID")
        found = self._remembered(token, now)
        if found.expires <= now.timestamp():
            raise AccessDenied("TOKEN_EXPIRED")
        if found.issued > (now + MARGIN).timestamp():
            raise AccessDenied("TOKEN_INVALID")
        return found.viewer

    def expiry(self, token: str, now: datetime) -> datetime:
        """When a good token ends; AccessDenied `TOKEN_INVALID` for any other."""
        return datetime.fromtimestamp(self._remembered(token, now).expires, UTC)

    def _remembered(self, token: str, now: datetime) -> _Verified:
        """Verifying a signature takes ten times as long as anything else here: it is done once a token."""
        ring, memory = self.keys.current(), self._memory
        if memory.ring is not ring:
            memory.ring = ring
            memory.known.clear()
        mark = sha256(token.encode("utf-8", "surrogatepass")).digest()
        found = memory.known.pop(mark, None) or self._verified(token, ring, now)
        memory.known[mark] = found
        if len(memory.known) > REMEMBERED:
            memory.known.popitem(last=False)
        return found

    def _verified(self, token: str, ring: KeyRing, now: datetime) -> _Verified:
        try:
            claims = jwt.decode(
                token, lambda given: _key(given.headers(), ring, now), algorithms=[ALGORITHM]
            ).claims
        except (JoseError, TypeError, ValueError) as error:  # TypeError: `"crit": 5`
            raise AccessDenied("TOKEN_INVALID") from error
        if not self._is_ours(claims):
            raise AccessDenied("TOKEN_INVALID")
        return _Verified(_viewer(claims), claims["iat"], claims["exp"])

    def _is_ours(self, claims: dict[str, Any]) -> bool:
        """Issuer, audience, times and identifiers as `issue` writes them; whole numbers, not texts or yes."""
        times = [claims.get(name) for name in ("iat", "exp")]
        return (
            claims.get("iss") == self.issuer
            and claims.get("aud") == self.issuer
            and "nbf" not in claims
            and all(type(time) is int for time in times)
            and claims["exp"] - claims["iat"] <= LIFETIME.total_seconds()
            and claims.get("role") in list(Role)
            and _has_identifiers(claims)
        )


def _key(header: Mapping[str, Any], ring: KeyRing, now: datetime) -> ECKey:
    """The key that a header names; ValueError for one with anything else than `alg`, `typ` and `kid`.

    That alone refuses embedded keys (`jwk`, `x5c`), keys from elsewhere (`jku`, `x5u`) and `crit`.
    """
    key = ring.verifying(now).get(str(header.get("kid")))
    if header.keys() != {"alg", "typ", "kid"} or header["typ"] != TYPE or key is None:
        raise ValueError("a header that is not ours")
    return key


def _claims(viewer: Viewer) -> dict[str, str]:
    if viewer.client is not None:
        client, scope = str(viewer.client), " ".join(sorted(viewer.scopes))
        return {"sub": client, "client_id": client, "role": str(viewer.role), "scope": scope}
    claims = {"sub": str(viewer.subject), "sid": str(viewer.session), "role": str(viewer.role)}
    if viewer.representative:
        claims["rep"] = str(viewer.representative)
    if viewer.region:
        claims["region"] = viewer.region
    return claims


def _has_identifiers(claims: dict[str, Any]) -> bool:
    """A system names its client and no session, everybody else a session and no client."""
    if claims["role"] == Role.system:
        allowed, needed = {"client_id", "scope"}, ("sub", "client_id")
        whole = claims.get("sub") == claims.get("client_id") and isinstance(claims.get("scope"), str)
    else:
        allowed, needed = {"sid", "rep", "region"}, ("sub", "sid")
        whole = _is_id(claims.get("rep", claims.get("sub"))) and isinstance(claims.get("region", ""), str)
    known = {"iss", "aud", "iat", "exp", "jti", "sub", "role"} | allowed
    return whole and claims.keys() <= known and all(_is_id(claims.get(name)) for name in needed)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and Id.is_valid(value)


def _viewer(claims: dict[str, Any]) -> Viewer:
    if claims["role"] == Role.system:
        scopes = frozenset(claims["scope"].split())
        return Viewer(Role.system, client=Id(claims["client_id"]), scopes=scopes)
    representative = claims.get("rep")
    return Viewer(
        role=Role(claims["role"]),
        subject=Id(claims["sub"]),
        session=Id(claims["sid"]),
        representative=Id(representative) if representative else None,
        region=claims.get("region"),
    )
