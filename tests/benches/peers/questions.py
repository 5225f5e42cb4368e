"""The questions of the comparisons: the same document and variables for every server of GraphQL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.benches.questions import CATEGORY, CHARACTERISTIC, REGIONS, ROWS, WIDTHS

SUPPLIERS = LISTINGS = 10
FACETS = ("REGION", "purpose", CHARACTERISTIC, "frame_material", "folding")
Variables = dict[str, Any]

_CARD = """id title { ru kk } description { text } direction categoryCode version publishedAt regions
price { amount currency text } characteristics { code name value unit }
supplier { id kind name { text } region directions }"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by `document` over GraphQL, by `route` without; the variables take turns."""

    name: str
    route: str
    document: str
    variables: Sequence[Variables]

    def bodies(self, *, graphql: bool) -> list[str]:
        """What is posted for each set of variables."""
        if not graphql:
            return [json.dumps(one) for one in self.variables]
        return [json.dumps({"query": self.document, "variables": one}) for one in self.variables]


def page() -> Question:
    """A page of the catalogue: a category, a region and a range of a characteristic, the cheapest first."""
    document = f"""query Page($filter: ListingFilter) {{
listings(first: {ROWS}, filter: $filter, sort: PRICE_ASC) {{ nodes {{ {_CARD} }} pageInfo {{ hasNextPage }} }} }}"""
    variables = [{"filter": _filter(region, *width)} for region in REGIONS for width in WIDTHS]
    return Question("catalogue page", "page", document, variables)


def facets() -> Question:
    """The page narrowed by a flag as well, with five facets: those of its three conditions, and two others."""
    document = f"""query Facets($filter: ListingFilter, $codes: [String!]) {{
listings(first: {ROWS}, filter: $filter, sort: PRICE_ASC) {{ nodes {{ {_CARD} }} pageInfo {{ hasNextPage }}
facets(codes: $codes) {{ code name type unit options {{ value name count }} range {{ minimum maximum count }}
exact countedAt }} }} }}"""
    flags = [{"code": "folding", "value": True}]
    variables = [
        {"filter": {**one["filter"], "flags": flags}, "codes": list(FACETS)} for one in page().variables
    ]
    return Question("catalogue page with facets", "facets", document, variables)


def one(identifiers: Sequence[str]) -> Question:
    """A single listing by its global identifier."""
    document = f"query One($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {_CARD} }} }} }}"
    return Question("single listing", "one", document, [{"id": each} for each in identifiers])


def suppliers() -> Question:
    """The newest suppliers, each with its newest listings."""
    document = f"""query Suppliers {{ suppliers(first: {SUPPLIERS}) {{ nodes {{ id name {{ text }}
listings(first: {LISTINGS}) {{ nodes {{ id title {{ ru }} price {{ amount }} }} }} }} }} }}"""
    return Question("suppliers with their listings", "suppliers", document, [{}])


def _filter(region: str, minimum: int, maximum: int) -> Variables:
    ranges = [{"code": CHARACTERISTIC, "minimum": minimum, "maximum": maximum}]
    return {"category": CATEGORY, "region": region, "ranges": ranges}
