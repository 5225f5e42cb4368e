from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.identifiers import check_digit, parse_bin, parse_iin, parse_phone, synthetic_bin, synthetic_iin

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("number", ["009900000008", "009900030008", "061211600012", "850101300603"])
def test_issued_numbers_pass(number: str) -> None:
    """Known numbers pass, the last of them by the second pass of weights."""
    assert parse_iin(number) == number


def test_a_number_that_is_never_issued_has_no_check_digit() -> None:
    """Where both passes give ten, no twelfth digit exists."""
    assert check_digit("85010130069") is None
    assert all(refused("iin", f"85010130069{digit}") == "INVALID_IIN" for digit in range(10))


@pytest.mark.parametrize(
    "number",
    ["", "00990000000", "0099000000080", "009900000009", "00990000000a", " 09900000008", "٠٠٩٩٠٠٠٠٠٠٠٨"],
)
def test_other_texts_are_no_iin(number: str) -> None:
    """Wrong length, wrong check digit, letters, spaces and foreign digits are refused with the path."""
    with pytest.raises(InvalidInput) as caught:
        parse_iin(number, path=("input", "iin"))
    assert (caught.value.code, caught.value.path) == ("INVALID_IIN", ("input", "iin"))


def test_check_digits_can_be_spared_for_test_certificates() -> None:
    """The numbers in the authority's own test certificates fail the check digit and pass without it."""
    assert refused("iin", "123456789011") == "INVALID_IIN"
    assert refused("bin", "123456789021") == "INVALID_BIN"
    assert parse_iin("123456789011", check=False) == "123456789011"
    assert parse_bin("123456789021", check=False) == "123456789021"


def test_a_bin_tells_its_type_in_the_fifth_digit() -> None:
    """A BIN with type 4 passes, an IIN is no BIN."""
    assert parse_bin("700140000019") == "700140000019"
    assert refused("bin", "009900000008") == "INVALID_BIN"


@given(DAYS, st.booleans(), st.integers(0, 8999))
def test_made_up_iins_are_valid_and_tell_date_and_sex(born: date, male: bool, serial: int) -> None:
    """Each made-up IIN passes the check and follows the pattern of issued ones."""
    iin = parse_iin(synthetic_iin(born, male=male, serial=serial))
    assert iin[:6] == f"{born:%y%m%d}"
    assert int(iin[6]) % 2 == int(male)


@given(DAYS, st.sampled_from([4, 5, 6]), st.integers(0, 89_999))
def test_made_up_bins_are_valid(day: date, entity_type: int, serial: int) -> None:
    """Each made-up BIN passes the check."""
    parse_bin(synthetic_bin(day, serial=serial, entity_type=entity_type))


def test_serials_never_collide_and_end() -> None:
    """All serials of a day give different numbers, and there is none beyond the last."""
    born = date(1985, 1, 1)
    assert len({synthetic_iin(born, male=True, serial=serial) for serial in range(9000)}) == 9000
    for serial in (-1, 9000):
        with pytest.raises(ValueError, match="serial"):
            synthetic_iin(born, male=True, serial=serial)


@pytest.mark.parametrize(
    "written",
    [
        "+77011234567",
        "87011234567",
        "77011234567",
        "7011234567",
        "+7 (701) 123-45-67",
        "8\u00a0701\u2011123\u201145\u201167",
    ],
)
def test_phones_are_kept_in_one_form(written: str) -> None:
    """However a number is written, it is stored as E.164."""
    assert parse_phone(written) == "+77011234567"


@pytest.mark.parametrize(
    "written",
    ["", "+7701123456", "+770112345678", "+79161234567", "+1 701 123 4567", "7" * 99, "٨٧٠١١٢٣٤٥٦٧"],
)
def test_foreign_and_broken_phones_are_refused(written: str) -> None:
    """Only numbers of Kazakhstan's plan with ten digits pass."""
    with pytest.raises(InvalidInput, match="INVALID_PHONE"):
        parse_phone(written)


def refused(kind: str, value: str) -> str:
    """The code with which a number is refused."""
    with pytest.raises(InvalidInput) as caught:
        (parse_iin if kind == "iin" else parse_bin)(value)
    return caught.value.code
