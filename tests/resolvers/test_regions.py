"""Regions as they stand on a day: the portal's own, and what was brought in below them."""

from datetime import UTC, date, datetime

import pytest

from documents.base import Row
from documents.reference import store_reference
from domain.errors import InvalidInput
from domain.regions import Place
from resolvers import regions
from resolvers.context import Context
from tests.documents.test_regions import PLACES
from tests.resolvers.stage import NOW, acting, rule
from workers.regions import Asked, bring_in

pytestmark = pytest.mark.usefixtures("database")
TOPS = {"10": ("Абай облысы", "Область Абай"), "71": ("Астана қаласы", "Город Астана")}


async def tops() -> Context:
    """The reference data's regions, and nothing below them."""
    await store_reference(
        [rule("region", code, None) | {"names": {"kk": kk, "ru": ru}} for code, (kk, ru) in TOPS.items()]
    )
    return acting()


async def tree(since: date = date(2025, 2, 1), **more: Place) -> Context:
    """A workbook brought in below them."""
    ctx = await tops()
    await bring_in(PLACES | more, Asked(f"from {since}", since), lambda: NOW)
    return ctx


async def codes(
    ctx: Context,
    parent: str | None = None,
    text: str | None = None,
    *,
    first: int = 100,
    after: str | None = None,
) -> list[str]:
    """What is listed."""
    return [row["code"] for row in await regions.listed(ctx, parent, text, first=first, after=after)]


async def test_without_a_workbook_there_are_the_regions_of_the_reference_data() -> None:
    """R-B7: two digits and the names that they had, with nothing below."""
    ctx = await tops()
    [first, _] = await regions.listed(ctx, None, None, first=100, after=None)
    assert first == {
        "kind": "region",
        "code": "10",
        "names": {"kk": "Абай облысы", "ru": "Область Абай"},
        "level": "region",
        "parent": None,
        "has_children": False,
    }
    assert await codes(ctx, "71") == []
    assert await codes(ctx, text="астана") == ["71"]
    assert await codes(ctx, "71", "алматы") == []
    assert await regions.at(ctx, ["71", "711110000", None]) == [
        {**first, "code": "71", "names": {"kk": "Астана қаласы", "ru": "Город Астана"}},
        None,
        None,
    ]
    assert await regions.known(ctx, ["71", "711110000"]) == {"10", "71"}


async def test_the_tree_below_the_regions() -> None:
    """R-B7: the top keeps its names; below it are the workbook's places, page by page."""
    ctx = await tree()
    listed = await regions.listed(ctx, None, None, first=100, after=None)
    assert [(row["code"], row["names"]["ru"], row["has_children"]) for row in listed] == [
        ("10", "Область Абай", True),
        ("71", "Город Астана", True),
    ]
    assert await codes(ctx, first=1) == ["10"]
    assert await codes(ctx, after="10") == ["71"]
    assert await codes(ctx, "71") == ["711110000", "711210000"]
    assert await codes(ctx, "71", first=1, after="711110000") == ["711210000"]
    assert await codes(ctx, "nowhere") == await codes(ctx, "99") == []
    below: list[Row] = await regions.listed(ctx, "103200000", None, first=1, after=None)
    assert [(row["kind"], row["parent"], row["level"]) for row in below] == [
        ("region", "103200000", "sub_district")
    ]


async def test_paths_lead_from_the_top() -> None:
    """R-B7: a level that there is not is left out of the path."""
    ctx = await tree()
    found = await regions.paths(ctx, ["103230100", "711110000", "71", "999999999"])
    assert [[row["code"] for row in path] for path in found] == [
        ["10", "103200000", "103230000", "103230100"],
        ["71", "711110000"],
        ["71"],
        [],
    ]


async def test_a_text_finds_regions_first_and_then_the_rest() -> None:
    """R-B7: both languages, folded, over pages; inside a place only what lies there."""
    ctx = await tree()
    assert await codes(ctx, text="АБАЙ") == ["10", "103200000"]
    assert await codes(ctx, text="абай", first=1) == ["10"]
    assert await codes(ctx, text="абай", after="10") == ["103200000"]
    assert await codes(ctx, text="абай", after="103200000") == []
    assert await codes(ctx, text="облысы абай") == ["10"]
    assert await codes(ctx, "10", "абай") == ["103200000"]
    assert await codes(ctx, "71", "абай") == []
    assert await codes(ctx, "nowhere", "абай") == []
    assert await codes(ctx, text="—") == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": 0}, "PAGE_SIZE"),
        ({"first": 101}, "PAGE_SIZE"),
        ({"after": "x"}, "BAD_CURSOR"),
        ({"text": "a" * 101}, "TOO_LONG"),
        ({"text": "a\0"}, "NOT_TEXT"),
    ],
)
async def test_what_can_not_be_meant(given: Row, code: str) -> None:
    """R-K: bounds of a page, of a text, and a cursor that is none."""
    with pytest.raises(InvalidInput) as refused:
        await codes(acting(), **given)
    assert refused.value.code == code
    if "text" not in given:
        with pytest.raises(InvalidInput) as below:
            await regions.children(acting(), ["71"], **{"first": 1, "after": None} | given)  # type: ignore[arg-type]
        assert below.value.code == code


async def test_a_listing_may_serve_what_there_is() -> None:
    """R-B4: regions, and places of the tree in force."""
    ctx = await tree()
    given = ["71", "711110000", "711310000", "710000000", "$x"]
    assert await regions.known(ctx, given) == {"10", "71", "711110000"}
    assert await regions.known(ctx, []) == {"10", "71"}


async def test_what_places_were_called() -> None:
    """R-B5: an old version of a card names its places as they were called then; unknown ones stay codes."""
    await tree()
    await tree(date(2026, 7, 1), **{"711310000": Place("711310000", "Сарыарқа", "Сарыарка (новая)", "1")})
    codes = ["71", "711110000", "711310000", "719990000", "$x"]
    before = await regions.names_on(datetime(2026, 6, 30, 18, tzinfo=UTC), codes)
    after = await regions.names_on(datetime(2026, 6, 30, 20, tzinfo=UTC), codes)
    assert {code: code in before for code in codes} == dict(
        zip(codes, [True, True, False, False, False], strict=True)
    )
    assert after["711310000"]["ru"] == "Сарыарка (новая)"
    assert before["71"] == after["71"]
    assert await regions.number_today(acting(now=datetime(2020, 1, 1, tzinfo=UTC))) == regions.NONE


async def test_each_day_has_its_version() -> None:
    """R-B7: a version that begins later is nobody's until its first day."""
    ctx = await tree()
    later = await tree(date(2026, 7, 1), **{"711310000": Place("711310000", "Сарыарқа", "Сарыарка", "1")})
    assert await codes(ctx, "71") == ["711110000", "711210000"]
    eve, day = datetime(2026, 6, 30, 18, tzinfo=UTC), datetime(2026, 6, 30, 20, tzinfo=UTC)
    assert await codes(acting(now=eve), "71") == ["711110000", "711210000"]
    assert await codes(acting(now=day), "71") == ["711110000", "711210000", "711310000"]
    assert await regions.number_today(acting(now=datetime(2025, 1, 31, tzinfo=UTC))) == regions.NONE
    assert later.now == NOW
