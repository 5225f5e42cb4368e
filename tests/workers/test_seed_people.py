"""Made-up suppliers, participants, measures and staff hold to the contracts of their partners."""

import json
from datetime import date

import pytest

from domain.identifiers import parse_bin, parse_iin, parse_phone
from domain.identity import STAFF, Role
from domain.measures import MeasureStatus
from domain.suppliers import REQUIRED_DETAILS, SupplierKind
from integrations.esobes import Statement
from integrations.gateway import Authority, Person, Supplier
from workers.seed.categories import load_categories
from workers.seed.demo import SEED, Demo, generate_demo
from workers.seed.measures import MeasurePlan
from workers.seed.named import DEMO_EXECUTIVE_BODY, DEMO_PARTICIPANT, DEMO_SUPPLIER_HEAD
from workers.seed.participants import ParticipantKind
from workers.seed.places import atlas
from workers.seed.suppliers import SeedSupplier, generate_suppliers

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The demonstration as of a fixed day."""
    return generate_demo(TODAY)


def check_supplier(supplier: SeedSupplier) -> None:
    """The record is what the gateway's contract takes, with everything its kind must have."""
    legal = supplier.kind is SupplierKind.legal_entity
    (parse_bin if legal else parse_iin)(supplier.identifier)
    parse_iin(supplier.head.iin)
    read = Supplier.model_validate(supplier.record)
    assert read.identifier == supplier.identifier
    assert set(REQUIRED_DETAILS[supplier.kind]) <= set(read.details)


def test_suppliers_are_complete(demo: Demo) -> None:
    """R-A7: 60 suppliers with all that p. 12 lists; assistants are entrepreneurs and organisations."""
    assert len(demo.suppliers) == len({each.identifier for each in demo.suppliers}) == 60
    assert len({each.name["ru"] for each in demo.suppliers}) == 60
    for supplier in (*demo.suppliers, demo.assistant):
        check_supplier(supplier)
    helpers = {each.kind for each in demo.suppliers if each.directions == ("assistant",)}
    assert helpers == {SupplierKind.legal_entity, SupplierKind.entrepreneur}
    assert demo.assistant.kind is SupplierKind.assistant
    assert demo.suppliers[0].head == DEMO_SUPPLIER_HEAD


def test_many_suppliers_are_all_different(demo: Demo) -> None:
    """A larger number of suppliers begins with the same ones and repeats no number."""
    many = generate_suppliers(1500, seed=SEED)
    assert many[:60] == demo.suppliers
    assert len({each.identifier for each in many}) == 1500


def test_participants_are_complete(demo: Demo) -> None:
    """R-A4: 40 people with what p. 6 lists; a few have no telephone, the guardian has a ward."""
    assert len(demo.participants) == len({each.person.iin for each in demo.participants}) == 40
    for participant in demo.participants:
        read = Person.model_validate(participant.record)
        if read.bmg_phone is not None:
            assert parse_phone(read.bmg_phone) == read.bmg_phone
    assert {each.kind for each in demo.participants} == set(ParticipantKind)
    assert 3 <= sum(not each.has_telephone for each in demo.participants) <= 8
    assert demo.participants[0].person == DEMO_PARTICIPANT
    known = {each.person.iin for each in demo.participants}
    for authority in demo.authorities:
        read_authority = Authority.model_validate(authority.record())
        assert {read_authority.representative, read_authority.ward} <= known


def test_nobody_has_the_number_of_another(demo: Demo) -> None:
    """People of all kinds have different IIN, organisations different BIN."""
    people = [each.person.iin for each in demo.participants]
    people += [each.person.iin for each in demo.staff]
    people += [each.head.iin for each in (*demo.suppliers, demo.assistant)]
    assert len(people) == len(set(people))


def test_measures_follow_the_contract(demo: Demo) -> None:
    """R-C2: every statement is one Е-Собес may send, about a category of its direction."""
    directions = {category.code: category.direction for category in load_categories()}
    for measure in demo.measures:
        read = Statement.model_validate_json(json.dumps(measure.statement))
        assert read.direction == directions[str(read.category)]
        assert read.iin == demo.participants[measure.participant].person.iin
        assert read.programme_date < measure.sent_on < TODAY
    assert len({measure.statement["id"] for measure in demo.measures}) == len(demo.measures)


def test_every_status_can_be_shown(demo: Demo) -> None:
    """Plans cover each status of a measure, a choice without notice, and a measure without a region."""
    plans = {measure.plan for measure in demo.measures}
    assert plans == set(MeasurePlan)
    assert len(plans) == len(MeasureStatus) + 1
    assert any(measure.statement["region"] is None for measure in demo.measures)


def test_planned_orders_find_a_listing(demo: Demo) -> None:
    """R-D1: what is to be ordered, or may be, exists in the person's region; assistants need group I."""
    for measure in demo.measures:
        wanted, someone = measure.statement, demo.participants[measure.participant]
        if wanted["category"] == "individual_assistant":
            assert someone.group == 1
            assert wanted["assistant_basis"] is True
        if measure.plan in {MeasurePlan.ordered, MeasurePlan.fulfilled}:
            assert someone.kind is ParticipantKind.disability
            offers = [each for each in demo.listings if each.category == wanted["category"]]
            assert any(wanted["region"] in each.regions for each in offers)


def test_staff_cover_every_region(demo: Demo) -> None:
    """One executive body for each region, and each other role of staff."""
    bodies = {each.region: each for each in demo.staff if each.role is Role.executive_body}
    assert bodies.keys() == atlas().places.keys()
    assert bodies["71"].person == DEMO_EXECUTIVE_BODY
    assert {each.role for each in demo.staff} == STAFF
    for employee in demo.staff:
        parse_iin(employee.person.iin)
