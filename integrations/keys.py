"""Master keys from a file or from the environment; a key service would be one more class here."""

import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIZE = 32
_VERSION = b"\x02"
_KID, _NONCE = slice(1, 9), slice(9, 21)


class MasterKey:
    """Implements `domain.keys.KeyProvider` over secrets of 32 bytes: the current one, and older ones.

    Layout of a wrapped key: version (1 byte) | identifier of the master key (8) | nonce (12) | ciphertext.
    """

    def __init__(self, current: bytes, *older: bytes) -> None:
        self._keys = dict(map(_opened, reversed((current, *older))))
        self._current = _opened(current)[0]

    @property
    def kid(self) -> str:
        """See `KeyProvider.kid`."""
        return self._current.hex()

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """See `KeyProvider.wrap`."""
        nonce = secrets.token_bytes(12)
        return _VERSION + self._current + nonce + self._keys[self._current].encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyProvider.unwrap`."""
        master = self._keys.get(wrapped[_KID])
        if wrapped[:1] != _VERSION or master is None:
            raise ValueError(f"a data key is wrapped by a master key that is not here: {wrapped[_KID].hex()}")
        try:
            return master.decrypt(wrapped[_NONCE], wrapped[_NONCE.stop :], context)
        except InvalidTag as error:
            raise ValueError("a data key does not open: it was changed, or is another's") from error

    @classmethod
    def from_hex(cls, current: str, older: Sequence[str] = ()) -> "MasterKey":
        """From 64 hexadecimal digits each, as environment variables carry them."""
        return cls(*(bytes.fromhex(text) for text in (current, *older)))

    @classmethod
    def from_file(cls, file: Path, older: Sequence[str] = ()) -> "MasterKey":
        """From a file only its owner can read; made at first use, for a laptop.

        It holds one key of 32 bytes, or several, the current one first.
        """
        held = kept(file, lambda: secrets.token_bytes(SIZE))
        parts = [held[at : at + SIZE] for at in range(0, max(len(held), 1), SIZE)]
        return cls(*parts, *(bytes.fromhex(text) for text in older))


def _opened(secret: bytes) -> tuple[bytes, AESGCM]:
    """Identifier and cipher of a master key; the identifier tells nothing of the secret."""
    if len(secret) != SIZE:
        raise ValueError(f"the master key has {len(secret)} bytes instead of {SIZE}")
    kid = hmac.digest(secret, b"komek master key", "sha256")[:8]
    return kid, AESGCM(hmac.digest(secret, b"komek wrapping", "sha256"))


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
