"""Who is told what, by which means, and when the two months begin."""

from datetime import UTC, datetime, timedelta

import pytest

from documents.base import Row, collection, in_transaction
from documents.outbox import Claimed, claim, opened
from documents.reference import store_reference
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused
from domain.measures import NoticeMethod, NoticeOutcome, NoticeResult
from domain.texts import Language, text
from resolvers.measures import complete_notice_task, notice_task, notice_tasks, sms_delivered, sms_refused
from tests.resolvers.measures.conftest import (
    World,
    everything,
    executive_body,
    participant,
    reference,
    rows,
)

BMG, CONFIRMED = "+77010000001", "+77020000002"
REACHED = NoticeOutcome(NoticeResult.notified, NoticeMethod.in_person, "Передано соседке Айгуль")


async def _sms(world: World) -> list[tuple[str, str]]:
    sent = []
    while found := await claim("sms", world.now, timedelta(minutes=1)):
        sent.append(_number_and_text(found, await opened(found)))
    return sent


def _number_and_text(_claimed: Claimed, payload: object) -> tuple[str, str]:
    assert isinstance(payload, dict)
    return payload["to"], payload["text"]


async def _one(name: str) -> Row:
    (row,) = await rows(name)
    return row


@pytest.mark.parametrize(
    ("bmg", "confirmed", "numbers", "task"),
    [
        (BMG, None, [BMG], False),
        (BMG, CONFIRMED, [CONFIRMED], False),
        (None, CONFIRMED, [CONFIRMED], True),
        (None, None, [], True),
    ],
)
async def test_the_number_in_bmg_decides(
    world: World, bmg: str | None, confirmed: str | None, numbers: list[str], *, task: bool
) -> None:
    """R-C3: a number in БМГ means SMS; none means a task, and an SMS too where the person confirmed a number."""
    await world.person(bmg=bmg, confirmed=confirmed)
    await world.say(world.message())
    expected = text("notifications.choice_open", Language.ru, months=2)
    assert await _sms(world) == [(number, expected) for number in numbers]
    assert len(await rows("notice_tasks", region="71", notice="choice_open")) == task


async def test_the_window_begins_once_the_sms_is_delivered(world: World) -> None:
    """R-C4: two calendar months after the day of notice in Astana, to the end of that day; set once."""
    await world.person(bmg=BMG)
    await world.say(world.message())
    assert (await _one("measures"))["window_ends_at"] is None
    world.now = datetime(2026, 3, 11, 19, 30, tzinfo=UTC)  # already 12 March in Astana
    await world.deliver_sms()
    measure = await _one("measures")
    assert measure["notified_at"] == world.now
    assert measure["window_ends_at"] == datetime(2026, 5, 12, 19, 0, tzinfo=UTC)
    assert (measure["notice"]["channel"], measure["history"][-1]["code"]) == ("sms", "notified")

    world.now += timedelta(days=3)
    (sms,) = await rows("outbox", channel="sms")
    await in_transaction(lambda: sms_delivered(world.context(), world.settled(sms)))
    assert await _one("measures") == measure


async def test_other_text_messages_start_no_window(world: World) -> None:
    """R-C4: only the notice of an open choice counts; other text messages pass by."""
    await world.person(bmg=BMG)
    await world.say(world.message())
    (sms,) = await rows("outbox", channel="sms")
    before = await everything()
    for key in ("contact:5", sms["key"].replace("choice_open", "choice_blocked")):
        await in_transaction(
            lambda key=key: sms_delivered(world.context(), world.settled(sms | {"key": key}))  # type: ignore[misc]
        )
    await in_transaction(lambda: sms_refused(world.context(), world.settled(sms | {"key": "contact:5"})))
    assert await everything() == before


async def test_the_start_of_counting_can_be_switched(world: World) -> None:
    """R-C4: the second sentence's instant, the transfer, is stored and may be what counts."""
    await store_reference([reference("choice_window", "start", "transfer")])
    await world.person(bmg=BMG)
    await world.say(world.message())
    world.now += timedelta(days=20)
    await world.deliver_sms()
    assert (await _one("measures"))["window_ends_at"] == datetime(2026, 5, 10, 19, 0, tzinfo=UTC)


