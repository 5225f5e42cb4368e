"""Where the keys that protect personal data come from."""

from typing import Protocol


class KeyProvider(Protocol):
    """Holds the master keys; hands out nothing but their uses.

    One master key wraps, older ones still unwrap. Both may ask a key service over the network: they are
    awaited, and the vault remembers their answers. A transaction may be open meanwhile, so that a service
    that takes longer than a second should be asked through a cache.
    """

    @property
    def kid(self) -> str:
        """The identifier of the master key that wraps now."""

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a data key under the current master key, bound to `context`; the result names the key."""

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key that `wrap` protected.

        ValueError when it was changed, is of another context, or its master key is not among those at hand.
        """
