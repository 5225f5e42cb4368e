"""The catalogue through the API: words, filters, orders and pages."""

import asyncio
from typing import Any

import pytest

from tests.api.client import coined
from tests.api.portal import ANSWERS, Portal, of_draft
from tests.api.server import PAUSE

PAGE = """query($first: Int, $after: String, $filter: ListingFilter, $sort: ListingSort! = NEWEST) {
listings(first: $first, after: $after, filter: $filter, sort: $sort) { totalCount
edges { cursor node { id } } nodes { id title { ru kk } categoryCode regions price { amount }
characteristics { code number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def page(portal: Portal, **asked: Any) -> Any:
    """One page for a visitor."""
    return (await portal.visitor().read(PAGE, **asked))["listings"]


async def walk(portal: Portal, **asked: Any) -> list[Any]:
    """Every listing, page by page."""
    found, after, more = [], None, True
    while more:
        got = await page(portal, **asked, after=after)
        assert [edge["node"]["id"] for edge in got["edges"]] == [node["id"] for node in got["nodes"]]
        found += got["nodes"]
        after, more = got["pageInfo"]["endCursor"], got["pageInfo"]["hasNextPage"]
    return found


@pytest.mark.parametrize("sort", ["NEWEST", "PRICE_ASC", "PRICE_DESC"])
async def test_a_walk_sees_each_listing_once(portal: Portal, sort: str) -> None:
    """R-B7: paging to the end shows each published listing exactly once, in the order asked for."""
    asked = {"first": 100, "sort": sort, "filter": {"category": "wheelchairs_manual"}}
    published = await portal.database["listings"].count_documents({"category": "wheelchairs_manual"})
    async with asyncio.timeout(10):
        while (await page(portal, **asked))["totalCount"] != published:
            await asyncio.sleep(
                PAUSE
            )  # a page that was kept is dropped milliseconds after an earlier test's write
    found = await walk(portal, **asked)
    assert len({node["id"] for node in found}) == len(found) == published > 20
    prices = [float(node["price"]["amount"]) for node in found]
    if sort != "NEWEST":
        assert prices == sorted(prices, reverse=sort == "PRICE_DESC")


async def test_words_in_both_languages(portal: Portal) -> None:
    """R-B7: a card is found by its Russian and its Kazakh words, in other forms, cases and letters."""
    mark = coined("ёлочная")
    _, supplier = await portal.supplier()
    title = {"ru": f"Коляска {mark} складная", "kk": f"Жиналмалы арба {mark} үшін қолайлы"}
    listing = of_draft(await portal.published(supplier, title=title))
    for words in (
        mark,
        mark.upper(),
        mark.replace("ё", "е"),
        f"коляски {mark}",
        f"арбалар {mark}",
        f"колайлы {mark}",
    ):
        found = await page(portal, filter={"text": words})
        assert [node["id"] for node in found["nodes"]] == [listing], words
        assert found["totalCount"] == 1
    assert (await page(portal, filter={"text": f"{mark} несуществующее"}))["nodes"] == []


async def test_filters_hold_together(portal: Portal) -> None:
    """R-B7: category, direction, region, ranges, choices and flags must all hold."""
    asked = {
        "category": "wheelchairs_manual",
        "direction": "TSR_SALE",
        "region": "71",
        "ranges": [
            {"code": "seat_width", "minimum": 400, "maximum": 460},
            {"code": "load_limit", "minimum": 100},
        ],
        "choices": [{"code": "purpose", "choice": "indoor"}],
        "flags": [{"code": "folding", "value": True}],
    }
    _, supplier = await portal.supplier()
    inside = of_draft(await portal.published(supplier))
    wide = [one for one in ANSWERS if one["code"] != "seat_width"] + [{"code": "seat_width", "number": "461"}]
    outside = of_draft(await portal.published(supplier, characteristics=wide))
    found = await walk(portal, first=50, filter=asked)
    ids = {node["id"] for node in found}
    assert inside in ids
    assert outside not in ids
    for node in found:
        numbers = {one["code"]: one["number"] for one in node["characteristics"]}
        assert node["categoryCode"] == "wheelchairs_manual"
        assert "71" in node["regions"]
        assert 400 <= numbers["seat_width"] <= 460
        assert numbers["load_limit"] >= 100


async def test_a_supplier_lists_its_own(portal: Portal) -> None:
    """R-B7: a supplier's public card lists what it has published and nothing else."""
    _, supplier = await portal.supplier()
    first, second = [of_draft(await portal.published(supplier)) for _ in range(2)]
    seen = await portal.visitor().read(
        "query($id: ID!) { node(id: $id) { ... on Listing { supplier { listings { nodes { id } totalCount } } } } }",
        id=first,
    )
    assert [node["id"] for node in seen["node"]["supplier"]["listings"]["nodes"]] == [second, first]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "AAAA", "a" * 5000, "é", "\x00", "eyJhIjoxfQ", "{$where: 1}", "LTE=", "....", "\U0001f600"],
)
async def test_cursors_that_never_were(portal: Portal, cursor: str) -> None:
    """R-K: whatever is no cursor of this list is refused as one, with its path."""
    (error,) = await portal.visitor().errors(PAGE, after=cursor)
    assert (error["code"], error["path"]) == ("BAD_CURSOR", ["after"])


