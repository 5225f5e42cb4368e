"""Messages of Е-Собес."""

import asyncio
from typing import Any

import pytest

from documents.base import collection
from documents.measures import messages
from documents.measures.records import names_of
from domain.errors import AccessDenied, DomainError, InvalidInput, Refused
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.measures import MeasureStatus
from domain.signatures import SignatureRefused
from integrations.development_ca import sign_cms
from resolvers.measures import receive
from tests.resolvers.measures.conftest import IIN, REGISTERED, World, everything, rows

OTHER_BIN = synthetic_bin(REGISTERED, serial=2)


async def test_a_measure_arrives_with_everything_it_says(world: World) -> None:
    """R-C2: person, name, programme date and term arrive by a signed message, whose original is kept."""
    message = world.message(term="2026-12-31", quantity=2, assistant_basis=True)
    answer = await world.say(message)

    (measure,) = await rows("measures")
    (kept,) = await rows("messages")
    assert (answer.outcome, answer.duplicate, answer.measure) == ("accepted", False, measure["_id"])
    assert await names_of(measure) == {"ru": "Кресло-коляска комнатная", "kk": "Бөлмелік кресло-арба"}
    assert measure["status"] == MeasureStatus.choice_open
    assert [step["code"] for step in measure["history"]] == ["measure_assigned"]
    assert (measure["programme_date"], measure["term"], measure["quantity"]) == (
        "2026-02-01",
        "2026-12-31",
        2,
    )
    assert measure["transferred_at"] == world.now
    assert b"ES-1" in await messages.original_of(kept)


async def test_a_measure_name_is_not_readable_in_the_database(world: World) -> None:
    """R-C2: what a person needs is sealed everywhere, in the measure, the message and the outbox."""
    await world.person(bmg="+77010000001")
    await world.say(world.message())
    stored = repr(await everything())
    assert "Кресло" not in stored
    assert "7701" not in stored
    assert IIN not in stored


async def test_a_message_sent_three_times_counts_once(world: World) -> None:
    """R-C2: the same message gets the same answer each time and is written once."""
    await world.person(bmg="+77010000001")
    message = world.message()
    first = await world.say(message)
    before = await everything()
    again = [await world.say(message) for _ in range(2)]
    assert await everything() == before
    assert {(one.outcome, one.measure) for one in again} == {(first.outcome, first.measure)}
    assert [one.duplicate for one in again] == [True, True]


async def test_parallel_deliveries_of_a_message_count_once(world: World) -> None:
    """R-C2: ten deliveries of one message at the same time leave one measure, one message and one SMS."""
    await world.person(bmg="+77010000001")
    cms = world.signed(world.message())
    answers = await asyncio.gather(*(receive(world.context(), cms) for _ in range(10)))
    assert sum(not answer.duplicate for answer in answers) == 1
    assert [len(await rows(name)) for name in ("measures", "messages")] == [1, 1]
    assert len(await rows("outbox", channel="sms")) == 1


async def test_parallel_first_messages_about_a_person_make_one_person(world: World) -> None:
    """R-C2: ten measures of a person nobody knew, at the same time, all arrive."""
    sent = [world.signed(world.message(id=f"ES-{number}")) for number in range(10)]
    await asyncio.gather(*(receive(world.context(), cms) for cms in sent))
    assert [len(await rows(name)) for name in ("measures", "participants")] == [10, 1]


async def test_an_identifier_is_never_used_for_another_message(world: World) -> None:
    """R-C2: a replayed identifier with other content is refused and leaves nothing behind."""
    message = world.message()
    await world.say(message)
    before = await everything()
    with pytest.raises(Refused, match="MESSAGE_ID_REUSED"):
        await world.say(world.message(revision=2) | {"message_id": message["message_id"]})
    assert await everything() == before


