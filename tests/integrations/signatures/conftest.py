import pytest

from integrations.development_ca import DevelopmentAuthority, sign_cms
from tests.integrations.signatures.checks import CONTENT, NOW, Authority, person


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
