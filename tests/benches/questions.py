"""What the benches ask the catalogue, and how they see that the answer is right."""

import json
from typing import Any

from tests.benches.load import once

ROWS = 24
CATEGORY, CHARACTERISTIC = "wheelchairs_manual", "seat_width"
REGIONS = ("71", "75", "79", "10", "35", "63", "19", "47")
WIDTHS = ((380, 420), (400, 460), (420, 500), (440, 520))

_CARD = """id title { ru kk } description { text } direction categoryCode version publishedAt regions
price { amount currency text } characteristics { code name value unit number }
supplier { id kind name { text } region directions }"""
PAGE = f"""query Page($filter: ListingFilter) {{ listings(first: {ROWS}, filter: $filter, sort: PRICE_ASC) {{
nodes {{ {_CARD} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
ONE = f"query One($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {_CARD} category {{ name {{ text }} }} }} }} }}"


def pages() -> list[str]:
    """Bodies of catalogue pages: a category, a region and a range of a characteristic, the cheapest first."""
    return [_body(PAGE, filter=_filter(region, *width)) for region in REGIONS for width in WIDTHS]


def checked_pages(port: int) -> list[str]:
    """The same bodies, after every answer was found right; and the identifiers they showed."""
    shown: list[str] = []
    wanted = [(region, width) for region in REGIONS for width in WIDTHS]
    for body, (region, width) in zip(once(port, pages()), wanted, strict=True):
        shown += _checked(json.loads(body), region, width)
    return shown


def singles(port: int, identifiers: list[str]) -> list[str]:
    """Bodies of single listings, after every answer was found right."""
    bodies = [_body(ONE, id=one) for one in identifiers]
    for body, one in zip(once(port, bodies), identifiers, strict=True):
        answer = json.loads(body)
        assert "errors" not in answer, answer
        assert answer["data"]["node"]["id"] == one
        assert answer["data"]["node"]["characteristics"]
    return bodies


def _body(query: str, **variables: object) -> str:
    return json.dumps({"query": query, "variables": variables})


def _filter(region: str, minimum: int, maximum: int) -> dict[str, Any]:
    ranges = [{"code": CHARACTERISTIC, "minimum": minimum, "maximum": maximum}]
    return {"category": CATEGORY, "region": region, "ranges": ranges}


def _checked(answer: dict[str, Any], region: str, width: tuple[int, int]) -> list[str]:
    assert "errors" not in answer, answer
    rows = answer["data"]["listings"]["nodes"]
    assert len(rows) == ROWS, f"{len(rows)} rows in region {region}"
    prices = [float(row["price"]["amount"]) for row in rows]
    assert prices == sorted(prices)
    for row in rows:
        numbers = {item["code"]: item["number"] for item in row["characteristics"]}
        assert width[0] <= numbers[CHARACTERISTIC] <= width[1]
        assert region in row["regions"]
        assert row["supplier"]["name"]["text"]
    return [row["id"] for row in rows]
