"""Messages of the gateway: what they must carry."""

import json
from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.identifiers import synthetic_bin, synthetic_iin
from integrations.gateway import RecordType, read_message
from tests.api.portal import BORN, FOUNDED

IIN = synthetic_iin(BORN, male=True, serial=1)
BIN = synthetic_bin(FOUNDED, serial=1)
ADDRESS = {"region": "71", "text": "Астана", "kind": "legal"}
NAMES = {"kk": "Сынақ", "ru": "Проверка"}
PERSON: dict[str, Any] = {
    "iin": IIN,
    "name": {"surname": "Тестов", "given": "Тест"},
    "birth_date": "1986-06-15",
    "sex": "male",
    "document": {"number": "1", "issuer": "МВД", "issued": "2020-01-10"},
}
SUPPLIERS: dict[str, dict[str, Any]] = {
    "legal_entity": {
        "identifier": BIN,
        "kind": "legal_entity",
        "name": NAMES,
        "region": "71",
        "oked": "47741",
        "details": {
            "address": ADDRESS,
            "full_name": NAMES,
            "short_name": NAMES,
            "head": {"a": 1},
            "real_estate": [1],
        },
    },
    "entrepreneur": {
        "identifier": IIN,
        "kind": "entrepreneur",
        "name": NAMES,
        "region": "71",
        "details": {"address": ADDRESS, "person": {"a": 1}, "registration": {"number": "1"}},
    },
    "assistant": {
        "identifier": IIN,
        "kind": "assistant",
        "name": NAMES,
        "region": "71",
        "details": {"address": ADDRESS, "person": {"a": 1}, "no_psychiatric_record": {"confirmed": True}},
    },
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
    assert (read.kind, read.identifier) == (kind, record["identifier"])
    for missing in record["details"]:
        details = {name: value for name, value in record["details"].items() if name != missing}
        with pytest.raises(InvalidInput) as refused:
            read_message(message("supplier", record | {"details": details}))
        assert (refused.value.code, refused.value.path) == ("MESSAGE_FIELD", ("supplier",))


def test_a_number_of_the_wrong_kind() -> None:
    """R-A4: a legal entity has a BIN, everybody else an IIN; a wrong one is refused by its place."""
    wrong = [
        SUPPLIERS["legal_entity"] | {"identifier": IIN[:-1]},
        SUPPLIERS["assistant"] | {"identifier": "x"},
    ]
    for record in wrong:
        with pytest.raises(InvalidInput) as refused:
            read_message(message("supplier", record))
        assert refused.value.path == ("supplier", "identifier")


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
