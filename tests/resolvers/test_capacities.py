"""Capacities: who the holder of a certificate may be on the portal."""

from datetime import timedelta

import pytest

from auth.viewer import ANONYMOUS
from documents import consents, participants, representations, suppliers
from documents.base import Row, collection, in_transaction, new_id
from documents.consents import SignedChallenge
from documents.identity import Capacity
from documents.reference import store_reference
from documents.representations import Stated
from domain.errors import Refused
from domain.identity import Role
from domain.representatives import AuthorityKind, Term
from domain.signatures import HolderRole, Signer
from domain.suppliers import SupplierKind
from resolvers.capacities import Entry, capacities_of
from resolvers.consents import statement
from tests.resolvers.stage import BIN, CERTIFIED, CONSENT, NOW, SOURCE, acting, rule, stored_supplier

IIN, WARD = "860615300123", "150611500123"
pytestmark = pytest.mark.usefixtures("database")


def signer(*roles: HolderRole, bin_: str | None = None) -> Signer:
    """What a certificate says."""
    return Signer(
        iin=IIN,
        bin=bin_,
        roles=frozenset(roles),
        serial="1",
        subject="CN=test",
        name="Тестов Тест",
        organisation=None,
        signed_at=NOW,
    )


async def entry(identifier: str, *, consent: bool = True) -> Entry:
    """What was entered and signed."""
    await store_reference([CONSENT])
    said = f"registration consent: {await statement(acting(ANONYMOUS), consent=consent)}\n"
    return Entry(identifier, consent, SignedChallenge(new_id(), said.encode(), b"cms"))


async def found(entered: Entry, who: Signer) -> list[Capacity]:
    """The capacities, found in a transaction as at sign-in."""
    return await in_transaction(lambda: capacities_of(acting(), entered, who))


async def refused(entered: Entry, who: Signer) -> Refused:
    """Why there is none."""
    with pytest.raises(Refused) as refusal:
        await found(entered, who)
    return refusal.value


async def known(iin: str) -> Row:
    """A person of whom the gateway told everything."""
    row = await participants.ensure(iin, NOW)
    await participants.fill(row["_id"], CERTIFIED, SOURCE)
    return row


async def test_one_person_with_many_capacities() -> None:
    """R-A1: one IIN may be participant and entrepreneur and head at once; nobody is registered unasked."""
    await known(IIN)
    await stored_supplier(IIN, SupplierKind.entrepreneur)
    await stored_supplier(BIN, SupplierKind.legal_entity)
    kinds = [rule("supplier_kind", kind, True) for kind in SupplierKind]
    await store_reference([*kinds, rule("oked_direction", "47741", ["tsr_sale"])])
    head = signer(HolderRole.head, bin_=BIN)
    assert (await refused(await entry(IIN, consent=False), head)).code == "CONSENT_REQUIRED"
    capacities = await found(await entry(IIN), head)
    assert [one.role for one in capacities] == [Role.participant, Role.supplier, Role.supplier]
    assert await collection("consents").count_documents({}) == 3
    again = await found(await entry(IIN, consent=False), head)
    assert again == capacities


async def test_registration_is_an_act_with_evidence() -> None:
    """R-A3: whoever registers leaves the signed words, their version, an audit intent and an event."""
    row = await known(IIN)
    entered = await entry(IIN)
    await found(entered, signer())
    (kept,) = await consents.of(row["_id"])
    assert (kept["version"], kept["language"], kept["given_at"]) == (1, "ru", NOW)
    assert await consents.opened(kept) == entered.signed
    (intent,) = await collection("audit_intents").find({"act": "Participant.register"}).to_list()
    assert (intent["role"], intent["actor"], intent["subject"]) == (
        "participant",
        str(row["_id"]),
        row["_id"],
    )
    assert intent["details"]["consent"] == str(kept["_id"])
    assert await collection("events").count_documents({"kind": "participant.registered"}) == 1
    await found(await entry(IIN), signer())
    assert await collection("consents").count_documents({}) == 1


async def test_what_is_missing_is_named() -> None:
    """R-A3: without a record, or with half of one, the refusal names what the gateway has to send."""
    nothing = await refused(await entry(IIN), signer())
    assert nothing.params["name_en"] == "the record of a person (name, birth date, sex, identity document)"
    organisation = await refused(await entry(BIN), signer(HolderRole.head, bin_=BIN))
    assert "supplier" in str(organisation.params["name_en"])
    row = await participants.ensure(IIN, NOW)
    await participants.fill(row["_id"], {"name": CERTIFIED["name"], "sex": "male"}, SOURCE)
    half = await refused(await entry(IIN), signer())
    assert (half.code, half.params["name_en"]) == ("GATEWAY_RECORD_MISSING", "birth date, identity document")
    assert await collection("consents").count_documents({}) == 0


