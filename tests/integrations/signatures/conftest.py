from collections.abc import AsyncIterator

import httpx2
import pytest

from integrations.development_ca import DevelopmentAuthority, sign_cms
from tests.integrations.signatures.checks import CONTENT, NOW, Authority, person
from tests.integrations.signatures.partner import Partner


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority with elliptic keys."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def rsa_ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority with RSA keys."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("rsa"), keys="rsa")


@pytest.fixture(scope="module")
def fuzzed(ca: Authority) -> tuple[Authority, bytes]:
    """A good message to change."""
    return ca, sign_cms(person(ca), CONTENT, when=NOW)


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    """A server that answers as it is told."""
    async with Partner().running() as listening:
        yield listening


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client as the portal has it."""
    async with httpx2.AsyncClient() as made:
        yield made
