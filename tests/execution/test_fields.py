"""Declarations read records on graphql-core and stay in the metadata for the plan compiler."""

import asyncio
import gc
from typing import Any

import pytest
import strawberry
from strawberry.permission import BasePermission

from execution.batching import load
from execution.fields import READ, Batched, Computed, Record, Resolved, Stored, record, root, stored
from tests.execution import sample

SCHEMA = strawberry.Schema(sample.Query, sample.Mutation, sample.Subscription)


async def ask(query: str, context: sample.Context | None = None, **variables: object) -> Any:
    """Execute a document and return its data; errors fail the test."""
    result = await SCHEMA.execute(query, variables, context_value=context or sample.Context())
    assert result.errors is None
    return result.data


def declared(cls: Any, name: str) -> Any:
    """The declaration of a field."""
    return next(f.metadata[READ] for f in cls.__strawberry_definition__.fields if f.python_name == name)


async def test_stored_reads_the_key_of_the_record() -> None:
    """A stored field reads its own name or the given key, and a value nested in the record."""
    data = await ask('{node(id: "book:2") {... on Book {length title {kk ru en}}}}')
    assert data == {"node": {"length": 20, "title": {"kk": "Кітап 2", "ru": "Книга 2", "en": "Book 2"}}}


async def test_computed_takes_record_context_and_arguments() -> None:
    """A computed field gets the record, the context if it asks, and coerced arguments."""
    fields = "id ... on Book {a: heading b: heading(language: $l, upper: true)}"
    query = f'query($l: Language) {{node(id: "book:1") {{{fields}}}}}'
    data = await ask(query, l="KK")
    assert data == {"node": {"id": "book:1", "a": "Книга 1", "b": "КІТАП 1"}}


async def test_batched_loads_all_parents_in_one_call() -> None:
    """All parents of a position, aliases included, go to the loader at once."""
    context = sample.Context()
    query = "{books {edges {node {a: author {name} b: author {id} c: author(fail: false) {id}}}}}"
    data = await ask(query, context)
    assert [edge["node"]["a"]["name"] for edge in data["books"]["edges"]] == [
        f"Author {n % 3}" for n in range(6)
    ]
    assert context.calls == [("authors", 18)]


@pytest.mark.parametrize("ticks", range(4))
async def test_a_parent_that_comes_late_is_loaded_all_the_same(ticks: int) -> None:
    """A parent asked for while its batch is being dispatched goes to a call of its own; nobody waits in vain."""
    context, found = sample.Context(), asyncio.Queue[Any]()
    declaration, loop = declared(sample.Book, "author"), asyncio.get_running_loop()

    def late(left: int) -> None:
        if left:
            loop.call_soon(late, left - 1)
        else:
            found.put_nowait(load(declaration, context, sample.BOOKS["1"], {}))

    first = load(declaration, context, sample.BOOKS["0"], {})
    loop.call_soon(late, ticks)
    second = await found.get()
    assert (await first, await second) == (sample.AUTHORS["0"], sample.AUTHORS["1"])


async def test_batches_of_different_arguments_or_contexts_stay_apart() -> None:
    """Arguments and contexts separate batches, so that nobody reads with another's rights."""
    context = sample.Context()
    result = await SCHEMA.execute(
        "{books(first: 2) {edges {node {a: author {name} c: author(fail: true) {id}}}}}",
        context_value=context,
    )
    assert sorted(context.calls) == [("authors", 2), ("authors", 2)]
    assert [error.path for error in result.errors or []] == [["books", "edges", 1, "node", "c"]]
    assert result.data
    assert result.data["books"]["edges"][0]["node"]["c"] == {"id": "author:0"}


async def test_resolved_awaits_record_and_context() -> None:
    """A resolved field is called for each parent with its arguments."""
    data = await ask('{node(id: "author:1") {... on Author {name books(first: 1) {id}}}}')
    assert data == {"node": {"name": "Author 1", "books": [{"id": "book:1"}]}}


async def test_kinds_choose_the_type_behind_an_interface() -> None:
    """The kind of a record decides its type, also for a type of several kinds inside a payload."""
    data = await ask('{a: node(id: "book:1") {__typename} b: node(id: "author:1") {__typename}}')
    assert data == {"a": {"__typename": "Book"}, "b": {"__typename": "Author"}}
    chosen = "__typename ... on BookAdded {book {id title {ru}}} ... on NotAdded {code}"
    query = 'mutation {bookAdd(input: {title: "%s"}) {' + chosen + "}}"
    assert (await ask(query % "Жаңа"))["bookAdd"]["book"] == {"id": "draft:7", "title": {"ru": "Жаңа"}}
    assert (await ask(query % ""))["bookAdd"] == {"__typename": "NotAdded", "code": "TITLE_EMPTY"}


