"""Where the keys that protect personal data come from."""

from typing import Protocol


class KeyProvider(Protocol):
    """Holds the master key; hands out nothing but its uses."""

    def wrap(self, key: bytes, owner: bytes) -> bytes:
        """Encrypt a person's data key under the master key, bound to its owner."""

    def unwrap(self, wrapped: bytes, owner: bytes) -> bytes:
        """The data key that `wrap` protected; ValueError when it was changed or is another owner's."""

    def index_key(self, label: str) -> bytes:
        """The secret key of the blind indexes with this label."""
