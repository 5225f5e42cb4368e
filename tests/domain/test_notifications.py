"""Notices: complete in three languages, short, and silent about the person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notifications import MOST_SEGMENTS, Notice, render, segments
from domain.texts import Language


@given(
    notice=st.sampled_from(Notice),
    language=st.sampled_from(Language),
    months=st.integers(1, 99),
    until=st.dates(date(2000, 1, 1), date(2999, 12, 31)),
    code=st.from_regex(r"[0-9]{6}", fullmatch=True),
)
def test_every_notice_fits_two_parts(
    notice: Notice, language: Language, months: int, until: date, code: str
) -> None:
    """R-H: every notice in every language fits two parts of a text message, whatever its values."""
    assert 1 <= segments(render(notice, language, months=months, until=until, code=code)) <= MOST_SEGMENTS


def test_day_is_written_for_people() -> None:
    """The last day is written as people of the country write it."""
    assert "31.01.2027" in render(Notice.choice_ending, Language.ru, until=date(2027, 1, 31))


def test_value_may_not_be_forgotten() -> None:
    """A notice without its value is an error, never a text with a hole."""
    with pytest.raises(KeyError):
        render(Notice.choice_open, Language.kk)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_network_counts(message: str, expected: int) -> None:
    """The limits of the basic alphabet and of UCS-2 stand exactly where the standard puts them."""
    assert segments(message) == expected
