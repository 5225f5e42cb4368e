"""Contacts corrected by the person, or by a representative whose authority allows it."""

import json
from asyncio import gather
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents import outbox, participants, representations
from documents.base import Id, Row, collection, database
from documents.reference import store_reference
from documents.representations import Stated
from domain.errors import AccessDenied, DomainError, IdempotencyConflict, InvalidInput, Refused
from domain.identity import Role
from domain.participants import CODE_LASTS, Contact
from domain.rate_limits import RateLimited
from domain.representatives import AuthorityKind, Term
from resolvers.context import Context
from resolvers.participants import change_contact, code_expiry, confirm_contact
from tests.resolvers.stage import CERTIFIED, NOW, SOURCE, acting, rule

pytestmark = pytest.mark.usefixtures("database")
IIN, GUARDIAN_IIN = "860615300123", "830902400019"
BMG, NEW, MAIL = "+77010000001", "+77770000002", "aigul@example.kz"


async def person(iin: str = IIN) -> Row:
    """A registered participant whose number is in БМГ."""
    row = await participants.ensure(iin, NOW)
    await participants.fill(row["_id"], CERTIFIED | {"bmg_phone": BMG}, SOURCE)
    await participants.register(row["_id"], NOW, acting().language)
    return row


def own(row: Row) -> Context:
    """The person, acting for themselves."""
    return acting(Viewer(Role.participant, row["_id"]))


async def sent(channel: str = "sms") -> Any:
    """The newest message of a channel, opened as the worker would."""
    claimed = await outbox.claim(channel, NOW, timedelta(seconds=1))
    assert claimed is not None
    said = await outbox.opened(claimed)
    await outbox.delivered(claimed, "r", NOW)
    return said


def code_in(said: Any) -> str:
    """The six digits of a message."""
    (found,) = [word.strip(".") for word in said["text"].split() if word.strip(".").isdigit()]
    return str(found)


async def refused(ctx: Context, contact: Contact, code: str, key: str = "confirm-0") -> DomainError:
    """Why a code confirms nothing."""
    with pytest.raises(DomainError) as refusal:
        await confirm_contact(ctx, contact, code, key)
    return refusal.value


@pytest.mark.parametrize(
    ("contact", "written", "kept", "channel", "field"),
    [
        (Contact.phone, "8 777 000 00 02", NEW, "sms", "confirmed_phone"),
        (Contact.email, "aigul@Example.KZ", MAIL, "email", "email"),
    ],
)
async def test_a_contact_is_changed_by_its_code(
    contact: Contact, written: str, kept: str, channel: str, field: str
) -> None:
    """R-A5: the code goes to the new contact, which counts only once it is given back; БМГ's stays beside it."""
    row = await person()
    ctx = own(row)
    before = await change_contact(ctx, contact, written, "change-00")
    assert before.get(field) is None
    assert await code_expiry(ctx, before, contact) == NOW + CODE_LASTS
    said = await sent(channel)
    assert (said["to"], said["language"]) == (kept, "ru")
    changed = await confirm_contact(ctx, contact, code_in(said), "confirm-0")
    assert await participants.revealed(changed, field) == kept
    assert (await participants.phones(changed)).bmg == BMG
    assert await code_expiry(ctx, changed, contact) is None
    again = await confirm_contact(ctx, contact, code_in(said), "confirm-0")
    assert again["_id"] == row["_id"]
    acts = [one["act"] async for one in collection("audit_intents").find({}).sort("_id", 1)]
    assert acts == [f"Mutation.participant{contact.title()}{act}" for act in ("Change", "Confirm")]
    assert await collection("events").count_documents({"kind": "participant.changed"}) == 1


async def test_wrong_codes_are_counted() -> None:
    """R-A5: each wrong code costs one of five tries, for good; then the right one is refused, nothing changed."""
    row = await person()
    ctx = own(row)
    await change_contact(ctx, Contact.phone, NEW, "change-00")
    code = code_in(await sent())
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    told = [await refused(ctx, Contact.phone, wrong, f"confirm-{number}") for number in range(6)]
    assert [(one.code, one.params.get("left")) for one in told] == [
        *(("CODE_WRONG", left) for left in (4, 3, 2, 1, 0)),
        ("CODE_GONE", None),
    ]
    assert (await refused(ctx, Contact.phone, code, "confirm-9")).code == "CODE_GONE"
    found = await participants.get(row["_id"])
    assert found is not None
    assert found["confirmed_phone"] is None


async def test_codes_are_not_guessed_in_parallel() -> None:
    """R-A5: of twenty guesses at once five are tried at most, and the right one confirms once at most."""
    row = await person()
    ctx = own(row)
    await change_contact(ctx, Contact.phone, NEW, "change-00")
    code = int(code_in(await sent()))
    guesses = [f"{(code + 1 + number) % 10**6:06d}" for number in range(20)]
    told = await gather(
        *(refused(ctx, Contact.phone, guess, f"guess-{guess}") for guess in guesses),
    )
    assert sorted(one.code for one in told) == ["CODE_GONE"] * 15 + ["CODE_WRONG"] * 5
    await change_contact(ctx, Contact.phone, NEW, "change-01")
    right = code_in(await sent())
    done = await gather(
        *(confirm_contact(ctx, Contact.phone, right, f"confirm-{number}") for number in range(10)),
        return_exceptions=True,
    )
    lost = [one for one in done if isinstance(one, Refused)]
    assert ({one.code for one in lost}, len(lost)) == ({"CODE_GONE"}, 9)
    assert await collection("events").count_documents({"kind": "participant.changed"}) == 1


