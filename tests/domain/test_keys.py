"""The port for keys: what fills it in development fits it."""

from domain.keys import KeyProvider
from integrations.keys import MasterKey


def test_a_master_key_fills_the_port() -> None:
    """R-J1: the provider of a laptop does what the port asks for."""
    provider: KeyProvider = MasterKey(b"k" * 32)
    assert provider.unwrap(provider.wrap(b"key", b"owner"), b"owner") == b"key"
    assert len(provider.index_key("iin")) == 32
