"""Keys that sign access tokens: announced before they sign, known until their last token has ended (A8).

A ring is a JWK set with private keys (RFC 7517) whose members say with one further name, `signs_from`, from
when they sign (seconds since 1970). Each key signs until the next one begins. So a rotation is one act:
the new key is published at once, signs after `ANNOUNCED`, and the old one is dropped when nothing that it
signed can still be good. No server has to be told or restarted: time does it.
"""

import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

TOKEN_LIFETIME = timedelta(minutes=10)
ANNOUNCED = timedelta(minutes=10)
"""How long a key is published before it signs: longer than anybody may keep a copy of the published set."""
MARGIN = timedelta(minutes=1)
"""How far the clocks of servers may stand apart."""
ALGORITHM = "ES256"
CURVE = "P-256"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """One key and the second from which it signs."""

    key: ECKey
    signs_from: int = 0

    @property
    def kid(self) -> str:
        """The name that tokens call it by: its thumbprint (RFC 7638)."""
        return str(self.key.kid)


class KeyRing:
    """The keys at one moment of the file's life; never empty, ordered by when they begin to sign."""

    def __init__(self, keys: Sequence[TokenKey]) -> None:
        if not keys:
            raise ValueError("a ring has at least one key")
        self.keys = sorted(keys, key=lambda one: one.signs_from)

    def current(self) -> "KeyRing":
        """The ring itself: for whoever needs no file (`KeySource`)."""
        return self

    def signing(self, now: datetime) -> TokenKey:
        """The key that signs now: the last one that has begun; the first one before any has."""
        begun = [one for one in self.keys if one.signs_from <= now.timestamp()]
        return begun[-1] if begun else self.keys[0]

    def verifying(self, now: datetime) -> Mapping[str, ECKey]:
        """Every key, by name, whose tokens may be good: announced, signing, or followed for a short while."""
        past = int((now - TOKEN_LIFETIME - MARGIN).timestamp())
        followed = [one.signs_from for one in self.keys[1:]]
        return {
            one.kid: one.key
            for one, end in zip(self.keys, [*followed, None], strict=True)
            if end is None or end > past
        }

    def public(self, now: datetime) -> dict[str, Any]:
        """The public set, as /.well-known/jwks.json shows it: no private member, nothing of ours."""
        keys = self.verifying(now).values()
        return {"keys": [one.as_dict(private=False) | {"use": "sig", "alg": ALGORITHM} for one in keys]}

    def rotated(self, now: datetime) -> "KeyRing":
        """With a new key that signs after `ANNOUNCED`, and without those that nobody needs any more."""
        known = self.verifying(now)
        kept = [one for one in self.keys if one.kid in known]
        return KeyRing([*kept, TokenKey(_fresh(), int((now + ANNOUNCED).timestamp()))])

    def saved(self) -> bytes:
        """The ring as it is kept, private keys included."""
        rows = [one.key.as_dict(private=True) | {"signs_from": one.signs_from} for one in self.keys]
        return json.dumps({"keys": rows}).encode()


def key_set(saved: bytes) -> KeyRing:
    """The ring out of what `saved` gave; ValueError for anything else."""
    try:
        rows = json.loads(saved)["keys"]
        return KeyRing([_read(row) for row in rows])
    except (JoseError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a set of signing keys") from error


def _read(row: dict[str, Any]) -> TokenKey:
    key = ECKey.import_key({name: value for name, value in row.items() if name != "signs_from"})
    if not key.is_private or key.curve_name != CURVE:
        raise ValueError(f"signing keys are private keys on {CURVE}")
    key.ensure_kid()
    return TokenKey(key, int(row.get("signs_from", 0)))


def _fresh() -> ECKey:
    return ECKey.generate_key(CURVE, auto_kid=True)


def fresh_keys(now: datetime | None = None) -> bytes:
    """A new ring of one key that signs from now on, or from ever, as it is to be kept."""
    return KeyRing([TokenKey(_fresh(), int(now.timestamp()) if now else 0)]).saved()


class KeySource(Protocol):
    """Where the ring comes from; another ring object means that keys have changed."""

    def current(self) -> KeyRing:
        """The ring as it stands."""


class KeyFile:
    """The ring in a file that all servers share; a replaced file is seen by the next token."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _mark(file)
        self._ring = key_set(file.read_bytes())

    def current(self) -> KeyRing:
        """The ring as the file says it; while the file can't be read, the ring known before."""
        try:
            mark = _mark(self._file)
            if mark != self._seen:
                self._ring = key_set(self._file.read_bytes())
                self._seen = mark
        except (OSError, ValueError):
            log.exception("the file of token keys can't be read; the keys known before go on")
        return self._ring

    def replace(self, ring: KeyRing) -> None:
        """Put another ring into the file, whole or not at all; only its owner can read it."""
        beside = self._file.with_name(f".{self._file.name}.{secrets.token_hex(6)}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(ring.saved())
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(self._file)


def _mark(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
