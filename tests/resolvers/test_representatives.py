"""Representatives: shown to the two people, found and ended by staff."""

from datetime import date, timedelta

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents import participants, representations
from documents.base import Id, Row, collection, new_id
from documents.encryption import vault
from documents.representations import Stated
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused
from domain.evidence import ERASED_TEXT
from domain.identifiers import synthetic_iin
from domain.identity import Role
from domain.representatives import AuthorityKind, Term
from domain.suppliers import SupplierKind
from domain.texts import Language
from resolvers import representatives as acts
from tests.documents.encryption.test_vault import change
from tests.resolvers.stage import BIN, CERTIFIED, NOW, PUBLIC, SOURCE, acting, stored_supplier

pytestmark = pytest.mark.usefixtures("database")
IIN = synthetic_iin(date(1983, 9, 2), male=False, serial=50)
WARD = synthetic_iin(date(2015, 6, 11), male=True, serial=51)
REASON = "Решение суда от 01.03.2026"
HOME = {"address": {"region": "71", "text": "Астана"}}
ADMINISTRATOR = Viewer(Role.administrator, new_id())
ASTANA, ALMATY = (Viewer(Role.executive_body, new_id(), region=region) for region in ("71", "75"))


async def pair() -> tuple[Row, Row, Id]:
    """A guardian, a ward of Astana, and the authority."""
    guardian, ward = [await participants.ensure(iin, NOW) for iin in (IIN, WARD)]
    for row, surname in ((guardian, "Оспанова"), (ward, "Оспанов")):
        told = CERTIFIED | {"name": {"surname": surname, "given": "Тест"}} | HOME
        await participants.fill(row["_id"], told, SOURCE)
    term = Term(NOW - timedelta(days=1), None, None)
    stated = Stated(guardian["_id"], ward["_id"], AuthorityKind.guardian, "Постановление", term)
    row_id = await representations.authorise(stated, SOURCE)
    assert row_id is not None
    return guardian, ward, row_id


async def test_the_two_people_see_it() -> None:
    """R-A6: the ward and the representative see whose authority it is; strangers and staff see no name of it."""
    guardian, ward, row = await pair()
    found = await representations.get(row)
    assert found is not None
    for viewer in (
        Viewer(Role.participant, guardian["_id"]),
        Viewer(Role.participant, ward["_id"]),
        Viewer(Role.participant, ward["_id"], representative=guardian["_id"]),
    ):
        ctx = acting(viewer)
        assert await acts.name_of(ctx, found, "ward") == "Оспанов Тест"
        assert await acts.name_of(ctx, found, "representative") == "Оспанова Тест"
        assert await acts.basis(ctx, found) == "Постановление"
    for stranger in (Viewer(Role.participant, new_id()), ANONYMOUS, Viewer(Role.contact_centre, new_id())):
        with pytest.raises(AccessDenied):
            await acts.name_of(acting(stranger), found, "ward")


async def test_whom_one_may_act_for() -> None:
    """R-A6: wards are listed for a person acting for themselves, representatives for the ward."""
    guardian, ward, row = await pair()
    own = acting(Viewer(Role.participant, guardian["_id"]))
    assert [one["_id"] for one in await acts.wards(own)] == [row]
    on_behalf = acting(Viewer(Role.participant, ward["_id"], representative=guardian["_id"]))
    assert await acts.wards(on_behalf) == await acts.wards(acting(ASTANA)) == []
    assert [one["_id"] for one in await acts.representatives_of(on_behalf, ward)] == [row]
    with pytest.raises(AccessDenied):
        await acts.representatives_of(own, ward)


async def test_staff_find_an_authority_with_a_reason() -> None:
    """R-J2: staff of the region and administrators find it, and the reading is noted with its sealed reason."""
    _, ward, row = await pair()
    for viewer in (ASTANA, ADMINISTRATOR):
        found = await acts.found(acting(viewer), WARD, REASON)
        assert [one["_id"] for one in found] == [row]
        assert await acts.name_for_staff(acting(viewer), found[0], "representative") == "Оспанова Тест"
    intents = await collection("audit_intents").find({}).to_list()
    assert [(one["act"], one["subject"]) for one in intents] == [
        ("Query.representations.read", ward["_id"])
    ] * 2
    assert REASON not in str(intents)


