"""Bringing the demonstration's measures to the statuses they are to have, by the acts people would do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from auth.viewer import Viewer
from documents import listings, outbox, suppliers
from documents.base import Id, Row
from documents.cursors import Window
from documents.measures import store as measure_store
from domain.canonical import canonical_bytes
from domain.capacity import Dates
from domain.identity import Role
from domain.measures import MeasureStatus
from domain.orders.rules import local_day
from domain.search import CatalogueFilter
from integrations.esobes import Statement
from integrations.simulator import Simulator
from resolvers import capacity, measures, orders
from resolvers.context import Services
from workers.seed.capacity import dates_from
from workers.seed.cast import Cast
from workers.seed.categories import load_categories
from workers.seed.demo import Demo
from workers.seed.load import acting
from workers.seed.measures import MeasurePlan, SeedMeasure
from workers.seed.participants import SeedParticipant
from workers.seed.suppliers import SeedSupplier

CONTRACT = "komek.esobes/1"
STEP = timedelta(hours=3)
PLACES = 40
_ORDERED = frozenset({MeasurePlan.ordered, MeasurePlan.fulfilled})
_BLOCKED = frozenset({MeasurePlan.blocked, MeasurePlan.activation_requested})


@dataclass(frozen=True, slots=True)
class Stage:
    """What every story needs."""

    services: Services
    cast: Cast
    demo: Demo
    simulator: Simulator
    sellers: Mapping[Id, SeedSupplier]


async def play(services: Services, cast: Cast, demo: Demo, simulator: Simulator) -> None:
    """Send every measure on its day and bring it to its plan; what was done before is not done again."""
    sellers: dict[Id, SeedSupplier] = {}
    for seller in demo.suppliers:
        row = await suppliers.by_identifier(seller.identifier)
        if row is not None:
            sellers[row["_id"]] = seller
    stage = Stage(services, cast, demo, simulator, sellers)
    for measure in demo.measures:
        await _play(stage, measure)
    await _block(stage)
    for measure in demo.measures:
        if measure.plan is MeasurePlan.activation_requested:
            await _activate(stage, measure)


async def _play(stage: Stage, measure: SeedMeasure) -> None:
    at = datetime.combine(measure.sent_on, time(6), UTC)
    await _send(stage, measure, "measure_assigned", at)
    await _deliver_sms(stage, at + STEP)
    if measure.plan in _ORDERED:
        await _order(stage, measure, at + 2 * STEP)
    if measure.plan is MeasurePlan.ended:
        await _send(stage, measure, "measure_withdrawn", at + 2 * STEP)


async def _send(stage: Stage, measure: SeedMeasure, type_: str, at: datetime) -> None:
    statement: dict[str, Any] = dict(measure.statement)
    if type_ == "measure_withdrawn":
        statement["revision"] += 1
    elif statement["programme"] == "elderly_services":
        type_ = "services_recommended"
    message: dict[str, Any] = {
        "contract": CONTRACT,
        "message_id": f"demo-{type_}-{statement['id']}",
        "type": type_,
        "sent_at": at.isoformat(),
        "measure": statement,
    }
    await measures.receive(acting(stage.services, at=at), stage.cast.as_esobes(canonical_bytes(message)))


async def _deliver_sms(stage: Stage, at: datetime) -> None:
    """What the gateway would have delivered that day: the window runs from then."""
    ctx = acting(stage.services, at=at)
    while (claimed := await outbox.claim("sms", at, timedelta(minutes=1))) is not None:
        await outbox.delivered(claimed, "demo", at, lambda settled: measures.sms_delivered(ctx, settled))


async def _order(stage: Stage, measure: SeedMeasure, at: datetime) -> None:
    someone = stage.demo.participants[measure.participant]
    row = await measure_store.by_esobes_id(measure.statement["id"])
    if row is None or row["status"] != MeasureStatus.choice_open:
        return
    listing = await _listing(row)
    if listing is None:
        return
    participant = acting(stage.services, Viewer(Role.participant, row["participant"]), at)
    key = f"demo-order-{row['_id']}"
    dates = await _dates(stage, listing, at)
    prepared = await orders.prepare(participant, row["_id"], listing["_id"], 1, key, dates)
    paper = await orders.paper_of(participant, prepared)
    cms = stage.cast.sign_as(stage.cast.person(someone.person), paper.content)
    order = await orders.place(participant, prepared["_id"], cms, key)
    if measure.plan is MeasurePlan.fulfilled:
        await _fulfil(stage, order, someone, at)


async def _dates(stage: Stage, listing: Row, at: datetime) -> Dates | None:
    """Days of an order, after the supplier has offered them at that time; None where it names none."""
    [definition] = [one for one in load_categories() if one.code == listing["category"]]
    dates = dates_from(definition, listing, local_day(at) + timedelta(days=1))
    if dates is not None:
        supplier = acting(stage.services, Viewer(Role.supplier, listing["supplier"]), at)
        days = [capacity.Written(str(dates.since), str(dates.until), PLACES)]
        await capacity.offer(supplier, listing["_id"], None, days, f"demo-{listing['_id']}-{dates.since}")
    return dates


async def _fulfil(stage: Stage, order: Row, someone: SeedParticipant, at: datetime) -> None:
    supplier = acting(stage.services, Viewer(Role.supplier, order["supplier"]), at + timedelta(days=1))
    later = at + timedelta(days=20)
    key = f"demo-{order['_id']}"
    await orders.accept(supplier, order["_id"], f"{key}-accept")
    await orders.start(supplier, order["_id"], f"{key}-start")
    paper = await orders.hand_over_act(supplier, order["_id"])
    seller = stage.cast.head(stage.sellers[order["supplier"]])
    await orders.sign_act(
        replace(supplier, now=later), order["_id"], stage.cast.sign_as(seller, paper.content), f"{key}-act"
    )
    participant = acting(stage.services, Viewer(Role.participant, order["participant"]), later)
    own = stage.cast.sign_as(stage.cast.person(someone.person), paper.content)
    await orders.sign_act(participant, order["_id"], own, f"{key}-act")
    body = Viewer(Role.executive_body, order["participant"], region=order["region"])
    decided = acting(stage.services, body, later + timedelta(days=5))
    await orders.approve(decided, order["_id"], f"{key}-approve")
    await orders.reimburse(decided, order["_id"], f"{key}-pay")


async def _listing(measure: Row) -> Row | None:
    """The cheapest published listing that fits the measure."""
    wanted = CatalogueFilter(category=measure["category"], region=measure["region"])
    page = await listings.catalogue_page(wanted, listings.CatalogueSort.price_asc, Window(1))
    return page.rows[0] if page.rows else None


async def _block(stage: Stage) -> None:
    """Let the clock of choices run, as it would have."""
    ctx = acting(stage.services)
    while await measures.block_due(ctx):
        continue


async def _activate(stage: Stage, measure: SeedMeasure) -> None:
    row = await measure_store.by_esobes_id(measure.statement["id"])
    if row is None or row["status"] != MeasureStatus.choice_blocked:
        return
    ctx = acting(stage.services, Viewer(Role.participant, row["participant"]))
    await measures.activate_choice(ctx, row["_id"], f"demo-activate-{row['_id']}")


async def introduce(demo: Demo, simulator: Simulator) -> None:
    """Let the simulated Е-Собес know its own measures; those that wait in the general queue stay unknown."""
    for measure in demo.measures:
        if measure.plan is not MeasurePlan.activation_requested:
            await simulator.know(Statement.model_validate_json(json.dumps(measure.statement)))
