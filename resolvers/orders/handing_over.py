"""The act of handing over, signed by both sides; with the second signature the application takes effect."""

from documents import evidence
from documents.base import Id, Row, new_id
from documents.evidence import Kept
from documents.orders import store
from domain.errors import NotFound, Refused
from domain.evidence import EvidencePurpose
from domain.identity import Role
from domain.orders.lifecycle import STARTED, OrderAct, OrderStatus, Side, advance
from domain.orders.papers import Act, act_bytes
from domain.orders.rules import local_day
from domain.signatures import Verified
from resolvers.context import Context
from resolvers.evidence import retention_until
from resolvers.orders.moving import facts_of, moved, own_order, standing, tell
from resolvers.orders.reading import get
from resolvers.orders.signing import Deed, Paper, once_signed

_PURPOSES = {
    Side.supplier: EvidencePurpose.act_of_supplier,
    Side.participant: EvidencePurpose.act_of_participant,
}


async def hand_over_act(ctx: Context, order: Id) -> Paper:
    """The act of an order in fulfilment or later, always the same bytes; Refused ACT_NOT_READY before."""
    return await _paper(await get(ctx, order))


async def sign_act(ctx: Context, order: Id, cms: bytes, key: str) -> Row:
    """Sign the act for one's side; with both signatures the order is handed over and submitted at once.

    SignatureRefused, SIGNATURE_OF_ANOTHER_PERSON, SIGNER_NOT_ENTITLED, ACT_NOT_READY, ACT_ALREADY_SIGNED,
    TRANSITION_REFUSED.
    """
    row = await own_order(ctx, "Mutation.orderSignAct", order)
    paper = await _paper(row)
    side, kept_as = Side(ctx.viewer.role.value), new_id()

    async def work(verified: Verified) -> Row:
        signed = await _with_signature(ctx, await standing(order), side, kept_as)
        await evidence.keep(kept_as, await _kept(ctx, signed, side, deed, verified))
        return await _submitted(ctx, signed)

    deed = Deed("orderSignAct", key, {"order": str(order)}, paper, cms)
    return await once_signed(ctx, deed, work)


async def _paper(order: Row) -> Paper:
    if order["status"] not in STARTED:
        raise Refused("ACT_NOT_READY", ("input", "orderId"), status=order["status"])
    applied = await evidence.get(order["application"])
    if applied is None:
        raise NotFound(("evidence",))
    content = await evidence.content_of(applied)
    act = Act(str(order["_id"]), local_day(order["started_at"]), content, applied["content_sha256"])
    return Paper(act_bytes(act))


async def _with_signature(ctx: Context, order: Row, side: Side, kept_as: Id) -> Row:
    advance(OrderAct.sign_act, OrderStatus(order["status"]), ctx.viewer.role, facts_of(order))
    signed = await store.add_signature(order["_id"], side, kept_as)
    if signed is None:  # pragma: no cover - lost race between two signatures of one side
        raise Refused("TRANSITION_REFUSED", status=order["status"])
    await tell(ctx, signed, "order.act_signed", {"status": signed["status"], "side": side.value})
    return signed


async def _kept(ctx: Context, order: Row, side: Side, deed: Deed, verified: Verified) -> Kept:
    purpose = _PURPOSES[side]
    return Kept(
        purpose=purpose,
        owner=ctx.viewer.representative or order[side.value],
        subject_kind=order["kind"],
        subject=order["_id"],
        content=deed.paper.content,
        cms=deed.cms,
        verified=verified,
        retention_until=await retention_until(purpose, ctx.now),
    )


async def _submitted(ctx: Context, order: Row) -> Row:
    """With both signatures the portal hands over and submits: the application takes effect."""
    if len(facts_of(order).signed) < len(Side):
        return order
    handed_over = await moved(ctx, order, OrderAct.hand_over, role=Role.system)
    return await moved(ctx, handed_over, OrderAct.submit, role=Role.system)