async def test_staff_of_another_region_find_nothing() -> None:
    """R-J3: another region's executive body gets the answer it would get for somebody unknown; others none."""
    _, _, row = await pair()
    elsewhere = await acts.found(acting(ALMATY), WARD, REASON)
    assert elsewhere == await acts.found(acting(ALMATY), IIN, REASON) == []
    noted = [one["subject"] async for one in collection("audit_intents").find({})]
    assert noted == [None, None]
    found = await representations.get(row)
    assert found is not None
    with pytest.raises(AccessDenied):
        await acts.name_for_staff(acting(ALMATY), found, "ward")
    for viewer in (ANONYMOUS, Viewer(Role.participant, new_id()), Viewer(Role.contact_centre, new_id())):
        with pytest.raises(AccessDenied):
            await acts.found(acting(viewer), WARD, REASON)
    with pytest.raises(InvalidInput, match="TOO_SHORT"):
        await acts.found(acting(ASTANA), WARD, "x")
    assert await collection("audit_intents").count_documents({}) == 2


@pytest.mark.parametrize("viewer", [ASTANA, ADMINISTRATOR], ids=["executive body", "administrator"])
async def test_an_authority_is_ended(viewer: Viewer) -> None:
    """R-A6: staff end an authority with a reason; the event goes to both people, the audit knows why."""
    guardian, ward, row = await pair()
    ended = await acts.revoke(acting(viewer), row, REASON, "revoke-00")
    assert (ended["revoked_at"], ended["revoked_by"]) == (NOW, str(viewer.role))
    assert await acts.revoke(acting(viewer), row, REASON, "revoke-00") == ended
    with pytest.raises(Refused, match="REPRESENTATION_OVER"):
        await acts.revoke(acting(viewer), row, REASON, "revoke-01")
    (event,) = await collection("events").find({}).to_list()
    assert set(event["topics"]) == {f"participant:{one['_id']}" for one in (ward, guardian)}
    written = [one["act"] async for one in collection("audit_intents").find({})]
    assert sorted(written) == ["Mutation.representationRevoke", "Representation.revoke"]


async def test_who_may_not_end_one() -> None:
    """R-J3: another region, the people themselves and other roles end nothing."""
    guardian, ward, row = await pair()
    for viewer, refusal in (
        (ALMATY, NotFound),
        (Viewer(Role.participant, ward["_id"]), AccessDenied),
        (Viewer(Role.participant, guardian["_id"]), AccessDenied),
        (Viewer(Role.authorised_body, new_id()), AccessDenied),
        (ANONYMOUS, AccessDenied),
    ):
        with pytest.raises(refusal):
            await acts.revoke(acting(viewer), row, REASON, "revoke-00")
    with pytest.raises(NotFound):
        await acts.revoke(acting(ADMINISTRATOR), new_id(), REASON, "revoke-00")
    assert len(await representations.wards_of(guardian["_id"], NOW)) == 1
    assert await collection("audit_intents").count_documents({}) == 0


async def test_whom_each_capacity_acts_as() -> None:
    """R-A6: a capacity is called by the ward's name, by the supplier's, or by nobody's."""
    _, ward, _ = await pair()
    supplier = await stored_supplier(BIN, SupplierKind.legal_entity)
    titles = await acts.titles(
        [
            {"role": Role.participant, "subject": ward["_id"]},
            {"role": Role.supplier, "subject": supplier["_id"]},
            {"role": Role.supplier, "subject": new_id()},
            {"role": Role.administrator, "subject": new_id()},
        ]
    )
    assert titles == [{"kk": "Оспанов Тест", "ru": "Оспанов Тест"}, PUBLIC["name"], None, None]


async def test_a_ward_who_was_erased() -> None:
    """R-J1: an authority over somebody erased is still listed, without the name."""
    guardian, ward, row = await pair()
    await change(ward["_id"], {"$set": {"keys": []}})
    vault().forget()
    found = await representations.get(row)
    assert found is not None
    own = acting(Viewer(Role.participant, guardian["_id"]))
    assert await acts.name_of(own, found, "ward") == ERASED_TEXT[Language.ru]
