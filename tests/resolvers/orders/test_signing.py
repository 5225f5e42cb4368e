from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import pytest

from documents import identity, representations
from documents.base import in_transaction
from documents.identity import Capacity
from documents.representations import Stated
from domain.errors import AccessDenied, NotFound, Refused
from domain.identity import Role
from domain.representatives import AuthorityKind, Term
from domain.signatures import HolderRole, Purpose, Signer, Verified
from integrations.signatures import LocalX509Verifier
from resolvers import orders
from resolvers.context import Context
from resolvers.orders.signing import Paper, check_signer
from tests.resolvers.orders.conftest import BIN, GUARDIAN_IIN, HEAD_IIN, IIN, NOW, World, everything, key
from tests.resolvers.stage import SOURCE


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
        ("participant", _signer(IIN, None, HolderRole.information_system), "CERTIFICATE_OF_A_SYSTEM"),
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


class Slow(LocalX509Verifier):
    """A verifier that takes its time, so that other things happen before it answers."""

    meanwhile: Callable[[], Awaitable[object]]

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """The outcome, after what happens meanwhile."""
        found = await super().verify(cms, content, purpose, now)
        await self.meanwhile()
        return found


async def _acting(world: World) -> tuple[Context, Callable[[str], Awaitable[object]]]:
    """The guardian with a session and an authority, and how either of them ends."""
    seen = world.viewer("guardian")
    assert seen.subject is not None
    assert seen.representative is not None
    authority = Stated(
        seen.representative, seen.subject, AuthorityKind.guardian, "№ 1", Term(NOW, None, None)
    )
    row = await in_transaction(lambda: representations.authorise(authority, SOURCE))
    assert row is not None
    capacity = Capacity(role=Role.participant, subject=seen.subject, representative=seen.representative)
    session = await identity.open_session(b"holder", [capacity], "refresh", NOW)

    async def end(what: str) -> object:
        if what == "AUTHORITY_ENDED":
            return await representations.revoke(row, NOW, "gateway", "Решение суда")
        return await identity.revoke(session["_id"], NOW)

    ctx = world.context("guardian")
    return replace(ctx, viewer=replace(seen, session=session["_id"])), end


@pytest.mark.parametrize("code", ["AUTHORITY_ENDED", "SESSION_ENDED"])
async def test_what_ends_while_a_signature_is_looked_at(world: World, code: str) -> None:
    """R-A6: an authority or a session that ends while the signature is verified places no order any more."""
    ctx, end = await _acting(world)
    application = await world.prepare("guardian")
    cms = await world.signed(application, "guardian")
    slow = Slow(
        [world.authority.root],
        world.authority.revocation(),
        intermediates=[world.authority.intermediate],
    )
    after: list[object] = []

    async def meanwhile() -> None:
        await end(code)
        after.append(await everything())

    slow.meanwhile = meanwhile
    late = replace(ctx, services=replace(ctx.services, signatures=slow))
    with pytest.raises(AccessDenied) as refused:
        await orders.place(late, application["_id"], cms, key())
    assert refused.value.code == code
    assert [await everything()] == after
