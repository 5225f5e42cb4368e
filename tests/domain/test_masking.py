"""How much of a person is shown, by what it is needed for."""

import pytest

from domain.masking import COVER, MASKS, Need, Personal, Shown, covered, masked, shown

IIN, PHONE = "800517300008", "+77011234577"


def test_the_table() -> None:
    """R-J3: the contact centre sees ends of numbers, an executive body a telephone only for a notice."""
    assert set(MASKS) == set(Need)
    phones = {need: shown(need, Personal.phone) for need in Need}
    assert phones == {
        Need.delivery: Shown.whole,
        Need.measure: Shown.hidden,
        Need.order: Shown.hidden,
        Need.notice: Shown.whole,
        Need.lookup: Shown.masked,
    }
    assert not [need for need in Need if shown(need, Personal.iin) is Shown.whole]
    assert shown(Need.delivery, Personal.iin) is Shown.hidden
    assert {need for need in Need if shown(need, Personal.address) is Shown.whole} == {
        Need.delivery,
        Need.notice,
    }


@pytest.mark.parametrize(
    ("what", "value", "seen"),
    [
        (Personal.iin, IIN, "••••••••0008"),
        (Personal.phone, PHONE, "+7••••••••77"),
        (Personal.name, "Ахметов", "А••••••"),
        (Personal.address, "Астана, 1", "•••••••••"),
        (Personal.iin, "1234567", "•••••••"),
        (Personal.iin, "12345678", "••••5678"),
        (Personal.phone, "+7", "••"),
        (Personal.name, "", ""),
    ],
)
def test_what_is_covered(what: Personal, value: str, seen: str) -> None:
    """R-J3: ends that tell a number from others stay, all else is covered; of short values nothing stays."""
    assert covered(what, value) == seen
    assert COVER not in value


def test_a_client_sees_how_much_it_sees() -> None:
    """R-J3: whole, masked and hidden are told apart, and hidden does not tell whether there is anything."""
    assert masked(Need.lookup, Personal.iin, IIN).shown is Shown.masked
    assert masked(Need.lookup, Personal.name, "Ахметов").text == "Ахметов"
    assert masked(Need.lookup, Personal.phone, None) == masked(Need.lookup, Personal.phone, None)
    assert masked(Need.lookup, Personal.phone, None).text is None
    assert masked(Need.order, Personal.phone, PHONE) == masked(Need.order, Personal.phone, None)
