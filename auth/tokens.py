"""Access tokens: short-lived, asymmetric, one capacity each (RFC 9068; requirement A8)."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from auth.viewer import Viewer
from documents.base import Id
from domain.errors import AccessDenied
from domain.identity import Role

LIFETIME = timedelta(minutes=10)
TYPE = "at+jwt"
ALGORITHM = "ES256"
LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs and reads access tokens for one issuer and audience; the first key signs, all verify."""

    keys: KeySet
    issuer: str

    def issue(self, viewer: Viewer, now: datetime) -> str:
        """A token that carries exactly this capacity until `LIFETIME` has passed."""
        key = self.keys.keys[0]
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "sub": str(viewer.subject),
            "sid": str(viewer.session),
            "role": str(viewer.role),
        }
        if viewer.representative:
            claims["rep"] = str(viewer.representative)
        if viewer.region:
            claims["region"] = viewer.region
        return jwt.encode(
            {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM]
        )

    def read(self, token: str, now: datetime) -> Viewer:
        """The viewer a token names; AccessDenied `TOKEN_INVALID` or `TOKEN_EXPIRED` otherwise."""
        claims = self._verified(token)
        if claims["exp"] <= now.timestamp():
            raise AccessDenied("TOKEN_EXPIRED")
        return _viewer(claims)

    def expiry(self, token: str) -> datetime:
        """When a good token ends; AccessDenied `TOKEN_INVALID` for any other."""
        return datetime.fromtimestamp(self._verified(token)["exp"], UTC)

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise AccessDenied("TOKEN_INVALID")
        try:
            decoded = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise AccessDenied("TOKEN_INVALID") from error
        claims = decoded.claims
        wrong = (
            decoded.header.get("typ") != TYPE
            or claims.get("iss") != self.issuer
            or claims.get("aud") != self.issuer
            or not isinstance(claims.get("exp"), int)
            or claims.get("role") not in Role.__members__
            or not all(Id.is_valid(claims.get(name)) for name in ("sub", "sid"))
            or not Id.is_valid(claims.get("rep", claims["sub"]))
        )
        if wrong:
            raise AccessDenied("TOKEN_INVALID")
        return dict(claims)


def _viewer(claims: dict[str, Any]) -> Viewer:
    representative = claims.get("rep")
    return Viewer(
        role=Role(claims["role"]),
        subject=Id(claims["sub"]),
        session=Id(claims["sid"]),
        representative=Id(representative) if representative else None,
        region=claims.get("region"),
    )


def key_set(saved: bytes) -> KeySet:
    """The signing keys out of what `fresh_keys` made: a JWK set with private keys (RFC 7517)."""
    return KeySet.import_key_set(json.loads(saved))


def fresh_keys() -> bytes:
    """A new set of one signing key, as it is to be kept."""
    return json.dumps(KeySet([ECKey.generate_key("P-256", auto_kid=True)]).as_dict(private=True)).encode()
