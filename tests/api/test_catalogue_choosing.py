"""Choosing through the API: facets, words as they are typed, pages backwards, listings side by side, and sums."""

import asyncio
import secrets
from typing import Any

import pytest

from tests.api.portal import ANSWERS, Portal, of_draft
from tests.api.server import PAUSE

CATEGORY = "wheelchairs_manual"
FACETS = """query($filter: ListingFilter, $codes: [String!]) { listings(first: 1, filter: $filter) { totalCount
facets(codes: $codes) { code name type unit exact countedAt options { value name count }
range { minimum maximum count } } } }"""
TOTAL = "query($filter: ListingFilter) { listings(first: 1, filter: $filter) { totalCount } }"
FOUND = """query($first: Int, $after: String, $last: Int, $before: String, $filter: ListingFilter, $sort: ListingSort!) {
listings(first: $first, after: $after, last: $last, before: $before, filter: $filter, sort: $sort) {
nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
COMPARED = """query($ids: [ID!]!) { listingComparison(ids: $ids) { listings { id }
rows { code name unit differs values { value } } } }"""
SUMS = """query($id: ID!) { node(id: $id) { ... on Listing { price { amount } guaranteedSum { amount }
coPayment { amount } } } }"""
FIXED = {"CATEGORY": "category", "DIRECTION": "direction", "REGION": "region"}
MARK = str.maketrans("0123456789abcdef", "бвгджзклмнпрстфх")


def a_word() -> str:
    """A word that no other listing has."""
    return "ю" + secrets.token_hex(5).translate(MARK)


def narrowed(asked: dict[str, Any], facet: Any, value: str) -> dict[str, Any]:
    """The question with this option of a facet instead of what it said of it."""
    code = facet["code"]
    if code == "CATEGORY":
        kept = {"choices", "flags", "ranges"}
        return {name: said for name, said in asked.items() if name not in kept} | {"category": value}
    if code == "DIRECTION":
        return {name: said for name, said in asked.items() if name == "region"} | {"direction": value.upper()}
    if code == "REGION":
        return asked | {"region": value}
    kind, said = (
        ("flags", {"value": value == "true"})
        if value in {"true", "false"}
        else ("choices", {"choice": value})
    )
    others = [one for one in asked.get(kind, []) if one["code"] != code]
    return asked | {kind: [*others, {"code": code, **said}]}


@pytest.mark.parametrize(
    "asked",
    [
        {"category": CATEGORY},
        {"category": CATEGORY, "region": "71", "choices": [{"code": "purpose", "choice": "indoor"}]},
        {"category": CATEGORY, "ranges": [{"code": "seat_width", "maximum": 440}], "direction": "TSR_SALE"},
    ],
)
async def test_a_count_is_the_total_of_its_list(portal: Portal, asked: dict[str, Any]) -> None:
    """R-B7: each count of each facet is the total of the list with that condition; ranges hold all numbers."""
    visitor = portal.visitor()
    found = (await visitor.read(FACETS, filter=asked))["listings"]
    assert set(FIXED) < {facet["code"] for facet in found["facets"]}
    counted = 0
    for facet in found["facets"]:
        assert (facet["exact"], facet["countedAt"], bool(facet["name"])) == (True, None, True)
        for option in facet["options"]:
            total = (await visitor.read(TOTAL, filter=narrowed(asked, facet, option["value"])))["listings"]
            assert option["count"] == total["totalCount"], (facet["code"], option)
            counted += option["count"]
    assert counted > 0
    ranges = {facet["code"]: facet["range"] for facet in found["facets"] if facet["range"]}
    lowest, highest = ranges["load_limit"]["minimum"], ranges["load_limit"]["maximum"]
    within = [*asked.get("ranges", []), {"code": "load_limit", "minimum": lowest, "maximum": highest}]
    total = (await visitor.read(TOTAL, filter=asked | {"ranges": within}))["listings"]
    assert ranges["load_limit"]["count"] == total["totalCount"]


async def test_facets_that_are_chosen_or_are_none(portal: Portal) -> None:
    """R-K: facets are named by their codes; what is none is refused in its place."""
    visitor = portal.visitor()
    asked = {"category": CATEGORY}
    found = (await visitor.read(FACETS, filter=asked, codes=["REGION", "folding"]))["listings"]["facets"]
    assert [facet["code"] for facet in found] == ["REGION", "folding"]
    assert (await visitor.read(FACETS, filter=asked, codes=[]))["listings"]["facets"] == []
    (error,) = await visitor.errors(FACETS, filter=asked, codes=["REGION", "nothing"])
    assert (error["code"], error["path"]) == ("UNKNOWN_FACET", ["codes", "1"])


async def test_what_is_withdrawn_or_drafted_counts_no_more(portal: Portal) -> None:
    """R-B7: a draft is in no count, a published listing in all of its own, a withdrawn one in none again."""
    _, supplier = await portal.supplier()
    asked = {"category": CATEGORY, "text": (word := a_word())}
    title = {"ru": f"Кресло {word}", "kk": f"Арба {word}"}

    async def counts() -> tuple[int, int]:
        found = (await portal.visitor().read(FACETS, filter=asked, codes=["purpose"]))["listings"]
        (facet,) = found["facets"]
        return found["totalCount"], sum(option["count"] for option in facet["options"])

    assert await counts() == (0, 0)
    draft = await portal.published(supplier, title=title)
    while (found := await counts()) == (0, 0):  # an answer in memory is dropped within milliseconds
        await asyncio.sleep(PAUSE)
    assert found == (1, 1)
    await supplier.done("listingWithdraw", listingId=draft, expectedVersion=2)
    while (found := await counts()) == (1, 1):
        await asyncio.sleep(PAUSE)
    assert found == (0, 0)


async def test_words_as_they_are_typed(portal: Portal) -> None:
    """R-B7: once the vocabulary knows a word it completes its beginning, and one wrong letter finds it still."""
    _, supplier = await portal.supplier()
    word = a_word()
    listing = of_draft(await portal.published(supplier, title={"ru": f"Кресло {word}", "kk": f"Арба {word}"}))
    visitor = portal.visitor()
    query = "query($text: String!) { listingSuggestions(text: $text) }"
    while not (said := (await visitor.read(query, text=f"кресло {word[:5]}"))["listingSuggestions"]):
        await asyncio.sleep(0.2)  # a worker makes the vocabulary anew within seconds
    assert said == [f"кресло {word}"]
    wrong = word[:4] + "ъ" + word[5:]
    for text in (wrong, word[:4] + word[5:], word[:7], f"кресло {wrong}"):
        found = (await visitor.read(FOUND, filter={"text": text}, sort="NEWEST"))["listings"]["nodes"]
        assert [node["id"] for node in found] == [listing], text
    (error,) = await visitor.errors(query, text="а" * 101)
    assert (error["code"], error["path"]) == ("TOO_LONG", ["text"])


async def test_titles_come_before_descriptions(portal: Portal) -> None:
    """R-B7: by relevance what has the words in its title comes first, then what describes itself so, newest first."""
    _, supplier = await portal.supplier()
    word = a_word()
    titled = {"title": {"ru": f"Кресло {word}", "kk": f"Арба {word}"}}
    described = {"description": {"ru": f"Для дома, {word}", "kk": f"Үйге, {word}"}}
    made = [
        of_draft(await portal.published(supplier, **each)) for each in (titled, described, titled, described)
    ]
    expected = [made[2], made[0], made[3], made[1]]
    asked = {"filter": {"text": word}, "sort": "RELEVANCE"}
    visitor = portal.visitor()
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await visitor.read(FOUND, first=1, after=after, **asked))["listings"]
        seen += [node["id"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == expected


@pytest.mark.parametrize("sort", ["NEWEST", "PRICE_ASC", "PRICE_DESC", "RELEVANCE"])
async def test_a_walk_back_is_the_walk_forward_reversed(portal: Portal, sort: str) -> None:
    """R-B7: pages before a cursor are those after it, from the other side."""
    visitor = portal.visitor()
    asked = {"filter": {"category": CATEGORY, "text": "коляска"}, "sort": sort}
    forward = (await visitor.read(FOUND, first=100, **asked))["listings"]
    ids = [node["id"] for node in forward["nodes"]]
    assert len(ids) > 10
    before, more = forward["pageInfo"]["endCursor"], True
    seen: list[str] = []
    while more:
        page = (await visitor.read(FOUND, last=4, before=before, **asked))["listings"]
        seen = [node["id"] for node in page["nodes"]] + seen
        before, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
        assert page["pageInfo"]["hasNextPage"]
    assert seen == ids[:-1]


async def test_listings_side_by_side(portal: Portal) -> None:
    """R-B7: up to six listings are compared in the order asked for, and it is marked in what they differ."""
    _, supplier = await portal.supplier()
    wide = [one for one in ANSWERS if one["code"] != "seat_width"] + [{"code": "seat_width", "number": "461"}]
    made = [
        of_draft(await portal.published(supplier, **more)) for more in ({}, {"characteristics": wide}, {})
    ]
    visitor = portal.visitor()
    found = (await visitor.read(COMPARED, ids=made))["listingComparison"]
    assert [one["id"] for one in found["listings"]] == made
    assert [row["code"] for row in found["rows"] if row["differs"]] == ["seat_width"]
    (row,) = [row for row in found["rows"] if row["code"] == "seat_width"]
    values = [one["value"] for one in row["values"]]
    assert values[0] == values[2] != values[1]
    draft = await supplier.done("listingCreate", category=CATEGORY, card={"title": {}, "description": {}})
    hidden = of_draft(draft["draft"]["id"])
    refusals = [
        (made[:1], "COMPARED_NUMBER", ["ids"]),
        (made * 3, "COMPARED_NUMBER", ["ids"]),
        ([made[0], made[0]], "COMPARED_TWICE", ["ids"]),
        ([made[0], hidden], "NOT_FOUND", ["ids", "1"]),
    ]
    for ids, code, path in refusals:
        (error,) = await visitor.errors(COMPARED, ids=ids)
        assert (error["code"], error["path"]) == (code, path)


async def test_what_the_state_pays(portal: Portal) -> None:
    """R-B7: the guaranteed sum of a category is told beside the price, and the rest is the co-payment."""
    _, supplier = await portal.supplier()
    dear, cheap = [of_draft(await portal.published(supplier, price=price)) for price in ("900000", "1")]
    visitor = portal.visitor()
    found = [(await visitor.read(SUMS, id=each))["node"] for each in (dear, cheap)]
    covered = {float(one["guaranteedSum"]["amount"]) for one in found}
    assert len(covered) == 1
    (amount,) = covered
    assert 1 < amount < 900_000
    assert [float(one["coPayment"]["amount"]) for one in found] == [900_000 - amount, 0]
