"""Wrong declarations fail when the schema is built, by the field's name."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import strawberry

from execution.checks import check_declarations
from execution.fields import (
    DeclarationError,
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
from tests.execution import sample


async def anything(_context: object) -> Any:
    """A root field."""
    return {}


def problems(cls: type) -> str:
    """The problems of a schema with this type."""
    return problems_of(
        type("Query", (), {"__annotations__": {"it": cls}, "it": root(anything, policy="public")})
    )


def problems_of(query: type, **more: Any) -> str:
    """The problems of a schema with this query type."""
    schema = strawberry.Schema(strawberry.type(query), **more)
    with pytest.raises(DeclarationError) as caught:
        check_declarations(schema)
    return str(caught.value)


def test_the_sample_is_right() -> None:
    """A right schema passes."""
    check_declarations(strawberry.Schema(sample.Query, sample.Mutation, sample.Subscription))


def test_a_field_without_declaration_is_named() -> None:
    """A plain attribute and a strawberry.field on a record are refused."""

    @record("cup")
    class Cup:
        size: int
        colour: str = strawberry.field(name="color")

    assert problems(Cup).splitlines() == [
        "Cup.size: declare how it is read: stored, computed, batched or resolved",
        "Cup.colour: declare how it is read: stored, computed, batched or resolved",
    ]


@pytest.mark.parametrize("key", ["a.b", "$where", "a b"])
def test_a_key_is_an_identifier(key: str) -> None:
    """A key that MongoDB would read as a path or an operator is refused."""

    @value()
    class Cup:
        size: int = stored(key)

    assert problems(Cup) == f"Cup.size: the key {key!r} is no identifier"


def plain(_record: Record) -> int:
    """Return one."""
    return 1


def plain_pair(_one: object, _two: object) -> int:
    """Return one."""
    return 1


async def coroutine(_record: Record) -> int:
    """Return one."""
    return 1


async def generator(_context: object) -> AsyncIterator[int]:
    """Yield one."""
    yield 1


def open_ended(_record: Record, *rest: object, **more: object) -> int:
    """Return one."""
    return 1


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: computed(coroutine), "needs a plain function"),
    (lambda: computed(plain, cost=-1), "a cost is not negative"),
    (lambda: computed(open_ended), "*rest has no GraphQL counterpart"),
    (lambda: batched(generator), "needs a function of (context, records)"),  # type: ignore[arg-type]
    (lambda: batched(coroutine), "the function takes 2 or 3 positional parameters, not 1"),  # type: ignore[arg-type]
    (lambda: resolved(plain_pair), "needs an async function of (record, context)"),  # type: ignore[arg-type]
    (lambda: resolved(generator), "needs an async function of (record, context)"),  # type: ignore[arg-type]
    (lambda: root(anything, policy="public"), "root(…) and live(…) belong to root types"),
]


@pytest.mark.parametrize(("make", "said"), WRONG)
def test_a_function_of_the_wrong_shape_is_named(make: Callable[[], Any], said: str) -> None:
    """Each way of reading refuses functions that it could not call."""

    @value()
    class Cup:
        size: int = make()

    assert f"Cup.size: {said}" in problems(Cup).splitlines()


def test_an_argument_needs_an_annotation() -> None:
    """An argument without a type is named while the schema is built."""

    def untyped(_record, *, unit=1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return unit

    @value()
    class Cup:
        size: int = computed(untyped)

    assert problems(Cup) == "Cup.size: the argument 'unit' has no annotation"


def test_a_record_shows_only_records() -> None:
    """A plain Strawberry type inside a record would read attributes of a dict: refused."""
    assert problems(Shelf) == "Shelf.newest: BookAdded is no record, value or interface"


@record("shelf")
class Shelf:
    """Shows a payload."""

    newest: list[sample.BookAdded] | None = stored()


def test_types_behind_one_interface_have_kinds_of_their_own() -> None:
    """Two types for one kind could not be told apart; a value behind an interface has no kind at all."""

    @interface()
    class Thing:
        id: str = stored("_id")

    @record(("cup", "mug"))
    class Cup(Thing): ...

    @record("mug")
    class Mug(Thing): ...

    @value()
    class Ghost(Thing): ...

    query = type("Query", (), {"__annotations__": {"it": Thing}, "it": root(anything, policy="public")})
    assert problems_of(query, types=[Cup, Mug, Ghost]).splitlines() == [
        "Ghost: a value has no kind, so it cannot implement Thing",
        "Thing: 2 of its types read records of kind 'mug'",
    ]


def test_every_root_field_needs_a_policy() -> None:
    """R-J3: a root field without an access policy stops the start."""

    class Query:
        open: int = root(anything, policy=None)
        plain: int = strawberry.field(resolver=lambda: 1)
        allowed: int = strawberry.field(resolver=lambda: 1, metadata={"policy": "public"})
        odd: int = stored(policy="public")

    assert problems_of(Query).splitlines() == [
        "Query.open: a root field needs an access policy",
        "Query.plain: a root field needs an access policy",
        "Query.odd: a root field is declared by root(…) or live(…)",
    ]


def test_subscriptions_are_generators() -> None:
    """A live field that is no async generator function is refused."""

    @strawberry.type
    class Subscription:
        ticks: int = live(anything, policy="public")  # type: ignore[arg-type]

    class Query:
        it: int = root(anything, policy="public")

    said = problems_of(Query, subscription=Subscription)
    assert said == "Subscription.ticks: needs an async generator function of (context)"


def test_as_type_changes_nothing() -> None:
    """The static type of a record is a claim to the type checker only."""
    plain_record = {"kind": "book"}
    assert as_type(sample.Book, plain_record) is plain_record  # type: ignore[comparison-overlap]