async def test_an_overtaken_message_changes_nothing(world: World) -> None:
    """R-C2: a message older than what is known is acknowledged, kept and ignored."""
    late = world.message(revision=1, quantity=1)
    await world.say(world.message(revision=2, quantity=2))
    answer = await world.say(late)
    (measure,) = await rows("measures")
    assert answer.outcome == "ignored"
    assert (measure["quantity"], measure["revision"], measure["version"]) == (2, 2, 1)
    assert len(await rows("messages")) == 2


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
async def test_the_order_of_arrival_does_not_decide_the_end(world: World, order: str) -> None:
    """R-C2: assigned, withdrawn and reactivated end in the same measure whichever comes first."""
    types = ("measure_assigned", "measure_withdrawn", "measure_reactivated")
    sent = [world.message(type_, revision) for revision, type_ in enumerate(types, 1)]
    for place in order:
        await world.say(sent[int(place)])
    (measure,) = await rows("measures")
    assert (measure["status"], measure["revision"]) == (MeasureStatus.choice_open, 3)
    assert measure["withdrawn_at"] is None


async def test_a_withdrawn_measure_ends(world: World) -> None:
    """R-C2: Е-Собес may take a measure back; its open tasks are closed with it."""
    await world.say(world.message())
    await world.say(world.message("measure_withdrawn", 2))
    (measure,) = await rows("measures")
    (task,) = await rows("notice_tasks")
    assert measure["status"] == MeasureStatus.ended
    assert task["open"] is False


async def test_an_update_keeps_the_status(world: World) -> None:
    """R-C2: a newer statement of the same measure changes its details, not the choice."""
    await world.say(world.message())
    await world.say(world.message(revision=2, name={"ru": "Другое"}, term="2026-04-01"))
    (measure,) = await rows("measures")
    assert await names_of(measure) == {"ru": "Другое"}
    assert (measure["status"], measure["cycle"], measure["term"]) == (
        MeasureStatus.choice_open,
        1,
        "2026-04-01",
    )


async def test_a_region_comes_from_the_message_the_address_or_by_hand(world: World) -> None:
    """R-C2: without a region the one in the address; without either the queue for manual assignment."""
    other = synthetic_iin(REGISTERED, male=False, serial=1)
    await world.person()
    said: list[dict[str, Any]] = [{}, {"region": None}, {"region": None, "iin": other}]
    for number, changes in enumerate(said):
        await world.say(world.message(id=f"ES-{number}", **changes))
    assert [measure["region"] for measure in await rows("measures")] == ["71", "75", None]


def _foreign(world: World) -> bytes:
    stranger = world.authority.information_system("stranger", bin_=OTHER_BIN, organisation="Чужая система")
    return world.signed(world.message(), stranger)


def _person(world: World) -> bytes:
    head = world.authority.entity(
        "head", IIN, "Иванов", "Иван", bin_=next(iter(world.services.esobes_bins)), organisation="Е-Собес"
    )
    return world.signed(world.message(), head)


def _changed(world: World) -> bytes:
    return world.signed(world.message()).replace(b"ES-1", b"ES-2")


def _detached(world: World) -> bytes:
    return sign_cms(world.esobes, b"{}", when=world.now, attached=False)


def _login_key(world: World) -> bytes:
    return sign_cms(world.esobes, b"{}", when=world.now, key="auth")


@pytest.mark.parametrize(
    ("forged", "error", "code"),
    [
        (_foreign, AccessDenied, "PARTNER_UNKNOWN"),
        (_person, AccessDenied, "PARTNER_UNKNOWN"),
        (_changed, SignatureRefused, "SIGNATURE_OF_OTHER_CONTENT"),
        (_detached, SignatureRefused, "SIGNATURE_OF_OTHER_CONTENT"),
        (_login_key, SignatureRefused, "CERTIFICATE_PURPOSE"),
        (lambda _world: b"no signature", SignatureRefused, "SIGNATURE_UNREADABLE"),
        (lambda _world: b"0" * 70_000, SignatureRefused, "SIGNATURE_TOO_LARGE"),
    ],
)
async def test_only_the_system_of_esobes_is_heard(
    world: World, forged: Any, error: type[DomainError], code: str
) -> None:
    """R-I: another system, a person of Е-Собес, a changed body and a wrong key are refused without a trace."""
    before = await everything()
    with pytest.raises(error) as caught:
        await receive(world.context(), forged(world))
    assert caught.value.code == code
    assert await everything() == before


