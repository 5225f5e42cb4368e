"""The one door for a measure's status: table, compare-and-set, event and report in one transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from documents import outbox
from documents.base import Id, Row
from documents.events import emit
from documents.measures import HistoryEntry, store
from documents.measures.records import esobes_id_of
from domain.feeds import participant_topic, region_topic
from domain.measures import Choice, MeasureStatus
from integrations.esobes import CHANNEL, OrderReport, Report, ReportType
from resolvers.context import Context


def choice_of(measure: Row) -> Choice:
    """What decides about the choice of a supplier, out of a measure's record."""
    return Choice(
        status=MeasureStatus(measure["status"]),
        window_ends_at=measure["window_ends_at"],
        term_ends_at=measure["term_ends_at"],
        withdrawn=measure["withdrawn_at"] is not None,
    )


def topics_of(record: Row) -> list[str]:
    """Who follows the record: its participant, and its region where one is known."""
    regions = [region_topic(record["region"])] if record["region"] else []
    return [participant_topic(record["participant"]), *regions]


def entry(ctx: Context, status: MeasureStatus, code: str, cycle: int) -> HistoryEntry:
    """A step of the history, done by the viewer now."""
    viewer = ctx.viewer
    return HistoryEntry(
        status=status,
        at=ctx.now,
        by=str(viewer.role),
        code=code,
        cycle=cycle,
        on_behalf=viewer.representative is not None,
    )


async def move_measure(
    ctx: Context, measure: Row, target: MeasureStatus, code: str, changes: Mapping[str, Any] | None = None
) -> Row:
    """Move a measure inside the transaction under way, and tell everybody."""
    after = measure | dict(changes or {})
    step = entry(ctx, target, code, after["cycle"])
    row = sure(await store.move(measure["_id"], MeasureStatus(measure["status"]), target, step, changes))
    await announce_change(ctx, row, code)
    return row


async def announce_change(ctx: Context, measure: Row, code: str) -> None:
    """Emit the event of a change that was written, and report it to Е-Собес."""
    await emit(
        kind="measure.changed",
        subject=measure["_id"],
        topics=topics_of(measure),
        at=ctx.now,
        data={
            "status": str(measure["status"]),
            "code": code,
            "cycle": measure["cycle"],
            "version": measure["version"],
        },
        actor=str(ctx.viewer.role),
    )
    await report_to_esobes(ctx, measure, ReportType.measure_status)


async def report_to_esobes(
    ctx: Context, measure: Row, what: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write a report on a measure into the outbox, inside the transaction under way (p. 11, requirement C6).

    `what` is a ReportType; `data` are the fields of an OrderReport. Reports are numbered per measure, so that
    their order can be checked at the other end.
    """
    sequence = await store.count_report(measure["_id"])
    key = f"{measure['_id']}:{sequence}:{what}"
    report = Report(
        contract="komek.esobes/1",
        message_id=key,
        type=ReportType(what),
        sent_at=ctx.now,
        measure=await esobes_id_of(measure),
        sequence=sequence,
        cycle=measure["cycle"],
        status=MeasureStatus(measure["status"]),
        notified_at=_utc(measure["notified_at"]),
        window_ends_at=_utc(measure["window_ends_at"]),
        order=OrderReport(**data) if data else None,
    )
    await outbox.enqueue(
        channel=CHANNEL,
        key=key,
        aggregate=str(measure["_id"]),
        person=measure["participant"],
        payload=report.model_dump(mode="json"),
        at=ctx.now,
    )


async def current(measure: Id) -> Row:
    """A measure that must be there; LookupError otherwise."""
    return sure(await store.get(measure))


def sure(row: Row | None) -> Row:
    """What must be there; LookupError otherwise.

    Nothing that a transaction has read changes under it: losing a race is a write conflict, and the
    transaction runs again.
    """
    if row is None:
        raise LookupError("a record is missing that a transaction has seen")
    return row


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None
