"""The limit: no GraphQL, one find for each answer, shaped by hand; what it needs beside is in memory.

`/facets` is a page with facets, counted by hand as well (counting.py): three or four commands. Beside each
other route stands the same without shaping (`/bare/...`), and with a find for the suppliers instead of the
dictionary (`/find/page`, `/find/one`); `/static` answers prepared bytes.
"""

from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benches.peers import questions
from tests.benches.peers.asking import CARD, SUPPLIER, Row, catalogue, listings_of, local_id, recent, wanted
from tests.benches.peers.counting import Counting
from tests.benches.peers.definitions import definitions
from tests.benches.peers.serving import Database, serve
from tests.benches.peers.shaping import brief, card, data, supplier
from tests.benches.questions import ROWS


class Endpoints:
    """The routes, with what they keep in memory."""

    def __init__(self, database: Database) -> None:
        self._listings, self._suppliers = database["listings"], database["suppliers"]
        self._categories = database["categories"]
        self._counting = Counting(database)
        self._known: dict[Any, Row] = {}
        self._static = b""

    async def prepare(self) -> None:
        """Read definitions and suppliers, and keep one page as bytes."""
        await self._counting.prepare()
        self._definitions = definitions(await self._categories.find().to_list())
        self._known = {row["_id"]: supplier(row) async for row in self._suppliers.find({}, SUPPLIER)}
        given = questions.page().variables[0]["filter"]
        self._static = _encoded(self._page(await self._rows(given), self._known))

    async def page(self, request: Request) -> Response:
        """A page of the catalogue."""
        return _answer(self._page(await self._rows((await _given(request))["filter"]), self._known))

    async def page_find(self, request: Request) -> Response:
        """The same with a find for its suppliers."""
        rows = await self._rows((await _given(request))["filter"])
        return _answer(self._page(rows, await self._found(rows)))

    async def page_bare(self, request: Request) -> Response:
        """Its find alone."""
        return _answer(await self._rows((await _given(request))["filter"]))

    async def facets(self, request: Request) -> Response:
        """A page of the catalogue with its facets."""
        given = await _given(request)
        shown = self._page(await self._rows(given["filter"]), self._known)
        found = await self._counting.facets(wanted(given["filter"]), given["codes"])
        shown["data"]["listings"]["facets"] = found
        return _answer(shown)

    async def one(self, request: Request) -> Response:
        """A single listing."""
        return _answer(data("node", self._shown(await self._row(request), self._known)))

    async def one_find(self, request: Request) -> Response:
        """The same with a find for its supplier."""
        row = await self._row(request)
        return _answer(data("node", self._shown(row, await self._found([row]))))

    async def one_bare(self, request: Request) -> Response:
        """Its find alone."""
        return _answer(await self._row(request))

    async def suppliers(self, request: Request) -> Response:
        """Suppliers with their listings."""
        nodes = [
            {
                "id": (shown := self._known[row["_id"]])["id"],
                "name": shown["name"],
                "listings": {"nodes": [brief(one) for one in row["listings"]]},
            }
            for row in await self._recent(request)
        ]
        return _answer(data("suppliers", {"nodes": nodes}))

    async def suppliers_bare(self, request: Request) -> Response:
        """Their pipeline alone."""
        return _answer(await self._recent(request))

    async def static(self, request: Request) -> Response:
        """Prepared bytes."""
        await request.body()
        return Response(self._static, media_type="application/json")

    async def _rows(self, given: Row) -> list[Row]:
        return await self._listings.find(**catalogue(given)).to_list()

    async def _row(self, request: Request) -> Row:
        row = await self._listings.find_one({"_id": local_id((await _given(request))["id"])}, CARD)
        assert row is not None
        return row

    async def _recent(self, request: Request) -> list[Row]:
        await request.body()
        stages = listings_of(recent(questions.SUPPLIERS, {"_id": 1}), questions.LISTINGS)
        return await (await self._suppliers.aggregate(stages)).to_list()

    async def _found(self, rows: list[Row]) -> dict[Any, Row]:
        wanted = list({row["supplier"] for row in rows})
        found = await self._suppliers.find({"_id": {"$in": wanted}}, SUPPLIER).to_list()
        return {row["_id"]: supplier(row) for row in found}

    def _shown(self, row: Row, suppliers: dict[Any, Row]) -> Row:
        shown = card(row, self._definitions)
        shown["supplier"] = suppliers[row["supplier"]]
        return shown

    def _page(self, rows: list[Row], suppliers: dict[Any, Row]) -> Row:
        nodes = [self._shown(row, suppliers) for row in rows[:ROWS]]
        return data("listings", {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > ROWS}})


def _encoded(value: object) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_NAIVE_UTC)


def _answer(value: object) -> Response:
    return Response(_encoded(value), media_type="application/json")


async def _given(request: Request) -> Row:
    given: Row = orjson.loads(await request.body())
    return given


async def application(database: Database) -> Starlette:
    """The routes, ready."""
    at = Endpoints(database)
    await at.prepare()
    routes = {
        "/page": at.page, "/find/page": at.page_find, "/bare/page": at.page_bare,
        "/one": at.one, "/find/one": at.one_find, "/bare/one": at.one_bare,
        "/suppliers": at.suppliers, "/bare/suppliers": at.suppliers_bare, "/static/page": at.static,
        "/facets": at.facets,
    }  # fmt: skip
    return Starlette(routes=[Route(path, endpoint, methods=["POST"]) for path, endpoint in routes.items()])


if __name__ == "__main__":
    serve(application, tuned=True, tz_aware=False)
