"""Wrong answers to challenges: who is locked out by them, and what is written down."""

from dataclasses import replace
from typing import Any

import pytest

from documents.base import collection
from domain.errors import Refused
from domain.signatures import Refusal, SignatureRefused
from resolvers import identity as acts
from tests.resolvers.test_identity import IIN, WARD, at, cabinet

pytestmark = pytest.mark.usefixtures("database")


class Refusing:
    """A verifier that never accepts anything, for one reason."""

    def __init__(self, reason: Refusal) -> None:
        self._reason = reason

    async def verify(self, *_given: Any, **_more: Any) -> Any:
        """Refuse."""
        raise SignatureRefused(self._reason)


async def answered(reason: Refusal, number: str = IIN) -> str:
    """The code of a refused answer to a fresh challenge."""
    ctx = at()
    ctx = replace(ctx, services=replace(ctx.services, signatures=Refusing(reason)))  # type: ignore[arg-type]
    try:
        challenge = await acts.begin(ctx, number, consent=False)
        await acts.complete(ctx, challenge.id, b"cms")
    except Refused as refused:
        return refused.code
    raise AssertionError


async def test_wrong_answers_lock_out() -> None:
    """R-A8: five wrong answers lock a network out of an identifier; each about a known person is written down."""
    await cabinet(IIN)
    codes = [await answered(Refusal.invalid) for _ in range(6)]
    assert codes == ["SIGNATURE_INVALID"] * 5 + ["RATE_LIMITED"]
    intents = await collection("audit_intents").find({"act": "SignIn.refused"}).to_list()
    assert [one["details"]["locked"] for one in intents] == [False] * 4 + [True]
    assert {one["subject_kind"] for one in intents} == {"participant"}
    assert IIN not in str(intents)
    assert await answered(Refusal.invalid, WARD) == "SIGNATURE_INVALID"
    assert await collection("audit_intents").count_documents({"act": "SignIn.refused"}) == 5


@pytest.mark.parametrize("reason", [Refusal.unavailable, Refusal.revocation_unknown])
async def test_what_nobody_can_help_locks_nobody_out(reason: Refusal) -> None:
    """R-A8: while signatures can't be checked, honest people are not locked out for it."""
    assert [await answered(reason) for _ in range(7)] == [reason.value] * 7
    assert await collection("lock_outs").count_documents({}) == 0


async def test_a_challenge_from_before_a_lock_out() -> None:
    """R-A8: challenges that were taken in advance don't help: the lock-out holds for their answers, too."""
    ctx = at()
    ctx = replace(ctx, services=replace(ctx.services, signatures=Refusing(Refusal.invalid)))  # type: ignore[arg-type]
    ready = [await acts.begin(ctx, IIN, consent=False) for _ in range(6)]
    codes = []
    for challenge in ready:
        with pytest.raises(Refused) as refused:
            await acts.complete(ctx, challenge.id, b"cms")
        codes.append(refused.value.code)
    assert codes == ["SIGNATURE_INVALID"] * 5 + ["RATE_LIMITED"]