async def test_codes_that_confirm_nothing() -> None:
    """R-A5: a code that expired, was replaced, is another kind's or another person's confirms nothing."""
    row, other = await person(), await person(GUARDIAN_IIN)
    ctx = own(row)
    await change_contact(ctx, Contact.phone, NEW, "change-00")
    first = code_in(await sent())
    later = replace(ctx, now=NOW + CODE_LASTS)
    assert (await refused(later, Contact.phone, first)).code == "CODE_GONE"
    assert (await refused(ctx, Contact.email, first)).code == "CODE_GONE"
    assert (await refused(own(other), Contact.phone, first)).code == "CODE_GONE"
    await change_contact(ctx, Contact.phone, "+77770000003", "change-01")
    second = code_in(await sent())
    if first != second:  # pragma: no branch - one in a million
        assert (await refused(ctx, Contact.phone, first)).code == "CODE_WRONG"
    changed = await confirm_contact(ctx, Contact.phone, second, "confirm-1")
    assert (await participants.phones(changed)).preferred == "+77770000003"
    with pytest.raises(IdempotencyConflict):
        await confirm_contact(ctx, Contact.phone, "000000", "confirm-1")


async def test_codes_are_not_sent_without_end() -> None:
    """R-A5: five codes an hour for one person, and for one number whoever asks; further ones send nothing."""
    ctx, other = own(await person()), own(await person(GUARDIAN_IIN))
    for number in range(5):
        await change_contact(ctx, Contact.phone, NEW, f"change-0{number}")
    for who, value in ((ctx, "+77770000009"), (other, NEW)):
        with pytest.raises(RateLimited):
            await change_contact(who, Contact.phone, value, "change-99")
    assert await collection("outbox").count_documents({}) == 5


async def test_what_can_not_be_a_contact() -> None:
    """R-A5: what is no number, no address and no code is refused by its place, and nothing is sent."""
    ctx = own(await person())
    for contact, value in ((Contact.phone, "112"), (Contact.email, "aigul@")):
        with pytest.raises(InvalidInput) as wrong:
            await change_contact(ctx, contact, value, "change-00")
        assert wrong.value.path == ("input", contact.value)
        assert (await refused(ctx, contact, "12 345")).code == "INVALID_CODE"
    assert await collection("outbox").count_documents({}) == 0


@pytest.mark.parametrize("viewer", [ANONYMOUS, Viewer(Role.supplier, Id()), Viewer(Role.administrator, Id())])
async def test_nobody_else_changes_a_contact(viewer: Viewer) -> None:
    """R-J3: whoever is no participant changes no contact, and nothing is sent."""
    with pytest.raises(AccessDenied):
        await change_contact(acting(viewer), Contact.phone, NEW, "change-00")
    assert await collection("outbox").count_documents({}) == 0


@pytest.mark.parametrize(
    ("kind", "rules", "code"),
    [
        (AuthorityKind.guardian, True, None),
        (AuthorityKind.custodian, False, "AUTHORITY_LACKS_CONTACTS"),
        (AuthorityKind.guardian, None, "AUTHORITY_LACKS_CONTACTS"),
        (None, True, "AUTHORITY_ENDED"),
    ],
)
async def test_a_representative_and_the_wards_contact(
    kind: AuthorityKind | None, rules: bool | None, code: str | None
) -> None:
    """R-A6: reference data say which authority lets change a ward's contacts; the audit names both people."""
    ward, guardian = await person(), await person(GUARDIAN_IIN)
    if rules is not None:
        await store_reference([rule("authority_right", f"{one}.contacts", rules) for one in AuthorityKind])
    if kind is not None:
        stated = Stated(guardian["_id"], ward["_id"], kind, "x", Term(NOW, None, None))
        await representations.authorise(stated, SOURCE)
    ctx = acting(Viewer(Role.participant, ward["_id"], representative=guardian["_id"]))
    if code is not None:
        with pytest.raises(AccessDenied, match=code):
            await change_contact(ctx, Contact.phone, NEW, "change-00")
        assert await collection("outbox").count_documents({}) == 0
        return
    await change_contact(ctx, Contact.phone, NEW, "change-00")
    await confirm_contact(ctx, Contact.phone, code_in(await sent()), "confirm-0")
    found = await participants.get(ward["_id"])
    assert found is not None
    assert (await participants.phones(found)).confirmed == NEW
    whose = [(one["actor"], one["on_behalf_of"]) async for one in collection("audit_intents").find({})]
    assert whose == [(str(guardian["_id"]), str(ward["_id"]))] * 2


async def test_nothing_is_written_in_clear() -> None:
    """R-J1: neither the new contact nor the code stands in any collection."""
    ctx = own(await person())
    await change_contact(ctx, Contact.email, MAIL, "change-00")
    stored = ""
    for name in await database().list_collection_names():
        stored += json.dumps(await collection(name).find({}).to_list(), default=repr)
    code = code_in(await sent("email"))
    assert MAIL not in stored
    assert f'"{code}"' not in stored
    with pytest.raises(Refused):
        await confirm_contact(ctx, Contact.phone, code, "confirm-0")
