"""Master keys from a file or from the environment; a key service would be one more class here."""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIZE = 32


class MasterKey:
    """Implements `domain.keys.KeyProvider` over 32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SIZE:
            raise ValueError(f"the master key has {len(secret)} bytes instead of {SIZE}")
        self._wrapping = AESGCM(hmac.digest(secret, b"komek wrapping", "sha256"))
        self._indexing = hmac.digest(secret, b"komek blind index", "sha256")

    def wrap(self, key: bytes, owner: bytes) -> bytes:
        """See `KeyProvider.wrap`."""
        nonce = secrets.token_bytes(12)
        return nonce + self._wrapping.encrypt(nonce, key, owner)

    def unwrap(self, wrapped: bytes, owner: bytes) -> bytes:
        """See `KeyProvider.unwrap`."""
        try:
            return self._wrapping.decrypt(wrapped[:12], wrapped[12:], owner)
        except InvalidTag as error:
            raise ValueError("a data key does not open: another master key, or it was changed") from error

    def index_key(self, label: str) -> bytes:
        """See `KeyProvider.index_key`."""
        return hmac.digest(self._indexing, label.encode(), "sha256")

    @classmethod
    def from_hex(cls, text: str) -> "MasterKey":
        """From 64 hexadecimal digits, as an environment variable carries it."""
        return cls(bytes.fromhex(text))

    @classmethod
    def from_file(cls, file: Path) -> "MasterKey":
        """From a file only its owner can read; made at first use, for a laptop."""
        return cls(kept(file, lambda: secrets.token_bytes(SIZE)))


def kept(file: Path, make: Callable[[], bytes]) -> bytes:
    """What a file holds that only its owner can read; made at first use, whole or not at all.

    Of several processes that start together one makes it, and all get the same.
    """
    if not file.exists():
        _make(file, make())
    return file.read_bytes()


def _make(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    with suppress(FileExistsError):  # another process was first
        os.link(beside, file)
    beside.unlink()
