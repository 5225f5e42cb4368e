"""A chain as the sealer would write it, and a key that signs by a keyed hash."""

import hmac
from datetime import UTC, datetime

from domain.audit import CHAIN, GENESIS, Head, Link, head_bytes, link, plain
from domain.canonical import Canonical

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


class Key:
    """Signs and opens; whoever has another one can't."""

    def __init__(self, secret: bytes = b"k") -> None:
        self._secret = secret

    def sign(self, content: bytes) -> str:
        """See `domain.audit.Seal`."""
        return hmac.digest(self._secret, content, "sha256").hex() + content.decode()

    def opened(self, signed: str) -> bytes:
        """See `domain.audit.Seal`."""
        content = signed[64:].encode()
        if self.sign(content) != signed:
            raise ValueError("another key")
        return content


def entry(seq: int, prev: str, *, key: Key | None = None, **fields: Canonical) -> Link:
    """One entry; signed where a key is given."""
    hashed: dict[str, Canonical] = {
        "chain": CHAIN,
        "seq": seq,
        "act": "Order.read",
        "at": plain(NOW),
        **fields,
    }
    digest = link(prev, hashed)
    signed = key.sign(head_bytes(Head(CHAIN, seq, digest, NOW))) if key else None
    return Link(seq, prev, digest, signed, hashed)


def chain(count: int, key: Key) -> list[Link]:
    """Entries 1 to `count`; every third ends a batch, and so does the last."""
    entries: list[Link] = []
    for seq in range(1, count + 1):
        prev = entries[-1].hash if entries else GENESIS
        entries.append(entry(seq, prev, key=key if seq % 3 == 0 or seq == count else None))
    return entries
