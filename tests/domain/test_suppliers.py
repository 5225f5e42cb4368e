"""Kinds of supplier and what the law lists for each (Order 73, p. 12)."""

from typing import Any

import pytest

from domain.errors import DomainError, InvalidInput
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.suppliers import (
    DETAILS,
    REQUIRED_DETAILS,
    SupplierKind,
    by_organisation,
    check_number,
    is_branch,
    read_details,
)
from domain.texts import catalogue
from tests.domain.particulars import BORN, FOUNDED, PARTICULARS, without

IIN = synthetic_iin(BORN, male=True, serial=1)
WHERE = ("supplier", "details")


def test_each_kind_has_its_particulars() -> None:
    """R-A7: each kind of p. 12 has particulars, each of them a name in every language."""
    assert set(DETAILS) == set(SupplierKind) == set(PARTICULARS)
    names = {f"particulars.{name}" for model in DETAILS.values() for name in model.model_fields}
    assert names - set(catalogue()) == set()


@pytest.mark.parametrize("kind", SupplierKind)
def test_the_whole_of_a_kind_is_read(kind: SupplierKind) -> None:
    """R-A7: a record with everything that p. 12 lists for its kind is read as it stands."""
    assert read_details(kind, PARTICULARS[kind], WHERE) == PARTICULARS[kind]


@pytest.mark.parametrize(
    ("kind", "item"), [(kind, item) for kind in SupplierKind for item in REQUIRED_DETAILS[kind]]
)
def test_what_a_kind_must_have(kind: SupplierKind, item: str) -> None:
    """R-A7: a record that lacks an item of its kind is refused by the place where it is missing."""
    with pytest.raises(InvalidInput) as refused:
        read_details(kind, without(PARTICULARS[kind], item), WHERE)
    assert (refused.value.code, refused.value.path) == ("MESSAGE_FIELD_MISSING", (*WHERE, item))


WRONG: list[tuple[SupplierKind, dict[str, Any], tuple[str | int, ...]]] = [
    (SupplierKind.legal_entity, {"address": {"region": "7", "text": "x"}}, ("address", "region")),
    (SupplierKind.legal_entity, {"full_name": {"ru": "x"}}, ("full_name", "kk")),
    (SupplierKind.legal_entity, {"short_name": {"ru": "x", "kk": ""}}, ("short_name", "kk")),
    (SupplierKind.legal_entity, {"head": {"surname": "А"}}, ("head", "given")),
    (SupplierKind.legal_entity, {"head": {"surname": "А", "given": "Б", "iin": "1"}}, ("head", "iin")),
    (SupplierKind.legal_entity, {"real_estate": []}, ("real_estate",)),
    (
        SupplierKind.legal_entity,
        {"real_estate": [{"right": "gift", "number": "1", "address": "x"}]},
        ("real_estate", 0, "right"),
    ),
    (
        SupplierKind.legal_entity,
        {"founders": [{"surname": "А", "given": "Б", "citizenship": "Kazakhstan"}]},
        ("founders", 0, "citizenship"),
    ),
    (
        SupplierKind.legal_entity,
        {"founders": [{"surname": "А", "given": "Б", "iin": IIN[:-1] + "x", "citizenship": "KZ"}]},
        ("founders", 0, "iin"),
    ),
    (SupplierKind.legal_entity, {"founders_count": None}, ()),
    (SupplierKind.legal_entity, {"founders_count": 1}, ()),
    (SupplierKind.legal_entity, {"activity": {"oked": "1"}}, ("activity", "oked")),
    (SupplierKind.legal_entity, {"registration": {"number": "1", "on": "2020-01-01"}}, ("registration",)),
    (SupplierKind.entrepreneur, {"registration": {"number": "1", "on": "today"}}, ("registration", "on")),
    (SupplierKind.entrepreneur, {"phone": "112"}, ("phone",)),
    (
        SupplierKind.assistant,
        {"no_psychiatric_record": {"confirmed": False, "on": "2020-01-01"}},
        ("no_psychiatric_record", "confirmed"),
    ),
]


@pytest.mark.parametrize(("kind", "change", "place"), WRONG)
def test_what_a_kind_can_not_have(
    kind: SupplierKind, change: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    """R-A7: a particular that is not as agreed is refused by its place and never by its value."""
    with pytest.raises(InvalidInput) as refused:
        read_details(kind, PARTICULARS[kind] | change, WHERE)
    assert refused.value.path == (*WHERE, *place)
    assert "value" not in refused.value.params


def test_organisations_among_the_founders() -> None:
    """R-A7: founders that are organisations count, though p. 12 lists no name of them."""
    stated = PARTICULARS[SupplierKind.legal_entity] | {"founders": [], "founders_count": 2}
    assert read_details(SupplierKind.legal_entity, stated, WHERE)["founders_count"] == 2


JOINT, ENTITY = synthetic_bin(FOUNDED, serial=1, entity_type=6), synthetic_bin(FOUNDED, serial=1)
FOREIGN = synthetic_bin(FOUNDED, serial=1, entity_type=5)
BRANCH = synthetic_bin(FOUNDED, serial=1, part=1)


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [
        (SupplierKind.legal_entity, ENTITY),
        (SupplierKind.legal_entity, FOREIGN),
        (SupplierKind.entrepreneur, JOINT),
        (SupplierKind.entrepreneur, IIN),
        (SupplierKind.assistant, IIN),
    ],
)
def test_numbers_of_each_kind(kind: SupplierKind, identifier: str) -> None:
    """R-A7: a legal entity has a BIN, a joint entrepreneur one of its own, everybody else an IIN."""
    check_number(kind, identifier, ("identifier",))
    assert by_organisation(identifier) == (identifier != IIN)


@pytest.mark.parametrize(
    ("kind", "identifier", "code"),
    [
        (SupplierKind.legal_entity, IIN, "INVALID_BIN"),
        (SupplierKind.legal_entity, JOINT, "INVALID_BIN"),
        (SupplierKind.legal_entity, "", "INVALID_BIN"),
        (SupplierKind.legal_entity, BRANCH, "BRANCH_NOT_A_SUPPLIER"),
        (SupplierKind.entrepreneur, ENTITY, "INVALID_IIN"),
        (SupplierKind.entrepreneur, IIN[:-1], "INVALID_IIN"),
        (SupplierKind.assistant, JOINT, "INVALID_IIN"),
    ],
)
def test_numbers_of_another_kind(kind: SupplierKind, identifier: str, code: str) -> None:
    """R-A7: a number of another kind, and that of a branch, is refused."""
    with pytest.raises(DomainError) as refused:
        check_number(kind, identifier, ("identifier",))
    assert (refused.value.code, refused.value.path) == (code, ("identifier",))


def test_branches() -> None:
    """R-A7: the sixth digit of a BIN tells branches and representative offices from organisations."""
    parts = [is_branch(synthetic_bin(FOUNDED, serial=1, part=part)) for part in (0, 1, 2, 4)]
    assert parts == [False, True, True, False]
