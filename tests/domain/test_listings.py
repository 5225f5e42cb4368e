"""The card of a listing: steps between statuses, limits of fields, fingerprint."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, Refused
from domain.listings import (
    DESCRIPTION_MAX,
    NEXT,
    PRICE_MAX,
    REGIONS_MAX,
    TITLE_MAX,
    TITLE_MIN,
    Card,
    ListingAction,
    ListingStatus,
    advance,
    allowed_actions,
    check_card,
    content_hash,
)
from domain.texts import Language, text

REGIONS = {"71", "75", "79"}


def checked(
    *,
    title: dict[str, str | None] | None = None,
    description: dict[str, str | None] | None = None,
    price: int | None = 100,
    regions: Sequence[str] = ("71",),
    complete: bool = True,
) -> Card:
    """A good card with one field replaced."""
    return check_card(
        title={"kk": "Арба", "ru": "Коляска"} if title is None else title,
        description={"kk": "Жеңіл.", "ru": "Лёгкая."} if description is None else description,
        price=price,
        regions=regions,
        known_regions=REGIONS,
        complete=complete,
    )


def problems(refusal: InvalidInput) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths, after making sure that each has its text in every language."""
    for issue in refusal.issues:
        assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
    return [(issue.code, issue.path) for issue in refusal.issues]


@given(st.sampled_from(ListingStatus), st.sampled_from(ListingAction))
def test_only_the_table_moves_a_listing(status: ListingStatus, action: ListingAction) -> None:
    """R-B4: a step outside the table is refused with the status it was tried from."""
    if (status, action) in NEXT:
        assert action in allowed_actions(status)
        assert advance(status, action) is NEXT[status, action]
        return
    assert action not in allowed_actions(status)
    with pytest.raises(Refused) as refusal:
        advance(status, action)
    assert refusal.value.code == "TRANSITION_REFUSED"
    assert refusal.value.params == {"status": status.value}


def test_every_status_has_a_name() -> None:
    """Each status can be told to a person in the three languages."""
    assert all(
        text(f"statuses.listing_{status}", language) for status in ListingStatus for language in Language
    )


def test_good_card_is_normalised() -> None:
    """Spaces around texts go, letters are composed, regions are sorted."""
    card = checked(title={"kk": " Арба ", "ru": "Кои\u0306ка\nновая", "en": None}, regions=("79", "71"))
    assert card["title"] == {"kk": "Арба", "ru": "Койка новая"}
    assert card["regions"] == ["71", "79"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("title", {"ru": "Коляска"}, ("MISSING_TRANSLATION", ("title", "kk"))),
        ("title", {"kk": "Арба", "ru": "  "}, ("MISSING_TRANSLATION", ("title", "ru"))),
        ("title", {"kk": "Арба", "ru": "а" * (TITLE_MAX + 1)}, ("TOO_LONG", ("title", "ru"))),
        ("title", {"kk": "Арба", "ru": "а" * (TITLE_MIN - 1)}, ("TOO_SHORT", ("title", "ru"))),
        ("title", {"kk": "Арба", "ru": "Коляска\x00"}, ("NOT_TEXT", ("title", "ru"))),
        ("title", {"kk": "Арба", "ru": "Коляска \ud800"}, ("NOT_TEXT", ("title", "ru"))),
        ("description", {"kk": "а", "ru": "а" * (DESCRIPTION_MAX + 1)}, ("TOO_LONG", ("description", "ru"))),
        ("description", {"kk": "а"}, ("MISSING_TRANSLATION", ("description", "ru"))),
        ("price", None, ("PRICE_REQUIRED", ("price",))),
        ("price", 0, ("PRICE_OUT_OF_RANGE", ("price",))),
        ("price", PRICE_MAX + 1, ("PRICE_OUT_OF_RANGE", ("price",))),
        ("price", 10**400, ("PRICE_OUT_OF_RANGE", ("price",))),
        ("regions", (), ("REGION_REQUIRED", ("regions",))),
        ("regions", ("71", "00"), ("UNKNOWN_REGION", ("regions", 1))),
        ("regions", ("71", "$where"), ("UNKNOWN_REGION", ("regions", 1))),
        ("regions", ("71", "71"), ("DUPLICATE_REGION", ("regions", 1))),
        ("regions", ("71",) * (REGIONS_MAX + 1), ("TOO_MANY_REGIONS", ("regions",))),
    ],
)
def test_bad_field_is_named(field: str, value: object, expected: tuple[str, tuple[str, ...]]) -> None:
    """R-B4: one bad field gives one issue with its path."""
    with pytest.raises(InvalidInput) as refusal:
        checked(**{field: value})  # type: ignore[arg-type]  # one field of the helper, whatever its type
    assert problems(refusal.value) == [expected]


def test_fields_at_their_limits_pass() -> None:
    """The longest title, the longest description and the highest price are still allowed."""
    long = {"kk": "а" * TITLE_MAX, "ru": "а" * TITLE_MIN}
    card = checked(title=dict(long), description={"kk": "а", "ru": "а" * DESCRIPTION_MAX}, price=PRICE_MAX)
    assert card["title"] == long


def test_draft_may_be_unfinished() -> None:
    """A draft with nothing in it is kept as it is."""
    card = checked(title={}, description={}, price=None, regions=(), complete=False)
    assert card == {"title": {}, "description": {}, "price": None, "regions": []}


def test_hash_follows_content_only() -> None:
    """The order of keys does not matter to the fingerprint, any other change does."""
    first = content_hash({"a": 1, "б": [1, 2.5, "ә"]})
    assert first == content_hash({"б": [1, 2.5, "ә"], "a": 1})
    assert first != content_hash({"a": 1, "б": [2.5, 1, "ә"]})
    assert len(first) == 64
