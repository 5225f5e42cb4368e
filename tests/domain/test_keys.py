"""The port for keys: what fills it in development fits it."""

from domain.keys import KeyProvider
from integrations.keys import MasterKey


async def test_a_master_key_fills_the_port() -> None:
    """R-J1: the provider of a laptop does what the port asks for."""
    provider: KeyProvider = MasterKey(b"k" * 32)
    assert await provider.unwrap(await provider.wrap(b"key", b"owner"), b"owner") == b"key"
    assert len(provider.kid) == 16
