"""Records of the gateway: signed by a state body, kept as signed, read into cabinets, once each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auth.viewer import Viewer
from documents import participants, representations, suppliers
from documents.base import collection, in_transaction
from documents.reference import store_reference
from domain.audit import system_actor
from domain.canonical import canonical_bytes
from domain.categories import Direction
from domain.errors import AccessDenied, InvalidInput, Refused
from domain.identity import Role
from domain.signatures import SignatureRefused
from integrations.development_ca import DevelopmentAuthority, Identity, sign_cms
from integrations.signatures import LocalX509Verifier
from resolvers.context import Context
from resolvers.participants import own, receive_gateway_record, register
from tests.resolvers.stage import NOW, acting, rule
from workers.seed.cast import SEED
from workers.seed.named import AUTHORISED_BODY_BIN, DEMO_GUARDIAN, DEMO_PARTICIPANT, DEMO_WARD, GATEWAY_BIN
from workers.seed.participants import authorities, generate_participants
from workers.seed.suppliers import generate_suppliers

pytestmark = pytest.mark.usefixtures("database")
KEPT = ("gateway_records", "participants", "suppliers", "representations", "audit_intents", "events")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    """Certificates for state bodies and for somebody else."""
    return DevelopmentAuthority(Path(tmp_path_factory.mktemp("authority")))


@pytest.fixture
def gateway(authority: DevelopmentAuthority) -> Identity:
    """The state body's information system."""
    return authority.information_system("gateway", bin_=GATEWAY_BIN, organisation="Орган")


@pytest.fixture
def ctx(authority: DevelopmentAuthority) -> Context:
    """A message's context: signatures are really verified, one state body is known."""
    plain = acting()
    verifier = LocalX509Verifier([authority.root], authority.revocation())
    services = replace(plain.services, signatures=verifier, state_body_bins=frozenset({GATEWAY_BIN}))
    return replace(plain, services=services)


def message(
    kind: str, record: Mapping[str, Any], message_id: str = "test-message-1", at: datetime = NOW
) -> bytes:
    """A message with one record."""
    said: dict[str, Any] = {
        "message_id": message_id,
        "type": kind,
        "issued_at": at.isoformat(),
        kind: dict(record),
    }
    return canonical_bytes(said)


def signed(identity: Identity, content: bytes) -> bytes:
    """The message as it comes in."""
    return sign_cms(identity, content, when=NOW)


def person() -> dict[str, Any]:
    """The record of the first demo participant."""
    return generate_participants(1, seed=SEED)[0].record


async def counts() -> list[int]:
    """How much is kept."""
    return [await collection(name).count_documents({}) for name in KEPT]


async def test_a_person_comes_in_once(ctx: Context, gateway: Identity) -> None:
    """R-A4: the record fills the cabinet, each field with its source; the same message again changes nothing."""
    content = message("person", person())
    first = await receive_gateway_record(ctx, signed(gateway, content))
    row = await participants.by_iin(DEMO_PARTICIPANT.iin)
    assert row is not None
    assert (await participants.revealed(row, "name"))["surname"] == DEMO_PARTICIPANT.surname
    source = row["sources"]["name"]
    assert (source["at"], source["received_at"], source["body"]) == (NOW, NOW, GATEWAY_BIN)
    (original,) = await collection("gateway_records").find({}).to_list()
    assert source["record"] == str(original["_id"])
    (intent,) = await collection("audit_intents").find({}).to_list()
    assert (intent["act"], intent["role"], intent["actor"]) == ("Gateway.record", "system", "gateway")
    assert intent["details"] == {"kind": "person", "record": source["record"], "written": True}
    before = await counts()
    again = await receive_gateway_record(ctx, signed(gateway, content))
    assert (first.new, again.new) == (True, False)
    assert await counts() == before


async def test_another_content_under_the_same_id_is_refused(ctx: Context, gateway: Identity) -> None:
    """A message id names one content for good."""
    await receive_gateway_record(ctx, signed(gateway, message("person", person())))
    before = await counts()
    other = message("supplier", generate_suppliers(1, seed=SEED)[0].record)
    with pytest.raises(Refused, match="MESSAGE_ID_REUSED"):
        await receive_gateway_record(ctx, signed(gateway, other))
    assert await counts() == before


