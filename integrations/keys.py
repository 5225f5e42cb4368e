"""Master keys from a file or from the environment; a key service would be one more class here."""

import hmac
import os
import secrets
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
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(file.read_bytes())
        with os.fdopen(handle, "wb") as opened:
            opened.write(secrets.token_bytes(SIZE))
            opened.flush()
            os.fsync(opened.fileno())
        return cls(file.read_bytes())
