"""Fields that not everybody reads who reads their record: the policy table is asked for each parent.

A field with `policy=` can be declared in no other way (schema/policies.py): the row that it names is asked
before its reader is, and the reader of a batched field never gets the records it may not open.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

from auth.policy import allows, require
from domain.errors import AccessDenied
from execution import fields
from execution.declarations import AsyncFunction, Loader, PureFunction
from resolvers.context import Context

Plain = Mapping[str, Any]
F = TypeVar("F", bound=Callable[..., Any])
ASKED = "__policy__"
"""Attribute of a reader: the row of the table that is asked before it reads."""


def asks(reader: F, policy: str) -> F:
    """Say of a reader that it asks this row of the table first."""
    setattr(reader, ASKED, policy)
    return reader


def batched(loader: Loader, *, policy: str, withheld: bool = False, **options: Any) -> Any:
    """As `execution.fields.batched`, for those parents of which the row allows it.

    The others fail with AccessDenied, or read as null where the field is `withheld` silently.
    """

    @wraps(loader)
    async def asked(
        context: Context, records: Sequence[Plain], *more: object, **arguments: Any
    ) -> list[object]:
        allowed = [allows(context.viewer, policy, row) for row in records]
        shown = [row for row, may in zip(records, allowed, strict=True) if may]
        loaded = loader(context, shown, *more, **arguments) if shown else ()
        found = iter(await loaded if inspect.isawaitable(loaded) else loaded)
        return [_next(found) if may else _refused(context, policy, withheld=withheld) for may in allowed]

    return fields.batched(asks(asked, policy), policy=policy, **options)


def resolved(function: AsyncFunction, *, policy: str, withheld: bool = False, **options: Any) -> Any:
    """As `execution.fields.resolved`, where the row allows it for the parent; see `batched`."""

    @wraps(function)
    async def asked(record: Plain, context: Context, **arguments: Any) -> object:
        if withheld and not allows(context.viewer, policy, record):
            return None
        require(context.viewer, policy, record)
        return await function(record, context, **arguments)

    return fields.resolved(asks(asked, policy), policy=policy, **options)


def computed(function: PureFunction, *, policy: str, withheld: bool = False, **options: Any) -> Any:
    """As `execution.fields.computed`, where the row allows it for the parent; see `batched`."""
    contextual = fields.Computed(function=function).wants_context

    def asked(record: Plain, context: Context, **arguments: Any) -> object:
        if withheld and not allows(context.viewer, policy, record):
            return None
        require(context.viewer, policy, record)
        return function(record, context, **arguments) if contextual else function(record, **arguments)

    wraps(function)(asked)
    asked.__signature__ = _with_context(function)  # type: ignore[attr-defined]
    return fields.computed(asks(asked, policy), policy=policy, **options)


def stored(key: str, *, policy: str, withheld: bool = False, **options: Any) -> Any:
    """As `execution.fields.stored`, where the row allows it for the parent; see `batched`."""

    def read(record: Plain) -> object:
        return record.get(key)

    return computed(read, policy=policy, withheld=withheld, **options)


def _with_context(function: PureFunction) -> inspect.Signature:
    """What the executor sees: the record, the context, and the field's arguments."""
    given = inspect.signature(function).parameters.values()
    reserved = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("record", "context")
    ]
    return inspect.Signature([*reserved, *(one for one in given if one.kind is one.KEYWORD_ONLY)])


def _next(found: Iterator[object]) -> object:
    return next(found)


def _refused(context: Context, policy: str, *, withheld: bool) -> object:
    """What stands in the place of a value: null, or the refusal that makes this parent's field fail."""
    if withheld:
        return None
    try:
        require(context.viewer, policy)
    except AccessDenied as denied:
        return denied
    return AccessDenied()
