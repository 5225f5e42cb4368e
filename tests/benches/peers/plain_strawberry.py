"""Strawberry as its tutorials go: Beanie documents behind resolvers, a loader for suppliers, nothing tuned."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from aiodataloader import DataLoader
from beanie import PydanticObjectId, init_beanie
from beanie.operators import In
from strawberry.asgi import GraphQL

from domain.money import TIYN_IN_TENGE, shown
from tests.benches.peers.asking import REGISTERED, catalogue, global_id, local_id
from tests.benches.peers.definitions import LANGUAGE, Definitions, definitions
from tests.benches.peers.plain_documents import Card, Direction, Listings, SupplierKind, Suppliers
from tests.benches.peers.serving import Database, serve
from tests.benches.peers.shaping import localised
from tests.benches.questions import ROWS

strawberry.enum(Direction)
strawberry.enum(SupplierKind)


@strawberry.enum
class ListingSort(Enum):
    """Orders of the catalogue."""

    PRICE_ASC = "price_asc"


@strawberry.input
class CharacteristicRange:
    """A number between two bounds."""

    code: str
    minimum: float | None = None
    maximum: float | None = None


@strawberry.input
class ListingFilter:
    """Conditions of the catalogue."""

    category: str | None = None
    region: str | None = None
    ranges: list[CharacteristicRange] | None = None


@strawberry.type
class LocalisedText:
    """A text in several languages."""

    kk: str | None
    ru: str | None
    en: str | None
    text: str


def _texts(texts: dict[str, str]) -> LocalisedText:
    return LocalisedText(kk=texts.get("kk"), ru=texts.get("ru"), en=texts.get("en"), text=localised(texts))


@strawberry.type
class Money:
    """A sum of money."""

    tiyn: strawberry.Private[int]
    currency: str = "KZT"

    @strawberry.field
    def amount(self) -> Decimal:
        """In tenge."""
        return Decimal(self.tiyn) / TIYN_IN_TENGE

    @strawberry.field
    def text(self) -> str:
        """As a person reads it."""
        return shown(self.tiyn, LANGUAGE)


@strawberry.type
class CharacteristicValue:
    """An answer to a characteristic."""

    code: str
    name: str
    value: str
    unit: str | None


@strawberry.interface
class Node:
    """Anything with an identifier."""

    id: strawberry.ID


@strawberry.type
class Listing(Node):
    """A card."""

    card: strawberry.Private[Card]
    title: LocalisedText
    description: LocalisedText
    direction: Direction
    category_code: str
    version: int
    published_at: datetime
    regions: list[str]
    price: Money

    @strawberry.field
    def characteristics(self, info: strawberry.Info) -> list[CharacteristicValue]:
        """Its answers under their definitions."""
        known = info.context["definitions"][self.card.category, self.card.definition_version]
        found = [(answer, known[answer.code]) for answer in self.card.characteristics]
        return [
            CharacteristicValue(code=one.code, name=item.name, value=item.shown(one.value), unit=item.unit)
            for one, item in found
        ]

    @strawberry.field
    async def supplier(self, info: strawberry.Info) -> "Supplier":
        """Whose it is."""
        return _supplier(await info.context["suppliers"].load(self.card.supplier))


@strawberry.type
class PageInfo:
    """Where a page stands."""

    has_next_page: bool


@strawberry.type
class ListingConnection:
    """A page of listings."""

    nodes: list[Listing]
    page_info: PageInfo


@strawberry.type
class Supplier(Node):
    """A supplier."""

    row: strawberry.Private[PydanticObjectId]
    kind: SupplierKind
    name: LocalisedText | None
    region: str | None
    directions: list[Direction]

    @strawberry.field
    async def listings(self, first: int = 24) -> ListingConnection:
        """Its newest listings."""
        found = Listings.find({"supplier": self.row}, projection_model=Card)
        rows = await found.sort("-published_at", "-_id").limit(first + 1).to_list()
        return _page(rows, first)


@strawberry.type
class SupplierConnection:
    """A page of suppliers."""

    nodes: list[Supplier]


def _listing(card: Card) -> Listing:
    return Listing(
        id=strawberry.ID(global_id("Listing", card.id)),
        card=card,
        title=_texts(card.title),
        description=_texts(card.description),
        direction=card.direction,
        category_code=card.category,
        version=card.version,
        published_at=card.published_at,
        regions=card.regions,
        price=Money(tiyn=card.price),
    )


def _page(cards: Sequence[Card], first: int) -> ListingConnection:
    nodes = [_listing(card) for card in cards[:first]]
    return ListingConnection(nodes=nodes, page_info=PageInfo(has_next_page=len(cards) > first))


def _supplier(document: Suppliers) -> Supplier:
    assert document.id is not None
    return Supplier(
        id=strawberry.ID(global_id("Supplier", document.id)),
        row=document.id,
        kind=document.supplier_kind,
        name=_texts(document.name) if document.name else None,
        region=document.region,
        directions=document.directions,
    )


@strawberry.type
class Query:
    """Root fields."""

    @strawberry.field
    async def listings(
        self,
        first: int = ROWS,
        filter: ListingFilter | None = None,  # noqa: A002 - the schema's name
        sort: ListingSort = ListingSort.PRICE_ASC,  # noqa: ARG002 - only the cheapest first is asked
    ) -> ListingConnection:
        """A page of the catalogue, the cheapest first."""
        question = catalogue(strawberry.asdict(filter) if filter else {}, None)
        found = Listings.find(question["filter"], projection_model=Card, hint=question["hint"])
        rows = await found.sort(*question["sort"]).limit(first + 1).to_list()
        return _page(rows, first)

    @strawberry.field
    async def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002 - the schema's name
        """A single listing."""
        card = await Listings.find_one({"_id": local_id(id)}, projection_model=Card)
        return _listing(card) if card else None

    @strawberry.field
    async def suppliers(self, first: int = ROWS) -> SupplierConnection:
        """The suppliers who registered last."""
        found = Suppliers.find(REGISTERED).sort("-registered_at", "-_id").limit(first)
        return SupplierConnection(nodes=[_supplier(one) async for one in found])


async def _by_ids(keys: Sequence[PydanticObjectId]) -> list[Suppliers]:
    found = {one.id: one async for one in Suppliers.find(In(Suppliers.id, keys))}
    return [found[key] for key in keys]


class View(GraphQL[Any, Any]):
    """Strawberry's own ASGI application, with a loader for each request."""

    def __init__(self, schema: strawberry.Schema, known: Definitions) -> None:
        super().__init__(schema)
        self._known = known

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """What resolvers ask for."""
        loader: Any = DataLoader(_by_ids)
        return {"request": request, "response": response, "suppliers": loader, "definitions": self._known}


async def application(database: Database) -> View:
    """The application, with its documents bound to the database."""
    await init_beanie(database=database, document_models=[Listings, Suppliers])
    known = definitions(await database["categories"].find().to_list())
    return View(strawberry.Schema(Query, types=[Listing]), known)


if __name__ == "__main__":
    serve(application, tuned=False)
