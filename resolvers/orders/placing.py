"""Placing an order: the signed application, checked again, and everything it causes in one transaction."""

from auth.policy import require, require_visible
from documents import evidence
from documents.base import Id, Row, new_id
from documents.evidence import Kept
from documents.orders import Order, Step, store
from documents.orders.records import NAME, content_of, dates_of, frozen_of, seal_frozen
from domain.errors import NotFound, Refused
from domain.evidence import EvidencePurpose
from domain.orders.lifecycle import OrderStatus
from domain.signatures import Verified
from resolvers import capacity
from resolvers.capacity import Wanted
from resolvers.context import Context
from resolvers.evidence import retention_until
from resolvers.measures import take_for_order
from resolvers.orders.grounds import Grounds, gathered
from resolvers.orders.moving import announce
from resolvers.orders.signing import Deed, Paper, once_signed

ACT = "Mutation.orderPlace"
_COPIED = (
    "participant", "representative", "supplier", "region", "measure", "listing", "listing_version",
    "listing_hash", "definition_version", "direction", "category", "quantity", "price", "guaranteed_sum",
    "guaranteed_basis", "total", "reimbursed", "co_payment",
)  # fmt: skip


async def place(ctx: Context, application: Id, cms: bytes, key: str) -> Row:
    """Place the order of a prepared application with its signature; the order comes back.

    SignatureRefused or SIGNATURE_OF_ANOTHER_PERSON before anything is read again; then every refusal of
    `prepare`, APPLICATION_EXPIRED, APPLICATION_ALREADY_USED, APPLICATION_OUTDATED and LISTING_CHANGED.
    """
    require(ctx.viewer, ACT)
    found = await store.get_application(application)
    prepared = dict(require_visible(ctx.viewer, ACT, found, "input", "applicationId"))
    deed = Deed("orderPlace", key, {"application": str(application)}, Paper(await content_of(prepared)), cms)
    order, kept_as = new_id(), new_id()

    async def work(verified: Verified) -> Row:
        stated = await _usable(ctx, application)
        grounds = await _still_true(ctx, stated)
        wanted = Wanted(grounds.listing, stated["participant"], stated["quantity"], dates_of(stated))
        await capacity.take_for_order(ctx, wanted, order)  # first: who meets others turns back early
        await take_for_order(ctx, stated["measure"], order)
        if not await store.use_application(application, order):  # pragma: no cover - lost race
            raise Refused("APPLICATION_ALREADY_USED", ("input", "applicationId"))
        placed = await store.create(await _order(ctx, stated, order, kept_as))
        await evidence.keep(kept_as, await _kept(ctx, placed, deed, verified))
        await announce(ctx, placed)
        return placed

    return await once_signed(ctx, deed, work)


async def _usable(ctx: Context, application: Id) -> Row:
    row = await store.get_application(application)
    if row is None:  # pragma: no cover - housekeeping took it between two reads
        raise NotFound(("input", "applicationId"))
    if row["order"] is not None:
        raise Refused("APPLICATION_ALREADY_USED", ("input", "applicationId"))
    if row["expires_at"] <= ctx.now:
        raise Refused("APPLICATION_EXPIRED", ("input", "applicationId"))
    if row["representative"] != ctx.viewer.representative:
        raise Refused("APPLICATION_OUTDATED", ("input", "applicationId"))
    return row


async def _still_true(ctx: Context, stated: Row) -> Grounds:
    """Everything the application states holds today, by the same rules as when it was prepared."""
    grounds = await gathered(ctx, ACT, stated["measure"], stated["listing"], stated["quantity"])
    if _values(grounds.listing, "version", "content_hash") != _values(
        stated, "listing_version", "listing_hash"
    ):
        raise Refused(
            "LISTING_CHANGED",
            ("input", "applicationId"),
            prepared=stated["listing_version"],
            current=grounds.listing["version"],
        )
    if not _same_terms(grounds, stated):
        raise Refused("APPLICATION_OUTDATED", ("input", "applicationId"))
    if grounds.limited:
        await store.take_turn(stated["participant"])
    return grounds


def _values(row: Row, *fields: str) -> list[object]:
    return [row[field] for field in fields]


def _same_terms(grounds: Grounds, stated: Row) -> bool:
    now = (
        grounds.guaranteed["value"],
        grounds.guaranteed["basis"] or "",
        grounds.measure["region"],
        grounds.supplier["_id"],
    )
    return now == tuple(_values(stated, "guaranteed_sum", "guaranteed_basis", "region", "supplier"))


async def _order(ctx: Context, stated: Row, order: Id, kept_as: Id) -> Order:
    person, frozen = stated["participant"], await frozen_of(stated)
    step = Step(
        status=OrderStatus.placed,
        at=ctx.now,
        by=ctx.viewer.key,
        representative=ctx.viewer.representative,
    )
    return Order(
        _id=order,
        frozen=await seal_frozen(NAME, person, order, frozen),
        application=kept_as,
        placed_at=ctx.now,
        history=[step],
        dates=stated.get("dates"),
        **{field: stated[field] for field in _COPIED},
    )


async def _kept(ctx: Context, order: Row, deed: Deed, verified: Verified) -> Kept:
    return Kept(
        purpose=EvidencePurpose.application,
        owner=ctx.viewer.representative or order["participant"],
        subject_kind=order["kind"],
        subject=order["_id"],
        content=deed.paper.content,
        cms=deed.cms,
        verified=verified,
        retention_until=await retention_until(EvidencePurpose.application, ctx.now),
    )