async def test_a_ward_is_registered_by_the_representative() -> None:
    """R-A6: a ward's cabinet is opened with the representative's consent, on behalf of the ward."""
    guardian, ward = await known(IIN), await known(WARD)
    stranger = await participants.ensure("160611500121", NOW)  # of whom the gateway told nothing
    for other in (ward, stranger):
        term = Term(NOW - timedelta(days=1), None, None)
        stated = Stated(guardian["_id"], other["_id"], AuthorityKind.guardian, "x", term)
        await representations.authorise(stated, SOURCE)
    await participants.register(guardian["_id"], NOW, acting().language)
    assert [one.subject for one in await found(await entry(IIN, consent=False), signer())] == [
        guardian["_id"]
    ]
    capacities = await found(await entry(IIN), signer())
    assert [(one.subject, one.representative) for one in capacities] == [
        (guardian["_id"], None),
        (ward["_id"], guardian["_id"]),
    ]
    (intent,) = await collection("audit_intents").find({"act": "Participant.register"}).to_list()
    assert (intent["actor"], intent["on_behalf_of"]) == (str(guardian["_id"]), str(ward["_id"]))


@pytest.mark.parametrize("roles", [(HolderRole.employee,), (HolderRole.hr,), (HolderRole.financial,), ()])
async def test_who_does_not_bind_the_organisation(roles: tuple[HolderRole, ...]) -> None:
    """R-A7: only its head and whoever has the right to sign act for a legal entity."""
    await stored_supplier(BIN, SupplierKind.legal_entity)
    refusal = await refused(await entry(BIN), signer(*roles, bin_=BIN))
    assert refusal.code == "CERTIFICATE_NOT_ENTITLED"


@pytest.mark.parametrize("roles", [(HolderRole.individual,), (HolderRole.legal_entity, HolderRole.head)])
async def test_a_machine_is_nobody(roles: tuple[HolderRole, ...]) -> None:
    """R-A1: the certificate of an information system signs nobody in, whosever number it carries."""
    await known(IIN)
    machine = signer(*roles, HolderRole.information_system, bin_=BIN if len(roles) > 1 else None)
    assert (await refused(await entry(IIN), machine)).code == "CERTIFICATE_OF_A_SYSTEM"
    assert await collection("consents").count_documents({}) == 0


async def test_a_branch_is_no_supplier() -> None:
    """R-A7: the certificate of a branch acts for nobody, though its organisation is a supplier."""
    await stored_supplier(BIN, SupplierKind.legal_entity)
    branch = BIN[:5] + "1" + BIN[6:]
    assert (await refused(await entry(branch), signer(HolderRole.head, bin_=branch))).code == (
        "BRANCH_NOT_A_SUPPLIER"
    )


async def test_a_kind_without_a_rule() -> None:
    """R-A7: a kind that no rule admits today may not register."""
    await stored_supplier(IIN, SupplierKind.assistant)
    refusal = await refused(await entry(IIN), signer())
    assert (refusal.code, refusal.params["basis"]) == ("SUPPLIER_KIND_NOT_ADMITTED", "—")


async def test_a_kind_that_is_closed() -> None:
    """R-A7: reference data may close the portal to a kind altogether, registered or not."""
    row = await stored_supplier(IIN, SupplierKind.assistant)
    await suppliers.register(row["_id"], NOW, [])
    await store_reference([rule("supplier_standing", "assistant", "closed")])
    refusal = await refused(await entry(IIN), signer())
    assert (refusal.code, refusal.params["basis"]) == ("SUPPLIER_KIND_CLOSED", "№ 73, п. 13")


async def test_a_supplier_consents_too() -> None:
    """R-A7: a supplier is registered with consent only, and its time is kept."""
    row = await stored_supplier(BIN, SupplierKind.legal_entity)
    await store_reference([rule("supplier_kind", "legal_entity", True)])
    head = signer(HolderRole.head, bin_=BIN)
    assert (await refused(await entry(BIN, consent=False), head)).code == "CONSENT_REQUIRED"
    await found(await entry(BIN), head)
    opened = await suppliers.get(row["_id"])
    assert opened is not None
    assert (opened["registered_at"], opened["consent_at"]) == (NOW, NOW)
    assert [one["subject"] for one in await consents.of(row["_id"])] == [row["_id"]]
    assert await collection("audit_intents").count_documents({"act": "Supplier.register"}) == 1
