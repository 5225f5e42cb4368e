"""Measures: what is recommended to a person, where the choice stands, and the executive body's notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Id, Row
from documents.encryption import open_many
from domain.categories import Direction
from domain.measures import MeasureStatus, NoticeKind, NoticeMethod, NoticeOutcome, NoticeResult, Programme
from execution.fields import as_type, batched, computed, record, stored, value
from resolvers import measures as acts
from resolvers.context import Context
from schema import guards
from schema.connections import PageInfo, page_info
from schema.errors import answers
from schema.nodes import Node, global_id, local_id
from schema.roots import given, mutation, payload
from schema.values import LocalisedText, acted_by, is_on_behalf, status_text

Plain = Mapping[str, Any]
strawberry.enum(MeasureStatus, name="MeasureStatus", description="Where a measure stands.")
strawberry.enum(Programme, name="Programme", description="What recommends a measure (Order 73, p. 7).")
strawberry.enum(NoticeKind, name="NoticeKind", description="What a person has to be told.")
strawberry.enum(NoticeMethod, name="NoticeMethod", description="Ways of notice other than SMS (p. 9).")
strawberry.enum(NoticeResult, name="NoticeResult", description="Whether the person was reached.")


@value(description="One step of a measure's history.")
class MeasureStep:
    """The status it led to, when, and why."""

    status: MeasureStatus = stored()
    status_text: str = computed(status_text("measure"))
    at: datetime = stored()
    by: str = stored(description="In which role.")
    by_text: str = computed(acted_by, description="The same for a person: who, and whether on behalf.")
    on_behalf: bool = computed(is_on_behalf, description="By a legal representative.")
    code: str = stored(description="Why, as a code.")
    cycle: int = stored(description="Counts openings of the choice.")


@value(description="How the person was told that a supplier can be chosen.")
class MeasureNotice:
    """`channel` is `sms` or another way of notice."""

    channel: str = stored()
    at: datetime = stored()
    outcome: str = stored()


async def names(context: Context, records: Sequence[Plain]) -> list[Row]:
    """The names of many measures, for whoever may read them."""
    await open_many(record["name"] for record in records)
    return [dict(await acts.name(context, dict(record))) for record in records]


def order_id(record: Plain) -> strawberry.ID | None:
    """The order that holds the measure."""
    return global_id("order", record["order"]) if record.get("order") else None


@record("measure", description="A recommended measure: a means or a service (Order 73, p. 7, 9).")
class Measure(Node):
    """Both instants of p. 10 are kept; ends are exclusive."""

    name: LocalisedText = guards.batched(names, policy="Measure.read")
    direction: Direction = stored()
    category_code: str | None = stored("category")
    programme: Programme = stored()
    programme_date: str = stored(description="ISO date of Astana.")
    term: str | None = stored(description="Last day of the measure's own term, ISO date.")
    quantity: int | None = stored()
    region: str | None = stored()
    status: MeasureStatus = stored()
    status_text: str = computed(status_text("measure"))
    transferred_at: datetime = stored(description="When Е-Собес handed it to the portal.")
    notified_at: datetime | None = stored(
        description="When the person was told; the two months count from it."
    )
    notice: MeasureNotice | None = stored()
    window_ends_at: datetime | None = stored(
        description="When the choice ends; null = no notice yet, no end."
    )
    history: list[MeasureStep] = stored()
    order_id: strawberry.ID | None = computed(order_id)


@value()
class MeasureConnection:
    """A page of measures, the newest first."""

    nodes: list[Measure] = stored()
    page_info: PageInfo = computed(page_info)


async def measures_of(context: Context, records: Sequence[Plain]) -> Sequence[Row | None]:
    """The measures that tasks or orders are about, for whoever may see them."""
    return await acts.visible_measures(context, [record["measure"] for record in records])


@record(
    "notice_task", description="A task of the executive body: tell a person by other means than SMS (p. 9)."
)
class NoticeTask(Node):
    """Open until somebody reached the person."""

    notice: NoticeKind = stored()
    cycle: int = stored()
    created_at: datetime = stored()
    done_at: datetime | None = stored()
    open: bool = stored()
    region: str | None = stored()
    measure: Measure | None = batched(measures_of)


@value()
class NoticeTaskConnection:
    """A page of open tasks, the oldest first."""

    nodes: list[NoticeTask] = stored()
    page_info: PageInfo = computed(page_info)


@given
class MeasureActivateChoiceInput:
    """«Активация выбора поставщика» (p. 10)."""

    idempotency_key: str
    measure_id: strawberry.ID


@given
class NoticeTaskCompleteInput:
    """What came of an attempt; the task stays open when nobody was reached."""

    idempotency_key: str
    task_id: strawberry.ID
    result: NoticeResult
    method: NoticeMethod
    note: str | None = None


@payload
class MeasureChoiceActivated:
    """Е-Собес was asked to send the measure again."""

    measure: Measure


@payload
class NoticeTaskCompleted:
    """The attempt is recorded."""

    task: NoticeTask


def measure_id(identifier: str) -> Id:
    """The measure that an input names."""
    return local_id(identifier, "measure", "input", "measureId")


async def measure_activate_choice(
    context: Context,
    *,
    input: MeasureActivateChoiceInput,  # noqa: A002
) -> MeasureChoiceActivated:
    """«Активация выбора поставщика»: Е-Собес sends the measure again in the general queue (p. 10)."""
    row = await acts.activate_choice(context, measure_id(input.measure_id), input.idempotency_key)
    return MeasureChoiceActivated(measure=as_type(Measure, row))


async def notice_task_complete(context: Context, *, input: NoticeTaskCompleteInput) -> NoticeTaskCompleted:  # noqa: A002
    """Record how a person was told; the choice's two months begin with it."""
    task = local_id(input.task_id, "notice_task", "input", "taskId")
    outcome = NoticeOutcome(input.result, input.method, input.note)
    row = await acts.complete_notice_task(context, task, outcome, input.idempotency_key)
    return NoticeTaskCompleted(task=as_type(NoticeTask, row))


@strawberry.type
class MeasureMutations:
    """What participants and executive bodies do with measures."""

    measure_activate_choice: answers("MeasureActivateChoiceResult", MeasureChoiceActivated) = mutation(  # type: ignore[valid-type]
        measure_activate_choice
    )
    notice_task_complete: answers("NoticeTaskCompleteResult", NoticeTaskCompleted) = mutation(  # type: ignore[valid-type]
        notice_task_complete
    )