async def test_a_supplier_comes_in(ctx: Context, gateway: Identity) -> None:
    """R-A7: what p. 12 lists is kept under seal, the name is public, nothing is open before registration."""
    seed = generate_suppliers(1, seed=SEED)[0]
    await receive_gateway_record(ctx, signed(gateway, message("supplier", seed.record)))
    row = await suppliers.by_identifier(seed.identifier)
    assert row is not None
    assert (row["name"], row["directions"], row["registered_at"]) == (dict(seed.name), [], None)
    assert (await suppliers.details(row))["full_name"] == seed.record["details"]["full_name"]


async def test_an_authority_comes_in(ctx: Context, gateway: Identity) -> None:
    """R-A6: a dated authority makes the guardian the representative of the ward, from its first instant on."""
    await receive_gateway_record(ctx, signed(gateway, message("authority", authorities()[0].record())))
    guardian = await participants.by_iin(DEMO_GUARDIAN.iin)
    ward = await participants.by_iin(DEMO_WARD.iin)
    assert guardian is not None
    assert ward is not None
    assert [row["_id"] for row in await representations.wards_of(guardian["_id"], NOW)] == [ward["_id"]]
    assert await representations.wards_of(guardian["_id"], NOW.replace(year=2023)) == []


async def test_only_state_bodies_send_records(
    ctx: Context, authority: DevelopmentAuthority, gateway: Identity
) -> None:
    """R-A4: another organisation, a person of the state body, and a broken signature change nothing."""
    content = message("person", person())
    stranger = authority.information_system("stranger", bin_=AUTHORISED_BODY_BIN, organisation="Чужая")
    clerk = authority.entity("clerk", DEMO_GUARDIAN.iin, "А", "Б", bin_=GATEWAY_BIN, organisation="Орган")
    for identity in (stranger, clerk):
        with pytest.raises(AccessDenied, match="NOT_A_STATE_BODY"):
            await receive_gateway_record(ctx, signed(identity, content))
    with pytest.raises(SignatureRefused):
        await receive_gateway_record(ctx, signed(gateway, content)[:-1] + b"\0")
    assert await counts() == [0] * len(KEPT)


@pytest.mark.parametrize(
    "change",
    [{"iin": "880417410003"}, {"sex": "other"}, {"bmg_phone": "12"}, {"unknown": "field"}],
    ids=["check digit", "sex", "phone", "field"],
)
async def test_records_that_cannot_be_read_leave_nothing(
    ctx: Context, gateway: Identity, change: dict[str, str]
) -> None:
    """A record with a wrong field is refused by the field's name, and nothing of it is kept."""
    with pytest.raises(InvalidInput):
        await receive_gateway_record(ctx, signed(gateway, message("person", person() | change)))
    assert await counts() == [0] * len(KEPT)


async def test_nobody_has_no_cabinet(ctx: Context) -> None:
    """Work that nobody asked for acts for no participant."""
    assert await own(ctx) is None


async def test_a_newer_record_of_a_registered_supplier(ctx: Context, gateway: Identity) -> None:
    """R-B1: a registered supplier keeps its cabinet; a new main code of activity opens other directions."""
    seed = generate_suppliers(1, seed=SEED)[0]
    await receive_gateway_record(ctx, signed(gateway, message("supplier", seed.record)))
    row = await suppliers.by_identifier(seed.identifier)
    assert row is not None
    await store_reference([rule("oked_direction", "86103", ["sanatorium"])])
    await suppliers.register(row["_id"], NOW, [Direction.tsr_sale])
    newer = message("supplier", seed.record | {"oked": "86103"}, "test-message-2")
    await receive_gateway_record(ctx, signed(gateway, newer))
    row = await suppliers.by_identifier(seed.identifier)
    assert row is not None
    assert (row["directions"], row["registered_at"]) == (["sanatorium"], NOW)


async def test_records_that_come_in_the_wrong_order(ctx: Context, gateway: Identity) -> None:
    """R-A4: an older record of a person or supplier is kept as signed, and overwrites nothing newer."""
    seed, before = generate_suppliers(1, seed=SEED)[0], NOW - timedelta(days=1)
    newer = person() | {"name": {"surname": "Новая", "given": "Айгүл"}}
    for content in (
        message("person", newer, "newer-person"),
        message("supplier", seed.record | {"oked": "86103"}, "newer-supplier"),
        message("person", person(), "older-person", before),
        message("supplier", seed.record, "older-supplier", before),
    ):
        await receive_gateway_record(ctx, signed(gateway, content))
    row = await participants.by_iin(DEMO_PARTICIPANT.iin)
    assert row is not None
    assert (await participants.revealed(row, "name"))["surname"] == "Новая"
    supplier = await suppliers.by_identifier(seed.identifier)
    assert supplier is not None
    assert supplier["oked"] == "86103"
    assert await collection("gateway_records").count_documents({}) == 4
    written = [row["details"]["written"] async for row in collection("audit_intents").find({})]
    assert written == [True, True, False, False]


