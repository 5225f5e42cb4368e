"""Telling people: by SMS, or through the executive body; and what follows once they were told (C3, C4)."""

from datetime import date, datetime
from typing import Any

from documents import outbox, participants
from documents.audit import intend
from documents.base import Id, Row, parse_id
from documents.events import emit
from documents.measures import NoticeTask, store, tasks
from documents.outbox import Settled
from documents.reference import reference_value
from domain import notifications
from domain.audit import system_actor
from domain.errors import Refused
from domain.feeds import ADMINISTRATION, region_topic
from domain.measures import (
    CountedFrom,
    MeasureStatus,
    NoticeKind,
    NoticeOutcome,
    NoticeResult,
    Programme,
    choice_window_end,
    has_notice,
)
from domain.texts import Language
from domain.time import ASTANA
from resolvers.acts import once
from resolvers.context import Context
from resolvers.measures.access import task_for
from resolvers.measures.changes import announce_change, current, entry, sure

WINDOW = "choice_window"
SMS = system_actor("sms")
_FINAL = {MeasureStatus.ended, MeasureStatus.fulfilled}


async def tell(ctx: Context, measure: Row, kind: NoticeKind) -> None:
    """Tell the person inside the transaction under way.

    An opened choice (p. 9) is judged by БМГ alone: without a number there it becomes a task, and an SMS goes
    to a number that the person confirmed as well. A blocked one becomes a task only when there is no number.
    """
    if not has_notice(Programme(measure["programme"])):
        return
    person = sure(await participants.get(measure["participant"]))
    phones = await participants.phones(person)
    known = phones.bmg if kind is NoticeKind.choice_open else phones.preferred
    if known is None:
        await _give_task(ctx, measure, kind)
    if phones.preferred is not None:
        await _send(ctx, measure, kind, phones.preferred, Language(person["language"]))


async def _send(ctx: Context, measure: Row, kind: NoticeKind, phone: str, language: Language) -> None:
    if kind is NoticeKind.choice_blocked:
        text = notifications.render(notifications.Notice.choice_blocked, language)
    else:
        opened = (
            notifications.Notice.choice_reopened if measure["cycle"] > 1 else notifications.Notice.choice_open
        )
        text = notifications.render(opened, language, months=await window_months(_day(ctx.now)))
    await outbox.enqueue(
        channel=notifications.CHANNEL,
        key=f"measure:{measure['_id']}:{measure['cycle']}:{kind}",
        aggregate=f"measure:{measure['_id']}",
        person=measure["participant"],
        payload={"to": phone, "text": text, "language": language.value},
        at=ctx.now,
    )


async def _give_task(ctx: Context, measure: Row, kind: NoticeKind) -> None:
    if await tasks.exists(measure["_id"], measure["cycle"], kind):
        return
    task = NoticeTask(
        measure=measure["_id"],
        participant=measure["participant"],
        region=measure["region"],
        notice=kind,
        cycle=measure["cycle"],
        created_at=ctx.now,
    )
    await _announce_task(ctx, await tasks.create(task), "notice_task.created")


async def hand_tasks_over(ctx: Context, measure: Id, region: str) -> None:
    """Give what is still to be told to the executive body of the region that the measure has now."""
    for task in await tasks.assign(measure, region):
        await _announce_task(ctx, task, "notice_task.changed")


async def _announce_task(ctx: Context, task: Row, kind: str) -> None:
    await emit(
        kind=kind,
        subject=task["_id"],
        topics=[region_topic(task["region"]) if task["region"] else ADMINISTRATION],
        at=ctx.now,
        data={"notice": str(task["notice"]), "measure": str(task["measure"])},
        actor=str(ctx.viewer.role),
    )


async def sms_delivered(ctx: Context, settled: Settled) -> None:
    """A gateway has an SMS: if it opened a choice, its window starts. For `Channel.on_delivered` of "sms"."""
    about = _about(settled.key)
    if about is None or about[2] is not NoticeKind.choice_open:
        return
    measure, cycle, _kind = about
    if await note_notice(ctx, measure, cycle, "sms", settled.at):
        await intend("Sms.delivered", by=SMS, at=settled.at, subject=("measure", measure))


async def sms_refused(ctx: Context, settled: Settled) -> None:
    """A number turned out useless: the executive body has to tell the person. For `Channel.on_refused`."""
    about = _about(settled.key)
    if about is None:
        return
    measure, cycle, kind = about
    row = await current(measure)
    if row["cycle"] == cycle and row["status"] not in _FINAL:
        await _give_task(ctx, row, kind)
        await intend("Sms.refused", by=SMS, at=settled.at, subject=("measure", measure))


def _about(key: str) -> tuple[Id, int, NoticeKind] | None:
    parts = key.split(":")
    if len(parts) != 4 or parts[0] != "measure":  # noqa: PLR2004 - measure:<id>:<cycle>:<kind>
        return None
    return parse_id(parts[1]), int(parts[2]), NoticeKind(parts[3])


async def note_notice(ctx: Context, measure: Id, cycle: int, channel: str, at: datetime) -> bool:
    """Note the first notice of a cycle, from which the two months run (p. 10); False: it changed nothing."""
    row = await current(measure)
    if row["cycle"] != cycle or row["notified_at"] is not None or row["status"] in _FINAL:
        return False
    changes = {
        "notified_at": at,
        "notice": {"channel": channel, "at": at, "outcome": str(NoticeResult.notified)},
        "window_ends_at": await window_end(row | {"notified_at": at}),
    }
    step = entry(ctx, MeasureStatus(row["status"]), "notified", cycle)
    changed = sure(await store.amend(row, changes, step))
    await announce_change(ctx, changed, "notified")
    return True


async def window_end(measure: Row) -> datetime | None:
    """When the choice ends by the rule in force: from the notice or the transfer; None before the notice."""
    if measure["notified_at"] is None or not has_notice(Programme(measure["programme"])):
        return None
    day = _day(measure["notified_at"])
    start = CountedFrom(await _rule("start", day))
    counted = measure["notified_at"] if start is CountedFrom.notice else measure["transferred_at"]
    term = date.fromisoformat(measure["term"]) if measure["term"] else None
    return choice_window_end(counted, await window_months(day), term)


async def window_months(day: date) -> int:
    """How many months a choice lasts, by the reference data of a day."""
    return int(await _rule("months", day))


async def _rule(code: str, day: date) -> Any:
    row = await reference_value(WINDOW, code, day)
    if row is None:
        raise LookupError(f"reference data have no {WINDOW}/{code} for {day}")
    return row["value"]


def _day(instant: datetime) -> date:
    return instant.astimezone(ASTANA).date()


async def complete_notice_task(ctx: Context, task: Id, outcome: NoticeOutcome, key: str) -> Row:
    """Record how the executive body told a person; the task comes back, open still if nobody was reached.

    NotFound for a task of another region, Refused `NOTICE_TASK_DONE` when it is done already.
    """
    outcome.check()

    async def work() -> Row:
        row = await task_for(ctx, task)
        changed = await tasks.add_attempt(row, outcome, ctx.viewer.key, ctx.now)
        if changed is None:
            raise Refused("NOTICE_TASK_DONE", ("input", "taskId"))
        await _announce_task(ctx, changed, "notice_task.changed")
        if outcome.result is NoticeResult.notified and row["notice"] == NoticeKind.choice_open:
            await note_notice(ctx, row["measure"], row["cycle"], str(outcome.method), ctx.now)
        return changed

    request = {"task": str(task), "result": outcome.result, "method": outcome.method, "note": outcome.note}
    return await once(ctx, "noticeTaskComplete", key, request, work)
