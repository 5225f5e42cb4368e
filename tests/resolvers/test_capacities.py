"""Capacities: who the holder of a certificate may be on the portal."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents import identity, participants, staff, suppliers
from documents.reference import store_reference
from domain.errors import Refused
from domain.identity import Role
from domain.signatures import HolderRole, Signer
from domain.suppliers import SupplierKind
from resolvers.capacities import Entry, capacities_of, opened_directions
from tests.resolvers.stage import BIN, NOW, PUBLIC, acting, rule

IIN = "860615300123"
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


async def test_staff_need_the_certificate_of_their_organisation() -> None:
    """R-A1: an employee has the capacity with the organisation's certificate, and none with a personal one."""
    await staff.list_staff(participants.iin_index(IIN), BIN, Role.executive_body, "71", "Ибраева")
    found = await capacities_of(acting(), Entry(IIN, consent=False), signer(HolderRole.employee, bin_=BIN))
    assert [(one.role, one.region) for one in found] == [(Role.executive_body, "71")]
    with pytest.raises(Refused, match="GATEWAY_RECORD_MISSING"):
        await capacities_of(acting(), Entry(IIN, consent=True), signer())


async def test_one_person_with_many_capacities() -> None:
    """R-A1: one IIN may be participant and entrepreneur and head at once; nobody is registered unasked."""
    person = await participants.ensure(IIN, NOW)
    source = participants.FieldSource(record="r", at=NOW)
    await participants.fill(person["_id"], {"name": {"surname": "А", "given": "Б"}}, source, "71")
    await suppliers.store(IIN, SupplierKind.entrepreneur, {}, PUBLIC, "r", NOW)
    await suppliers.store(BIN, SupplierKind.legal_entity, {}, PUBLIC, "r", NOW)
    kinds = [rule("supplier_kind", kind, True) for kind in SupplierKind]
    await store_reference([*kinds, rule("oked_direction", "47741", ["tsr_sale"])])
    head = signer(HolderRole.head, bin_=BIN)
    with pytest.raises(Refused, match="CONSENT_REQUIRED"):
        await capacities_of(acting(), Entry(IIN, consent=False), head)
    found = await capacities_of(acting(), Entry(IIN, consent=True), head)
    assert [one.role for one in found] == [Role.participant, Role.supplier, Role.supplier]


async def test_directions_of_a_day() -> None:
    """R-B1: directions follow the main code by the reference data of the day; an assistant's follow the kind."""
    changed = date(2023, 9, 1)
    await store_reference([rule("oked_direction", "47741", ["tsr_sale"], changed)])
    row: dict[str, Any] = {"supplier_kind": "legal_entity", "oked": "47741"}
    before = acting(now=datetime(2023, 8, 31, 12, tzinfo=UTC))
    assert await opened_directions(acting(), row) == ["tsr_sale"]
    assert (
        await opened_directions(before, row) == await opened_directions(acting(), row | {"oked": None}) == []
    )
    assert await opened_directions(acting(), {"supplier_kind": "assistant"}) == ["assistant"]


async def test_a_kind_without_a_rule() -> None:
    """R-A7: a kind that no rule admits today may not register."""
    await suppliers.store(IIN, SupplierKind.assistant, {}, PUBLIC, "r", NOW)
    with pytest.raises(Refused, match="SUPPLIER_KIND_NOT_ADMITTED") as refused:
        await capacities_of(acting(), Entry(IIN, consent=True), signer())
    assert refused.value.params["basis"] == "—"
