"""Messages of the gateway: what they must carry."""

import json
from typing import Any

import pytest

from domain.errors import DomainError, InvalidInput
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.suppliers import REQUIRED_DETAILS, SupplierKind
from integrations.gateway import RecordType, read_message
from tests.domain.particulars import BORN, FOUNDED, PARTICULARS, without

IIN = synthetic_iin(BORN, male=True, serial=1)
BIN = synthetic_bin(FOUNDED, serial=1)
NAMES = {"kk": "Сынақ", "ru": "Проверка"}
PERSON: dict[str, Any] = {
    "iin": IIN,
    "name": {"surname": "Тестов", "given": "Тест"},
    "birth_date": "1986-06-15",
    "sex": "male",
    "document": {"number": "1", "issuer": "МВД", "issued": "2020-01-10"},
}
SUPPLIERS: dict[str, dict[str, Any]] = {
    kind.value: {
        "identifier": BIN if kind is SupplierKind.legal_entity else IIN,
        "kind": kind.value,
        "name": NAMES,
        "region": "71",
        "details": details,
    }
    for kind, details in PARTICULARS.items()
}


def message(type_: str, record: dict[str, Any], **changes: Any) -> bytes:
    """A message as bytes."""
    whole = {"message_id": "test-0001", "type": type_, "issued_at": "2026-01-05T06:00:00Z", type_: record}
    return json.dumps(whole | changes).encode()


@pytest.mark.parametrize("kind", sorted(SUPPLIERS))
def test_each_kind_of_supplier(kind: str) -> None:
    """R-A4: a record of each kind with the particulars of p. 12 is taken, and refused without any of them."""
    record = SUPPLIERS[kind]
    read = read_message(message("supplier", record)).supplier
    assert read is not None
    assert (read.kind, read.identifier, read.details) == (kind, record["identifier"], record["details"])
    for missing in REQUIRED_DETAILS[SupplierKind(kind)]:
        details = without(record["details"], missing)
        with pytest.raises(InvalidInput) as refused:
            read_message(message("supplier", record | {"details": details}))
        assert refused.value.path == ("supplier", "details", missing)


def test_a_number_of_the_wrong_kind() -> None:
    """R-A4: a legal entity has a BIN, everybody else an IIN; a wrong one is refused by its place."""
    branch = synthetic_bin(FOUNDED, serial=1, part=1)
    for record, code in (
        (SUPPLIERS["legal_entity"] | {"identifier": IIN}, "INVALID_BIN"),
        (SUPPLIERS["legal_entity"] | {"identifier": branch}, "BRANCH_NOT_A_SUPPLIER"),
        (SUPPLIERS["assistant"] | {"identifier": "x"}, "INVALID_IIN"),
    ):
        with pytest.raises(DomainError) as refused:
            read_message(message("supplier", record))
        assert (refused.value.code, refused.value.path) == (code, ("supplier", "identifier"))


AUTHORITY: dict[str, Any] = {
    "representative": IIN,
    "ward": synthetic_iin(BORN, male=False, serial=2),
    "authority": "guardian",
    "basis": "Постановление № 1",
    "valid_from": "2026-01-05T06:00:00Z",
}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"ward": IIN}, ()),
        ({"ward": "1"}, ("ward",)),
        ({"representative": "860615300000"}, ("representative",)),
        ({"authority": "friend"}, ("authority",)),
        ({"valid_from": "2026-01-05"}, ("valid_from",)),
        ({"valid_to": "2026-01-05T06:00:00Z"}, ()),
    ],
)
def test_authorities_that_can_not_be(change: dict[str, Any], place: tuple[str, ...]) -> None:
    """R-A6: an authority is of one real person over another, and lasts for a time."""
    assert read_message(message("authority", AUTHORITY)).authority is not None
    with pytest.raises(InvalidInput) as refused:
        read_message(message("authority", AUTHORITY | change))
    assert refused.value.path == ("authority", *place)


def test_a_message_that_carries_another_record() -> None:
    """R-A4: a message carries exactly the record it names."""
    for content in (
        message("person", PERSON, type="supplier"),
        message("person", PERSON, supplier=SUPPLIERS["assistant"]),
    ):
        with pytest.raises(InvalidInput):
            read_message(content)
    assert read_message(message("person", PERSON | {"bmg_phone": "+77011234567"})).type is RecordType.person


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff", b'{"message_id": 5}'])
def test_contents_that_are_no_message(content: bytes) -> None:
    """R-A4: what is no message is refused by a code."""
    with pytest.raises(InvalidInput) as refused:
        read_message(content)
    assert refused.value.code == "MESSAGE_FIELD"