async def test_a_record_of_no_known_kind_is_an_error() -> None:
    """A record that no type reads is refused instead of guessed."""
    result = await SCHEMA.execute('{node(id: "shelf:1") {id}}', context_value=sample.Context())
    assert result.data == {"node": None}
    assert result.errors


async def test_live_yields_events() -> None:
    """A live field's generator gives the events of a subscription."""
    stream = await SCHEMA.stream("subscription {counting(to: 2)}", context_value=sample.Context())
    assert [result.data async for result in stream] == [{"counting": 0}, {"counting": 1}]  # type: ignore[union-attr]


def test_declarations_stay_in_the_metadata() -> None:
    """The compiler finds frozen declarations: kind of reading, key, function, cost, place."""
    assert declared(sample.Book, "length") == Stored(cost=1, where="Book.length", key="pages")
    assert declared(sample.Book, "title").key == "title"
    heading = declared(sample.Book, "heading")
    assert isinstance(heading, Computed)
    assert heading.wants_context
    assert [argument.name for argument in heading.arguments] == ["language", "upper"]
    assert not declared(sample.Book, "id").wants_context
    assert declared(sample.Author, "books") == Resolved(
        cost=10, where="Author.books", function=sample.books_of
    )
    assert declared(sample.Book, "author") == Batched(cost=2, where="Book.author", function=sample.authors_of)


def test_options_reach_the_schema() -> None:
    """Descriptions, deprecations, names and defaults stand in the SDL."""
    sdl = SCHEMA.as_str()
    assert '"""As on the cover."""' in sdl
    assert 'length: Int @deprecated(reason: "Count them yourself.")' in sdl
    assert "heading(language: Language = null, upper: Boolean! = false): String!" in sdl
    assert '"""Something to read."""' in sdl
    assert "type BookPage" in sdl


class Librarian(BasePermission):
    """Only the librarian."""

    message = "no"

    def has_permission(self, source: Any, info: strawberry.Info, **_kwargs: Any) -> bool:  # noqa: ARG002
        """Whether the librarian asks."""
        return bool(info.context.viewer == "librarian")


@record("cup")
class Cup:
    """A cup."""

    size: int | None = stored(permission_classes=[Librarian])


async def cup(_context: sample.Context) -> Record:
    """A cup."""
    return {"kind": "cup", "size": 3}


async def test_permissions_of_a_field_are_asked() -> None:
    """A Strawberry permission or extension on a declared field runs before the record is read."""

    @strawberry.type
    class Query:
        cup: Cup = root(cup, policy="public")

    schema = strawberry.Schema(Query)
    allowed = await schema.execute("{cup {size}}", context_value=sample.Context(viewer="librarian"))
    assert allowed.data == {"cup": {"size": 3}}
    refused = await schema.execute("{cup {size}}", context_value=sample.Context())
    assert refused.data == {"cup": {"size": None}}


def test_extensions_may_replace_arguments() -> None:
    """Field extensions of Strawberry set `arguments`; a declared field takes them."""
    declared_field = root(cup, policy="public")
    assert declared_field.arguments == []
    declared_field.arguments = ["replaced"]
    assert declared_field.arguments == ["replaced"]


async def short(_context: object, records: list[Record]) -> list[object]:
    """Answer for all but one."""
    return list(records[1:])


async def test_a_loader_that_answers_too_little_is_named() -> None:
    """A loader with a wrong number of values fails its fields with the field's name."""
    with pytest.raises(RuntimeError, match=r"Book\.author: the loader answered 0 of 1"):
        await load(Batched(function=short, where="Book.author"), object(), {}, {})


async def test_a_failure_that_nobody_awaits_is_silent() -> None:
    """A request that was cancelled before it awaited its future leaves nothing for the loop to complain of."""
    loop, complaints = asyncio.get_running_loop(), list[Any]()
    usual = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, said: complaints.append(said))
    try:
        future = load(Batched(function=short, where="Book.author"), object(), {}, {})
        await asyncio.wait([future])
        del future
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(usual)
    assert complaints == []