async def test_a_revoked_certificate_is_not_heard(world: World) -> None:
    """R-I: a system whose certificate was revoked is refused without a trace."""
    revoked = world.authority.information_system("revoked", bin_=OTHER_BIN, organisation="Отозванная")
    world.authority.revoke(revoked, world.now)
    with pytest.raises(SignatureRefused, match="CERTIFICATE_REVOKED"):
        await receive(world.context(), world.signed(world.message(), revoked))
    assert await rows("measures") == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"iin": "123456789012"}, "INVALID_IIN", ("measure", "iin")),
        ({"iin": 5}, "MESSAGE_FIELD", ("measure", "iin")),
        ({"region": "99"}, "UNKNOWN_REGION", ("measure", "region")),
        ({"quantity": 0}, "MESSAGE_FIELD", ("measure", "quantity")),
        ({"quantity": "2"}, "MESSAGE_FIELD", ("measure", "quantity")),
        ({"programme_date": "2026-02-30"}, "MESSAGE_FIELD", ("measure", "programme_date")),
        ({"id": {"$ne": None}}, "MESSAGE_FIELD", ("measure", "id")),
        ({"$where": "1"}, "MESSAGE_FIELD", ("measure", "$where")),
        ({"name": {"ru": "a" * 301}}, "MESSAGE_FIELD", ("measure", "name", "ru")),
        ({"name": {"ru": "a\u0000b"}}, "MESSAGE_FIELD", ("measure", "name", "ru")),
    ],
)
async def test_a_field_that_breaks_the_contract_is_named(
    world: World, changes: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    """R-I: a wrong field is refused with its path, and nothing is written."""
    before = await everything()
    with pytest.raises(InvalidInput) as caught:
        await world.say(world.message(**changes))
    assert (caught.value.code, caught.value.path) == (code, path)
    assert await everything() == before


async def test_a_message_that_is_not_canonical_is_refused(world: World) -> None:
    """R-I: the same document in other bytes is no message, so that a digest is one."""
    cms = sign_cms(world.esobes, b'{"contract": "komek.esobes/1"}', when=world.now)
    with pytest.raises(InvalidInput, match="MESSAGE_NOT_CANONICAL"):
        await receive(world.context(), cms)


async def test_a_measure_stays_with_its_person(world: World) -> None:
    """R-C2: a later message can't hand a measure to somebody else."""
    await world.say(world.message())
    before = await collection("measures").find_one({})
    with pytest.raises(Refused, match="MEASURE_OF_ANOTHER_PERSON"):
        await world.say(world.message(revision=2, iin=synthetic_iin(REGISTERED, male=True, serial=3)))
    assert await collection("measures").find_one({}) == before
    assert len(await rows("participants")) == 1


async def test_services_for_the_elderly_are_shown_without_a_term(world: World) -> None:
    """R-C1: recommended services of an elderly participant arrive; notice and the two months are not theirs."""
    await world.person(bmg="+77010000001")
    await world.say(
        world.message(
            "services_recommended", programme="elderly_services", direction="special_social_services"
        )
    )
    (measure,) = await rows("measures")
    assert measure["programme"] == "elderly_services"
    assert await rows("outbox", channel="sms") == await rows("notice_tasks") == []


async def test_a_region_that_becomes_known_takes_the_task_along(world: World) -> None:
    """R-C2: what was to be told before anybody knew the region goes to its executive body with the region."""
    other = synthetic_iin(REGISTERED, male=False, serial=1)
    await world.say(world.message(region=None, iin=other))
    assert [task["region"] for task in await rows("notice_tasks")] == [None]
    await world.say(world.message(revision=2, region="71", iin=other))
    assert [task["region"] for task in await rows("notice_tasks")] == ["71"]
    assert [measure["region"] for measure in await rows("measures")] == ["71"]
    told = [event for event in await rows("events") if event["kind"] == "notice_task.changed"]
    assert [event["topics"] for event in told] == [["region:71"]]
