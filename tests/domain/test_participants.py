"""Contacts: telephones, e-mail addresses and the codes that confirm them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.errors import InvalidInput
from domain.participants import CONTACTS, Contact, parse_code, parse_contact, parse_email


@pytest.mark.parametrize("written", ["+7 701 123 45 67", "8 (701) 123-45-67", "77011234567", "7011234567"])
def test_a_number_in_one_form(written: str) -> None:
    """R-A5: a telephone is kept as +7 and ten digits however it is written, the trunk 8 included."""
    assert parse_contact(Contact.phone, written, "input", "phone") == "+77011234567"


@pytest.mark.parametrize(
    "written", ["", "112", "+1 202 555 0100", "+7 701 123 45 678", "7011234567" * 9, "٧٠"]
)
def test_what_is_no_number(written: str) -> None:
    """R-A5: what is no number of Kazakhstan's plan is refused by its place."""
    with pytest.raises(InvalidInput) as refused:
        parse_contact(Contact.phone, written, "input", "phone")
    assert (refused.value.code, refused.value.path) == ("INVALID_PHONE", ("input", "phone"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Aigul.S@Example.KZ ", "Aigul.S@example.kz"),
        ("a+b@sub.domain.example", "a+b@sub.domain.example"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_an_address(written: str, kept: str) -> None:
    """R-A5: an address keeps its local part as written, its domain in small letters."""
    assert parse_contact(Contact.email, written, "input", "email") == kept


@pytest.mark.parametrize(
    "written",
    ["", "a", "a@b", "@example.kz", "a@.kz", "a..b@example.kz", ".a@example.kz", "a@-x.kz", "a b@example.kz",
     "a@example.kz\nBcc: b@example.kz", "a@example.kz,b@example.kz", "<a@example.kz>", "x" * 65 + "@example.kz",
     "a@" + "x" * 64 + ".kz", "a@" + "x." * 200 + "kz", "а@example.kz", "a@example.k"],
)  # fmt: skip
def test_what_is_no_address(written: str) -> None:
    """R-A5: headers, lists, bare hosts and addresses longer than mail allows are refused."""
    with pytest.raises(InvalidInput, match="INVALID_EMAIL"):
        parse_email(written, "input", "email")


@given(some.text(max_size=300))
def test_no_text_breaks_the_reader(written: str) -> None:
    """R-A5: whatever is written is an address of one line or is refused."""
    try:
        read = parse_email(written)
    except InvalidInput:
        return
    assert read.count("@") == 1
    assert not set(read) & set(" \r\n\t,;<>")


def test_a_code() -> None:
    """R-A5: a code is six digits, blanks around it don't matter."""
    assert parse_code(" 012345 ") == "012345"
    for wrong in ("", "12345", "1234567", "12345a", "１２３４５６", "9" * 1000):
        with pytest.raises(InvalidInput, match="INVALID_CODE"):
            parse_code(wrong, "input", "code")


def test_each_contact_has_its_way() -> None:
    """R-A5: each kind of contact has a channel and a field of its own."""
    assert set(CONTACTS) == set(Contact)
    rules = CONTACTS.values()
    assert len({rule.channel for rule in rules}) == len({rule.field for rule in rules}) == len(Contact)
