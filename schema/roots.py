"""Root fields: each names its row of the policy table and can't be declared without one.

Their inputs and payloads are described to clients by their docstrings.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, dataclass_transform

import strawberry

from auth.policy import RULES, require
from domain.errors import DomainError
from execution.fields import live, root
from resolvers.context import Context
from schema.errors import problem
from schema.guards import asks

T = TypeVar("T")
Reader = Callable[..., Awaitable[object]]
Source = Callable[..., AsyncIterator[object]]


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def given(cls: type[T]) -> type[T]:
    """Make a class the input of a mutation."""
    return strawberry.input(cls, description=inspect.getdoc(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def payload(cls: type[T]) -> type[T]:
    """Make a class what a mutation answers with when it was done."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


def query(function: Reader, **options: Any) -> Any:
    """A field of Query: the table is asked first; a DomainError becomes an entry of `errors`."""
    act = _act("Query", function)

    @wraps(function)
    async def guarded(context: Context, *wanted: object, **arguments: Any) -> object:
        require(context.viewer, act)
        return await function(context, *wanted, **arguments)

    return root(asks(guarded, act), policy=act, **_described(function, options))


def mutation(function: Reader, **options: Any) -> Any:
    """A field of Mutation: the table is asked first; a DomainError becomes the typed answer."""
    act = _act("Mutation", function)

    @wraps(function)
    async def guarded(context: Context, **arguments: Any) -> object:
        try:
            require(context.viewer, act)
            return await function(context, **arguments)
        except DomainError as error:
            return problem(error, context.language)

    return root(asks(guarded, act), policy=act, **_described(function, options))


def subscription(function: Source, **options: Any) -> Any:
    """A field of Subscription: the table is asked when it begins; the hub asks again for each event."""
    act = _act("Subscription", function)

    @wraps(function)
    async def guarded(context: Context, **arguments: Any) -> AsyncIterator[object]:
        require(context.viewer, act)
        async for item in function(context, **arguments):
            yield item

    return live(asks(guarded, act), policy=act, **_described(function, options))


def _described(function: Callable[..., object], options: dict[str, Any]) -> dict[str, Any]:
    """The function's docstring is the field's description unless another is given."""
    return {"description": inspect.getdoc(function), **options}


def _act(root_type: str, function: Callable[..., object]) -> str:
    """The policy row of a root field: `Query.serviceStatus` for the function `service_status`."""
    head, *rest = function.__name__.split("_")
    act = f"{root_type}.{head}{''.join(part.title() for part in rest)}"
    if act not in RULES:
        raise LookupError(f"{act} has no row in the policy table")
    return act
