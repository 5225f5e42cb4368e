"""A small library as a schema: every way of reading a field, for the tests of execution."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from execution.fields import (
    Record,
    as_type,
    batched,
    computed,
    interface,
    live,
    record,
    resolved,
    root,
    stored,
    value,
)

T = TypeVar("T")


class Language(Enum):
    """Languages of titles."""

    KK = "kk"
    RU = "ru"
    EN = "en"


strawberry.enum(Language)


class Refusal(Exception):
    """A rule of the library says no."""

    def __init__(self, code: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.path = code, path


@dataclass
class Context:
    """One operation's context; `calls` journals the loaders' calls."""

    viewer: str = "anonymous"
    language: str = "ru"
    calls: list[tuple[str, int]] = field(default_factory=list)


def text(kk: str, ru: str, en: str) -> dict[str, str]:
    """Return a localised text."""
    return {"kk": kk, "ru": ru, "en": en}


def book(number: int, author: int) -> dict[str, Any]:
    """Return a book record."""
    title = text(f"Кітап {number}", f"Книга {number}", f"Book {number}")
    return {
        "kind": "book",
        "_id": str(number),
        "title": title,
        "author_id": str(author),
        "pages": number * 10,
    }


AUTHORS = {str(n): {"kind": "author", "_id": str(n), "name": f"Author {n}"} for n in range(3)}
BOOKS = {str(n): book(n, n % 3) for n in range(6)}
BOOKS["5"]["pages"] = "many: 900101300123"


def global_id(record: Record) -> str:
    """The opaque id of a record."""
    return f"{record['kind']}:{record['_id']}"


def heading(
    record: Record, context: Context, *, language: Language | None = None, upper: bool = False
) -> str:
    """The title in one language."""
    shown = str(record["title"][language.value if language else context.language])
    return shown.upper() if upper else shown


async def authors_of(context: Context, records: Sequence[Record], *, fail: bool = False) -> list[object]:
    """Authors of books, in one call."""
    context.calls.append(("authors", len(records)))
    await asyncio.sleep(0)
    lost = KeyError("900101300123")
    return [lost if fail and each["_id"] == "1" else AUTHORS[each["author_id"]] for each in records]


async def books_of(record: Record, context: Context, *, first: int = 10) -> Sequence[Record]:
    """Books of an author."""
    context.calls.append(("books", 1))
    return [each for each in BOOKS.values() if each["author_id"] == record["_id"]][:first]


@interface()
class Node:
    """Anything with an id."""

    id: strawberry.ID = computed(global_id)


@value()
class Localised:
    """A text in three languages."""

    kk: str = stored()
    ru: str = stored()
    en: str | None = stored()


@record("author")
class Author(Node):
    """Who writes books."""

    name: str = stored(description="As on the cover.")
    books: list[Annotated[Book, strawberry.lazy("tests.execution.sample")]] = resolved(books_of, cost=10)


@record(("book", "draft"))
class Book(Node):
    """Something to read."""

    title: Localised = stored()
    heading: str = computed(heading)
    author: Author | None = batched(authors_of)
    length: int | None = stored("pages", deprecation_reason="Count them yourself.")


@value()
class Edge(Generic[T]):
    """A node and its cursor."""

    node: T = stored()
    cursor: str = stored()


@value()
class Page(Generic[T]):
    """A page of nodes."""

    edges: list[Edge[T]] = stored()


@strawberry.type
class BookAdded:
    """The book stands on the shelf."""

    book: Book


@strawberry.type
class NotAdded:
    """The book was refused."""

    code: str


BookAddResult = Annotated[BookAdded | NotAdded, strawberry.union("BookAddResult")]


@strawberry.input
class BookInput:
    """A new book."""

    title: str
    pages: int = 1
    related: list[BookInput] | None = None


async def books(context: Context, *, first: int = 24) -> dict[str, Any]:
    """A page of books."""
    return {"edges": [{"node": each, "cursor": each["_id"]} for each in list(BOOKS.values())[:first]]}


async def node(context: Context, *, id: strawberry.ID) -> Record | None:  # noqa: A002
    """Any record by id."""
    kind, _, key = id.partition(":")
    return (
        {"book": BOOKS, "author": AUTHORS}[kind].get(key) if kind in {"book", "author"} else {"kind": "shelf"}
    )


async def echo(context: Context, *, text: str = "", number: int = 0, language: Language | None = None) -> str:
    """The arguments."""
    return f"{text}{number}{language.value if language else ''}"


async def refuse(context: Context) -> str:
    """Always refused."""
    raise Refusal("SHELF_CLOSED", ("shelf", 3))


class Away(Exception):
    """What the library is kept in doesn't answer."""


async def no_answer(context: Context) -> str:
    """Never there."""
    raise Away("900101300123")


async def crash(context: Context, *, secret: str = "") -> str:
    """Always broken."""
    raise ZeroDivisionError(f"secret {secret} 900101300123")


async def viewer(context: Context) -> str:
    """Who asks."""
    return context.viewer


async def book_add(context: Context, *, input: BookInput) -> BookAdded | NotAdded:  # noqa: A002
    """Add a book, or say why not."""
    if not input.title:
        return NotAdded(code="TITLE_EMPTY")
    return BookAdded(book=as_type(Book, {**book(7, 1), "kind": "draft", "title": text(*[input.title] * 3)}))


async def counting(context: Context, *, to: int = 3, fail: bool = False) -> AsyncIterator[int]:
    """Count from 0."""
    for number in range(to):
        yield number
        await asyncio.sleep(0)
    if fail:
        raise ZeroDivisionError("900101300123")


async def silence(context: Context) -> AsyncIterator[int]:
    """Never say anything."""
    await asyncio.Event().wait()
    yield 0


@strawberry.type
class Query:
    """Reads."""

    books: Page[Book] = root(books, policy="public")
    node: Node | None = root(node, policy="public")
    echo: str = root(echo, policy="public")
    refuse: str | None = root(refuse, policy="public")
    away: str = root(no_answer, policy="public")
    away_perhaps: str | None = root(no_answer, policy="public")
    crash: str | None = root(crash, policy="public")
    viewer: str = root(viewer, policy="public")


@strawberry.type
class Mutation:
    """Acts."""

    book_add: BookAddResult = root(book_add, policy="librarian")


@strawberry.type
class Subscription:
    """News."""

    counting: int = live(counting, policy="public")
    silence: int = live(silence, policy="public")
