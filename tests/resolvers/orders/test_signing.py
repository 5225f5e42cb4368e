import pytest

from domain.errors import AccessDenied, NotFound, Refused
from domain.signatures import HolderRole, Signer
from resolvers.orders.signing import Paper, check_signer
from tests.resolvers.orders.conftest import BIN, GUARDIAN_IIN, HEAD_IIN, IIN, World


def _signer(iin: str | None, bin_: str | None = None, *roles: HolderRole) -> Signer:
    return Signer(iin, bin_, frozenset(roles), "1", "CN=X", "X", None, None)


async def test_whose_signature_counts(world: World) -> None:
    """R-A2: The participant or the acting guardian by IIN, the supplier by BIN with the role of a head or signer."""
    await check_signer(world.context("participant"), _signer(IIN))
    await check_signer(world.context("guardian"), _signer(GUARDIAN_IIN))
    for role in (HolderRole.head, HolderRole.signer):
        await check_signer(world.context("supplier"), _signer(HEAD_IIN, BIN, role))
    for who, signer, code in (
        ("participant", _signer(GUARDIAN_IIN), "SIGNATURE_OF_ANOTHER_PERSON"),
        ("guardian", _signer(IIN), "SIGNATURE_OF_ANOTHER_PERSON"),
        ("participant", _signer(None, BIN, HolderRole.head), "SIGNATURE_OF_ANOTHER_PERSON"),
        ("supplier", _signer(HEAD_IIN), "SIGNATURE_OF_ANOTHER_PERSON"),
        ("supplier", _signer(HEAD_IIN, BIN, HolderRole.financial), "SIGNER_NOT_ENTITLED"),
    ):
        with pytest.raises(Refused) as refused:
            await check_signer(world.context(who), signer)
        assert refused.value.code == code


async def test_nobody_signs_for_nobody(world: World) -> None:
    """R-A2: A viewer behind whom no person or supplier stands signs nothing."""
    with pytest.raises((AccessDenied, NotFound, Refused)):
        await check_signer(world.context("anonymous"), _signer(IIN))
    with pytest.raises(NotFound):
        await check_signer(world.context("other_supplier"), _signer(HEAD_IIN, BIN, HolderRole.head))


def test_a_paper_is_named_by_its_digest() -> None:
    """R-D2: A paper is named by the SHA-256 of its bytes."""
    assert Paper(b"").sha256.startswith("e3b0c442")
