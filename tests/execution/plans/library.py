"""A library whose records may be broken anywhere: the schema of the differential tests.

Every way of reading that a plan knows stands here beside some that it doesn't, with interfaces, a union, enums,
scalars one of which rejects, lists of lists, and arguments of every kind.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry

from execution.fields import batched, computed, interface, record, resolved, root, stored, value

Plain = Mapping[str, Any]


MOST_TIMES = 20  # a generated document may ask for billions: the answer would fill the machine's memory


class Shelf(Enum):
    """Where books stand."""

    UPPER = "upper"
    LOWER = "lower"


strawberry.enum(Shelf)


def _even(given: Any) -> Any:
    if type(given) is not int or given % 2:
        raise ValueError(f"{given!r} is odd")
    return given


Even = NewType("Even", int)
Anything = NewType("Anything", object)
SCALARS: dict[object, Any] = {
    Even: strawberry.scalar(name="Even", serialize=_even, parse_value=_even),
    Anything: strawberry.scalar(
        name="Anything", serialize=lambda given: given, parse_value=lambda given: given
    ),
}


@strawberry.input
class Style:
    """How to show a text."""

    upper: bool = False
    marks: list[str] = strawberry.field(default_factory=list)
    shelf: Shelf | None = None


@dataclass
class Context:
    """One operation; `broken` makes that share of loads fail, the same for the same records."""

    seed: int = 0
    broken: float = 0.0
    calls: list[str] = field(default_factory=list)

    def fails(self, what: str, record: Plain) -> bool:
        """Whether loading this for this record fails."""
        return random.Random(f"{self.seed}/{what}/{record.get('_id')}").random() < self.broken


def shown(record: Plain, context: Context, *, style: Style | None = None, times: int = 1) -> str:
    """A computed field with an input object, a default and the context."""
    if context.fails("shown", record):
        raise ValueError("cannot be shown")
    said = f"{record['name']}" * min(times, MOST_TIMES)
    if style is None:
        return said
    place = style.shelf.value if style.shelf else "-"
    return (said.upper() if style.upper else said) + "".join(style.marks) + place


def shelf_of(record: Plain) -> Any:
    """An enum out of a string."""
    return record.get("shelf")


def reversed_name(record: Plain) -> str | None:
    """A computed field of the record alone."""
    name = record.get("name")
    return name[::-1] if isinstance(name, str) else None


async def authors_of(context: Context, records: Sequence[Plain], *, old: bool = False) -> list[object]:
    """A loader with an argument, which may fail for one record or for all."""
    context.calls.append("authors")
    await asyncio.sleep(0)
    if context.fails("authors", {"_id": old}):  # whichever records are loaded together
        raise ConnectionError("authors are away")
    broken = ValueError("no such author")
    return [
        broken if context.fails("author", each) else each.get("author_old" if old else "author")
        for each in records
    ]


async def related_of(context: Context, records: Sequence[Plain]) -> list[object]:
    """A loader of lists."""
    context.calls.append("related")
    return [each.get("related") for each in records]


async def things_of(context: Context, records: Sequence[Plain]) -> list[object]:
    """A loader of lists of an interface."""
    return [each.get("things") for each in records]


async def slow_of(record: Plain, context: Context, *, first: int = 2) -> object:
    """What no plan reads."""
    await asyncio.sleep(0)
    if context.fails("slow", record):
        raise LookupError("too slow")
    related = record.get("related")
    return related[:first] if isinstance(related, list) else related


@value()
class Names:
    """A value without a kind."""

    kk: str = stored()
    ru: str | None = stored()
    all: list[str] = stored()


@interface()
class Thing:
    """Anything with a name."""

    id: strawberry.ID = stored("_id")
    name: str | None = stored()


@record("author")
class Author(Thing):
    """Who writes."""

    names: Names = stored()
    born: datetime | None = stored()
    books: list[Annotated[Book, strawberry.lazy("tests.execution.plans.library")]] = batched(related_of)


@record(("book", "draft"))
class Book(Thing):
    """Something to read."""

    title: str = stored("name")
    names: Names | None = stored()
    pages: int = stored()
    weight: float | None = stored()
    price: Decimal | None = stored()
    even: Even | None = stored()
    anything: Anything | None = stored()
    lent: bool = stored()
    shelf: Shelf | None = computed(shelf_of)
    shelves: list[Shelf] = stored()
    grid: list[list[int | None] | None] = stored()
    strict: list[list[int]] | None = stored("grid")
    shown: str = computed(shown)
    reversed: str | None = computed(reversed_name)
    author: Author = batched(authors_of)
    maybe_author: Author | None = batched(authors_of)
    related: list[Book] = batched(related_of)
    things: list[Thing | None] | None = batched(things_of)
    slow: list[Book] | None = resolved(slow_of)


Any_ = Annotated[Author | Book, strawberry.union("AnyThing")]


@value()
class Page:
    """Books and what else there is."""

    books: list[Book] = stored()
    things: list[Thing] = stored()
    mixed: list[Any_] | None = stored()
    count: int = stored()


async def page(context: Context, *, seed: int = 0) -> Any:
    """A page of made-up records; the context says how many are broken."""
    return Maker(context.seed + seed, context.broken).page()


async def book(context: Context, *, seed: int = 0) -> Any:
    """One of them."""
    return Maker(context.seed + seed, context.broken).book(2)


async def thing(context: Context, *, seed: int = 0) -> Any:
    """A record of an interface."""
    maker = Maker(context.seed + seed, context.broken)
    return maker.book(1) if seed % 2 else maker.author(1)


@strawberry.type
class Query:
    """Reads."""

    page: Page = root(page, policy="public")
    book: Book | None = root(book, policy="public")
    thing: Thing = root(thing, policy="public")


BROKEN: tuple[Any, ...] = (
    None, "text", 7, 3.5, float("nan"), True, [], {}, ValueError("stored"), ["x", None], {"kind": "ghost"}, 2**40,
)  # fmt: skip


class Maker:
    """Makes the same records for the same seed, each value broken with a probability."""

    def __init__(self, seed: int, broken: float) -> None:
        self.random, self.broken = random.Random(seed), broken

    def maybe(self, given: Any) -> Any:
        """The value, or something wrong in its place."""
        return self.random.choice(BROKEN) if self.random.random() < self.broken else given

    def names(self) -> Any:
        """A value without a kind."""
        word = f"w{self.random.randrange(100)}"
        whole = {
            "kk": self.maybe(word),
            "ru": self.random.choice([word, None]),
            "all": self.maybe([word, word]),
        }
        return self.maybe(whole)

    def author(self, depth: int) -> Any:
        """An author."""
        return self.maybe(
            {
                "kind": self.maybe("author"),
                "_id": self.maybe(f"a{self.random.randrange(1000)}"),
                "name": self.maybe("Абай"),
                "names": self.names(),
                "born": self.maybe(datetime(1845, 8, 10, tzinfo=UTC)),
                "related": self.some(self.book, depth),
            }
        )

    def book(self, depth: int) -> Any:
        """A book."""
        number = self.random.randrange(1000)
        return self.maybe(
            {
                "kind": self.random.choice(["book", "draft"]),
                "_id": f"b{number}",
                "name": self.maybe(f"Кітап {number}"),
                "names": self.names(),
                "pages": self.maybe(number),
                "weight": self.maybe(self.random.choice([1.5, 2, None])),
                "price": self.maybe(Decimal("12.50")),
                "even": self.maybe(2 * number),
                "anything": self.maybe({"a": [1, None]}),
                "lent": self.maybe(number % 2 == 0),
                "shelf": self.maybe(self.random.choice(["upper", "lower", Shelf.UPPER, None])),
                "shelves": self.maybe(["upper", Shelf.LOWER]),
                "grid": self.maybe([[1, 2], [3], []]),
                "author": self.author(depth - 1) if depth > 0 else self.author(0),
                "author_old": self.author(0),
                "related": self.some(self.book, depth),
                "things": self.some(self.thing, depth),
            }
        )

    def thing(self, depth: int) -> Any:
        """A book or an author."""
        return self.book(depth) if self.random.random() < 0.5 else self.author(depth)

    def some(self, make: Any, depth: int) -> Any:
        """A list of them, empty at the bottom."""
        many = 0 if depth <= 0 else self.random.randrange(3)
        return self.maybe([make(depth - 1) for _ in range(many)])

    def page(self) -> Any:
        """A whole page."""
        whole = {
            "books": self.some(self.book, 3),
            "things": self.some(self.thing, 2),
            "mixed": self.some(self.thing, 2),
            "count": self.maybe(3),
        }
        return self.maybe(whole)