async def test_a_cursor_of_another_order(portal: Portal) -> None:
    """R-K: a cursor belongs to the order it was made for."""
    found = await page(portal, first=2, sort="PRICE_ASC")
    (error,) = await portal.visitor().errors(PAGE, after=found["pageInfo"]["endCursor"], sort="NEWEST")
    assert error["code"] == "BAD_CURSOR"


@pytest.mark.parametrize("first", [0, -1, 101, 1_000_000, 2**31 - 1])
async def test_page_sizes_out_of_bounds(portal: Portal, first: int) -> None:
    """R-K: a page has 1 to 100 rows; more is refused before anything is read."""
    answer = await portal.visitor().send(PAGE, first=first)
    error = answer.json()["errors"][0]["extensions"]
    assert answer.status_code in {200, 400}
    assert error["code"] in {"PAGE_SIZE", "DOCUMENT_TOO_LARGE"}
    assert error["message"]


@pytest.mark.parametrize(
    "asked",
    [
        {"category": "no_such"},
        {"category": "$where"},
        {"category": "a.b"},
        {"region": "00"},
        {"region": ""},
        {"text": "{$where: 'sleep(1000)'}"},
        {"text": " " * 100},
        {"text": "ж" * 5000},
        {"text": "слово " * 500},
        {"text": "a\x00b"},
        {"text": "\u202e\u200b\ufeff"},
        {"category": "wheelchairs_manual", "ranges": [{"code": "$gt", "minimum": 1}]},
        {"category": "wheelchairs_manual", "ranges": [{"code": "seat_width", "minimum": 5, "maximum": 1}]},
        {"category": "wheelchairs_manual", "ranges": [{"code": "seat_width", "minimum": 1e308}]},
        {"category": "wheelchairs_manual", "ranges": [{"code": "seat_width", "minimum": -1e-320}]},
        {"category": "wheelchairs_manual", "choices": [{"code": "a.b", "choice": "$where"}]},
        {"category": "wheelchairs_manual", "flags": [{"code": "\x00", "value": True}]},
        {"ranges": [{"code": "seat_width", "minimum": 1}]},
        {"category": "wheelchairs_manual", "ranges": [{"code": "seat_width", "minimum": 1}] * 200},
        {"category": "a" * 10_000},
    ],
)
async def test_odd_questions(portal: Portal, asked: dict[str, Any]) -> None:
    """R-K: an odd question finds nothing or is refused by a code; it never breaks the catalogue."""
    answer = await portal.visitor().send(PAGE, filter=asked)
    assert answer.status_code in {200, 400}
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    assert "INTERNAL" not in codes
