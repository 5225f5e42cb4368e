"""Ariadne, tuned: documents parsed and validated once, rows shaped in one go, a loader for suppliers, orjson."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from aiodataloader import DataLoader
from ariadne import InterfaceType, ObjectType, make_executable_schema
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLHTTPHandler
from bson import ObjectId
from graphql import DocumentNode, GraphQLSchema, parse, validate
from starlette.requests import Request
from starlette.responses import Response

from tests.benches.peers.asking import CARD, SUPPLIER, Row, catalogue, listings_of, local_id, recent
from tests.benches.peers.definitions import Definitions, definitions
from tests.benches.peers.serving import Database, serve
from tests.benches.peers.shaping import brief, card, supplier
from tests.benches.questions import ROWS

SCHEMA = Path(__file__).with_name("schema.graphql")
_valid: dict[int, Any] = {}


class Handler(GraphQLHTTPHandler):  # type: ignore[misc] # Any where Ariadne is not installed
    """Answers by orjson."""

    async def create_json_response(self, _request: Request, result: Any, success: bool) -> Response:
        """The answer as bytes."""
        content = orjson.dumps(result)
        return Response(content, status_code=200 if success else 400, media_type="application/json")


class Loaders:
    """What one request reads in batches."""

    def __init__(self, database: Database) -> None:
        self._suppliers = database["suppliers"]
        self.supplier: Any = DataLoader(self._load)
        self.listings: Any = DataLoader(self._load_listings)

    async def _load(self, keys: Sequence[ObjectId]) -> list[Row]:
        found = self._suppliers.find({"_id": {"$in": list(keys)}}, SUPPLIER)
        known = {row["_id"]: supplier(row) async for row in found}
        return [known[key] for key in keys]

    async def _load_listings(self, keys: Sequence[tuple[ObjectId, int]]) -> list[list[Row]]:
        parents: list[Row] = [
            {"$match": {"_id": {"$in": [key for key, _ in keys]}}},
            {"$project": {"_id": 1}},
        ]
        found = await self._suppliers.aggregate(listings_of(parents, max(first for _, first in keys)))
        known = {row["_id"]: row["listings"] for row in await found.to_list()}
        return [known[key][:first] for key, first in keys]


class Resolvers:
    """The fields that are more than a key of their dictionary."""

    def __init__(self, database: Database, known: Definitions) -> None:
        self._listings, self._suppliers, self._known = database["listings"], database["suppliers"], known

    async def listings(self, _: Any, _info: Any, **asked: Any) -> Row:
        """A page of the catalogue."""
        rows = await self._listings.find(**catalogue(asked.get("filter") or {})).to_list()
        nodes = [self._card(row) for row in rows[:ROWS]]
        return {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > ROWS}}

    async def node(self, _: Any, _info: Any, **asked: Any) -> Row | None:
        """A single listing."""
        row = await self._listings.find_one({"_id": local_id(asked["id"])}, CARD)
        return row and self._card(row)

    async def suppliers(self, _: Any, _info: Any, first: int = 24) -> Row:
        """The suppliers who registered last."""
        rows = await (await self._suppliers.aggregate(recent(first, SUPPLIER))).to_list()
        return {"nodes": [supplier(row) | {"row": row["_id"]} for row in rows]}

    def supplier(self, listing: Row, info: Any) -> Any:
        """The supplier of a listing."""
        return info.context["loaders"].supplier.load(listing["supplier"])

    async def listings_of(self, parent: Row, info: Any, first: int = 24) -> Row:
        """The newest listings of a supplier."""
        rows = await info.context["loaders"].listings.load((parent["row"], first))
        return {"nodes": [brief(row) for row in rows]}

    def _card(self, row: Row) -> Row:
        shown = card(row, self._known)
        shown["publishedAt"] = shown["publishedAt"].isoformat()
        shown["supplier"] = row["supplier"]
        return shown

    def schema(self) -> GraphQLSchema:
        """The executable schema."""
        query, listing, parent = ObjectType("Query"), ObjectType("Listing"), ObjectType("Supplier")
        query.set_field("listings", self.listings)
        query.set_field("node", self.node)
        query.set_field("suppliers", self.suppliers)
        listing.set_field("supplier", self.supplier)
        parent.set_field("listings", self.listings_of)
        node = InterfaceType("Node", lambda *_: "Listing")
        made: GraphQLSchema = make_executable_schema(SCHEMA.read_text("utf-8"), query, listing, parent, node)
        return made


@lru_cache(maxsize=100)
def _parsed(text: str) -> DocumentNode:
    return parse(text, no_location=True)


def _validated(schema: GraphQLSchema, document: DocumentNode, *rest: Any, **more: Any) -> Any:
    """Faults of a document, which `_parsed` keeps alive."""
    if id(document) not in _valid:
        _valid[id(document)] = validate(schema, document, *rest, **more)
    return _valid[id(document)]


async def application(database: Database) -> GraphQL:
    """Ariadne's own ASGI application."""
    known = definitions(await database["categories"].find().to_list())
    return GraphQL(
        Resolvers(database, known).schema(),
        context_value=lambda _request, _data: {"loaders": Loaders(database)},
        query_parser=lambda _context, given: _parsed(given["query"]),
        query_validator=_validated,
        http_handler=Handler(),
    )


if __name__ == "__main__":
    serve(application, tuned=True)
