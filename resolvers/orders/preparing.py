"""Preparing an order: the application as exact bytes, frozen with everything it states (requirement D2)."""

from datetime import datetime, timedelta

from auth.policy import require
from documents import participants, suppliers
from documents.base import Id, Row, new_id
from documents.measures.records import names_of
from documents.orders import Application, store
from documents.orders.records import APPLICATIONS, dated, seal_content, seal_frozen
from domain.capacity import Dates
from domain.errors import NotFound, Refused
from domain.evidence import digest
from domain.money import split
from domain.orders import papers
from domain.orders.papers import Days, Person, application_bytes
from domain.orders.rules import local_day
from resolvers.acts import once
from resolvers.capacity import Wanted, check_wanted
from resolvers.context import Context
from resolvers.orders.grounds import Grounds, gathered, own_measure

ACT = "Mutation.orderPrepare"
LASTS = timedelta(hours=1)
"""How long a prepared application may be signed; never beyond the end of the choice."""


async def prepare(
    ctx: Context, measure: Id, listing: Id, quantity: int, key: str, dates: Dates | None = None
) -> Row:
    """Check everything D1 asks for and store the application to sign, a record of kind "order_application".

    Refused with the codes of `domain.orders.rules`, `domain.measures` and `domain.capacity`,
    LISTING_NOT_PUBLISHED, PROFILE_INCOMPLETE; nothing but the application is written, the measure stays open.
    """
    require(ctx.viewer, ACT)
    await own_measure(ctx, ACT, measure)

    async def work() -> Row:
        grounds = await gathered(ctx, ACT, measure, listing, quantity)
        wanted = Wanted(grounds.listing, grounds.measure["participant"], quantity, dates)
        days = await check_wanted(ctx, wanted)
        return await store.create_application(await _application(ctx, grounds, quantity, days))

    request: Row = {"measure": str(measure), "listing": str(listing), "quantity": quantity}
    if dates is not None:
        request |= {"from": str(dates.since), "to": str(dates.until)}
    return await once(ctx, "orderPrepare", key, request, work)


async def _application(ctx: Context, grounds: Grounds, quantity: int, days: Days | None) -> Application:
    row, person = new_id(), grounds.measure["participant"]
    stated = await _stated(ctx, grounds, quantity, days)
    content = application_bytes(stated)
    frozen = {"title": grounds.listing["title"], "characteristics": grounds.listing["characteristics"]}
    return Application(
        _id=row,
        participant=person,
        representative=ctx.viewer.representative,
        supplier=grounds.supplier["_id"],
        region=grounds.measure["region"],
        measure=grounds.measure["_id"],
        listing=grounds.listing["_id"],
        listing_version=grounds.listing["version"],
        listing_hash=grounds.listing["content_hash"],
        definition_version=grounds.listing["definition_version"],
        direction=grounds.listing["direction"],
        category=grounds.listing["category"],
        frozen=await seal_frozen(APPLICATIONS, person, row, frozen),
        quantity=quantity,
        dates=dated(days),
        price=stated.price,
        guaranteed_sum=stated.guaranteed_sum,
        guaranteed_basis=stated.guaranteed_basis,
        total=stated.split.total,
        reimbursed=stated.split.reimbursed,
        co_payment=stated.split.copayment,
        content=await seal_content(person, row, content),
        content_sha256=digest(content),
        prepared_at=ctx.now,
        expires_at=min([ctx.now + LASTS, *_ends(grounds.measure)]),
    )


def _ends(measure: Row) -> list[datetime]:
    return [measure[end] for end in ("window_ends_at", "term_ends_at") if measure[end] is not None]


async def _stated(ctx: Context, grounds: Grounds, quantity: int, days: Days | None) -> papers.Application:
    listing, guaranteed = grounds.listing, grounds.guaranteed
    acting = ctx.viewer.representative
    return papers.Application(
        day=local_day(ctx.now),
        participant=await _person(grounds.measure["participant"]),
        representative=await _person(acting) if acting else None,
        supplier=str(grounds.supplier["_id"]),
        supplier_identifier=await suppliers.identifier(grounds.supplier),
        supplier_name=(await suppliers.names_of([grounds.supplier]))[0],
        listing=str(listing["_id"]),
        listing_version=listing["version"],
        listing_hash=listing["content_hash"],
        direction=listing["direction"],
        category=listing["category"],
        title=listing["title"],
        characteristics=listing["characteristics"],
        measure=str(grounds.measure["_id"]),
        measure_name=await names_of(grounds.measure),
        quantity=quantity,
        price=listing["price"],
        guaranteed_sum=guaranteed["value"],
        guaranteed_basis=guaranteed["basis"] or "",
        split=split(listing["price"], guaranteed["value"], quantity),
        days=days,
    )


async def _person(participant: Id) -> Person:
    row = await participants.get(participant)
    if row is None:  # pragma: no cover - participants are never deleted
        raise NotFound(("viewer",))
    profile = await participants.profile(row)
    if not profile.surname and not profile.given:
        raise Refused("PROFILE_INCOMPLETE", ("viewer",))
    return Person(profile.iin, profile.surname, profile.given, profile.patronymic)