async def test_an_earlier_term_of_the_measure_ends_the_window(world: World) -> None:
    """R-C4: the measure's own term ends the choice if it is earlier, also when it changes later."""
    await world.person(bmg=BMG)
    await world.say(world.message(term="2026-04-01"))
    await world.deliver_sms()
    assert (await _one("measures"))["window_ends_at"] == datetime(2026, 4, 1, 19, 0, tzinfo=UTC)
    await world.say(world.message(revision=2, term="2026-12-31"))
    assert (await _one("measures"))["window_ends_at"] == datetime(2026, 5, 10, 19, 0, tzinfo=UTC)


async def test_a_number_that_does_not_work_becomes_a_task(world: World) -> None:
    """R-C3: an SMS that the gateway refuses for good is told by the executive body instead, once."""
    await world.person(bmg=BMG)
    await world.say(world.message())
    (sms,) = await rows("outbox", channel="sms")
    for _ in range(2):
        await in_transaction(lambda: sms_refused(world.context(), world.settled(sms)))
    assert (await _one("notice_tasks"))["region"] == "71"


async def test_a_useless_number_of_a_measure_that_ended_matters_no_more(world: World) -> None:
    """R-C3: nobody has to be told of a measure that was withdrawn meanwhile, nor does a window begin."""
    await world.person(bmg=BMG)
    await world.say(world.message())
    await world.say(world.message("measure_withdrawn", 2))
    (sms,) = await rows("outbox", channel="sms")
    before = await everything()
    await in_transaction(lambda: sms_refused(world.context(), world.settled(sms)))
    await in_transaction(lambda: sms_delivered(world.context(), world.settled(sms)))
    assert await everything() == before


async def test_without_reference_data_no_window_is_guessed(world: World) -> None:
    """R-C4: the term is never a constant in code: without its row there is an error, and nothing is written."""
    await world.person(bmg=BMG)
    await world.say(world.message())
    await collection("reference").delete_many({"type": "choice_window"})
    before = await everything()
    with pytest.raises(LookupError, match="choice_window/start"):
        await world.deliver_sms()
    assert await everything() == before


async def test_a_completed_task_starts_the_window(world: World) -> None:
    """R-C3: the executive body records the outcome; the note is sealed, and the two months begin."""
    await world.person()
    await world.say(world.message())
    ctx = world.context(executive_body("71"))
    (task,) = (await notice_tasks(ctx, 10, None)).rows
    failed = NoticeOutcome(NoticeResult.not_reached, NoticeMethod.telephone)
    still_open = await complete_notice_task(ctx, task["_id"], failed, "key-00001")
    assert still_open["open"]
    assert (await _one("measures"))["notified_at"] is None

    done = await complete_notice_task(ctx, task["_id"], REACHED, "key-00002")
    assert [attempt["result"] for attempt in done["attempts"]] == ["not_reached", "notified"]
    measure = await _one("measures")
    assert (measure["notice"]["channel"], measure["notified_at"]) == ("in_person", world.now)
    assert "Айгуль" not in repr(await everything())
    assert (await notice_tasks(ctx, 10, None)).rows == []

    before = await everything()
    await complete_notice_task(ctx, task["_id"], REACHED, "key-00002")
    with pytest.raises(Refused, match="NOTICE_TASK_DONE"):
        await complete_notice_task(ctx, task["_id"], REACHED, "key-00003")
    assert await everything() == before


async def test_a_task_is_only_the_regions_own(world: World) -> None:
    """R-C3: another region, the participant and a note too long leave the task as it is."""
    await world.person()
    await world.say(world.message())
    task, measure = await _one("notice_tasks"), await _one("measures")
    before = await everything()
    with pytest.raises(NotFound):
        await complete_notice_task(world.context(executive_body("75")), task["_id"], REACHED, "key-00001")
    with pytest.raises(NotFound):
        await notice_task(world.context(participant({"_id": measure["participant"]})), task["_id"])
    with pytest.raises(AccessDenied):
        await notice_tasks(world.context(), 10, None)
    long = NoticeOutcome(NoticeResult.notified, NoticeMethod.letter, "a" * 1001)
    with pytest.raises(InvalidInput, match="TOO_LONG"):
        await complete_notice_task(world.context(executive_body("71")), task["_id"], long, "key-00001")
    assert await everything() == before