async def test_a_record_of_the_future(ctx: Context, gateway: Identity) -> None:
    """R-A4: a record issued more than ten minutes from now is refused, or it would outdo every true one."""
    late = message("person", person(), "ahead-00001", NOW + timedelta(minutes=10, seconds=1))
    before = await counts()
    with pytest.raises(InvalidInput, match="MESSAGE_OF_THE_FUTURE") as refused:
        await receive_gateway_record(ctx, signed(gateway, late))
    assert (refused.value.path, await counts()) == (("issued_at",), before)
    within = message("person", person(), "ahead-00002", NOW + timedelta(minutes=10))
    assert (await receive_gateway_record(ctx, signed(gateway, within))).new


async def test_two_state_bodies(ctx: Context, authority: DevelopmentAuthority, gateway: Identity) -> None:
    """R-A4: each body numbers its own messages; of two bodies the newer record of a field holds, and is named."""
    services = replace(ctx.services, state_body_bins=frozenset({GATEWAY_BIN, AUTHORISED_BODY_BIN}))
    both = replace(ctx, services=services)
    other = authority.information_system("another", bin_=AUTHORISED_BODY_BIN, organisation="Другой орган")
    renamed = person() | {"name": {"surname": "Новая", "given": "Айгүл"}}
    older = NOW - timedelta(days=1)
    assert (await receive_gateway_record(both, signed(gateway, message("person", person(), at=older)))).new
    assert (await receive_gateway_record(both, signed(other, message("person", renamed)))).new
    assert not (await receive_gateway_record(both, signed(other, message("person", renamed)))).new
    with pytest.raises(Refused, match="MESSAGE_ID_REUSED"):
        await receive_gateway_record(both, signed(other, message("person", person())))
    row = await participants.by_iin(DEMO_PARTICIPANT.iin)
    assert row is not None
    assert (await participants.revealed(row, "name"))["surname"] == "Новая"
    assert row["sources"]["name"]["body"] == AUTHORISED_BODY_BIN


async def test_an_authority_is_revoked_and_stays_so(ctx: Context, gateway: Identity) -> None:
    """R-A6: a later record ends the authority; an older one that comes after it brings nothing back."""
    stated = authorities()[0].record()
    revoked = stated | {"revoked_at": NOW.isoformat()}
    earlier, first = NOW - timedelta(days=2), NOW - timedelta(days=1)
    for number, (record, at) in enumerate(
        [(stated, first), (revoked, NOW), (stated, earlier), (stated, NOW)]
    ):
        content = message("authority", record, f"authority-{number}", at)
        await receive_gateway_record(ctx, signed(gateway, content))
    (row,) = await collection("representations").find({}).to_list()
    assert (row["revoked_at"], row["revoked_by"], row["source"]["at"]) == (NOW, "gateway", NOW)
    guardian = await participants.by_iin(DEMO_GUARDIAN.iin)
    assert guardian is not None
    assert await representations.wards_of(guardian["_id"], NOW) == []
    assert len(await representations.wards_of(guardian["_id"], NOW - timedelta(seconds=1))) == 1
    assert await collection("events").count_documents({"kind": "representation.changed"}) == 3


async def test_demonstration_people_are_registered_once(ctx: Context, gateway: Identity) -> None:
    """R-A3: people of the demonstration are registered without a signature, which the audit says; and only once."""
    await receive_gateway_record(ctx, signed(gateway, message("person", person())))
    row = await participants.by_iin(DEMO_PARTICIPANT.iin)
    assert row is not None
    for _ in range(2):
        await in_transaction(lambda: register(ctx, row, system_actor("seed"), None))
    (intent,) = await collection("audit_intents").find({"act": "Participant.register"}).to_list()
    assert intent["details"] == {"consent": "demonstration"}
    seen = await own(acting(Viewer(Role.participant, row["_id"])))
    assert seen is not None
    assert (seen["registered_at"], seen["language"]) == (NOW, "ru")
