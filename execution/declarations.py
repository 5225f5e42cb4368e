"""How a field is read: frozen data, one class per way.

graphql-core gets its resolver from the same declaration (`execution.fields`) that a plan compiler
reads from the field's metadata under the key `READ`, so that there is one truth for both.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from execution.wanted import Wanted

READ = "read"

Record = Mapping[str, Any]

# Functions given to the declarations: positional parameters are filled by the executor (record, context),
# keyword-only parameters are the field's GraphQL arguments. Their exact types differ from field to field.
PureFunction = Callable[..., object]
Loader = Callable[..., Awaitable[Sequence[object]] | Sequence[object]]
AsyncFunction = Callable[..., Awaitable[object]]
Source = Callable[..., AsyncIterator[object]]


class DeclarationError(TypeError):
    """A field is declared wrongly; the text begins with `Type.field`. Raised while the schema is built."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What every way of reading has: a policy row, a cost, and where it stands (`Type.field`)."""

    policy: object | None = None
    cost: int = 1
    where: str = ""
    reads: tuple[str, ...] | None = None
    """Keys of the record that a function looks at; None: any of them (`execution.wanted`)."""
    once: bool = False
    """Reading it leaves a trace: no plan reads it, since a plan that gives up has it read again."""

    def problems(self) -> Iterator[str]:
        """Say what is wrong with this declaration, one sentence each."""
        if self.cost < 0:
            yield "a cost is not negative"


@dataclass(frozen=True, slots=True)
class Stored(Declaration):
    """The value is `record[key]`; a missing key reads as null."""

    key: str = ""

    def problems(self) -> Iterator[str]:
        """Keys are plain identifiers: a dot or a dollar sign would be a path or an operator in MongoDB."""
        yield from Declaration.problems(self)
        if not self.key.isidentifier():
            yield f"the key {self.key!r} is no identifier"


@dataclass(frozen=True, slots=True)
class Called(Declaration):
    """A declaration with a function; `reserved` positional parameters are filled by the executor."""

    function: Callable[..., Any] = print
    reserved: ClassVar[tuple[int, ...]] = ()
    kind: ClassVar[str] = "a plain function"

    @property
    def positional(self) -> int:
        """How many positional parameters the function has."""
        return _positional(self.function)

    @property
    def arguments(self) -> tuple[inspect.Parameter, ...]:
        """The keyword-only parameters: GraphQL arguments of the field."""
        return tuple(p for p in _parameters(self.function) if p.kind is p.KEYWORD_ONLY)

    def problems(self) -> Iterator[str]:
        """Check the function's kind and shape."""
        yield from Declaration.problems(self)
        if not self.fits():
            yield f"needs {self.kind}"
        if self.positional not in self.reserved:
            wanted = " or ".join(map(str, self.reserved))
            yield f"the function takes {wanted} positional parameters, not {self.positional}"
        for parameter in _parameters(self.function):
            if parameter.kind in _VARIADIC:
                yield f"*{parameter.name} has no GraphQL counterpart"
        for argument in self.arguments:
            if argument.annotation is argument.empty:
                yield f"the argument {argument.name!r} has no annotation"

    def fits(self) -> bool:
        """Whether the function is of the kind that this way of reading needs."""
        return not _is_asynchronous(self.function)


@dataclass(frozen=True, slots=True)
class Computed(Called):
    """A pure function of the record: `fn(record, *, arguments)` or `fn(record, context, *, arguments)`."""

    reserved: ClassVar[tuple[int, ...]] = (1, 2)

    @property
    def wants_context(self) -> bool:
        """Whether the function asks for the context as its second parameter."""
        return self.positional > 1


@dataclass(frozen=True, slots=True)
class Batched(Called):
    """`async fn(context, records, *, arguments) -> values`, one value a record, in their order.

    An exception instance among the values fails that record's field only. A third positional parameter gets
    what is `Wanted` of the values. A plain function may answer at once, or with an awaitable: a loader that
    has everything at hand costs no task. `lasting` values are the same objects again and again, and neither
    they nor what is in them ever changes.
    """

    lasting: bool = False

    reserved: ClassVar[tuple[int, ...]] = (2, 3)
    kind: ClassVar[str] = "a function of (context, records)"

    def given(self, wanted: Wanted) -> tuple[Wanted, ...]:
        """What the function gets beside context and records."""
        return (wanted,) if self.positional > self.reserved[0] else ()

    def fits(self) -> bool:
        """A loader gives its values at once or awaits them, it never yields them."""
        return not inspect.isasyncgenfunction(self.function)


@dataclass(frozen=True, slots=True)
class Resolved(Called):
    """`async fn(record, context, *, arguments)`: anything that the other ways cannot say."""

    reserved: ClassVar[tuple[int, ...]] = (2,)
    kind: ClassVar[str] = "an async function of (record, context)"

    def fits(self) -> bool:
        """The function is a coroutine function."""
        return inspect.iscoroutinefunction(self.function)


@dataclass(frozen=True, slots=True)
class Root(Called):
    """A field of Query or Mutation: `async fn(context, *, arguments)`.

    A second positional parameter gets what is `Wanted` of the value. `shared` values are the same for
    everybody in one scope: answers made of nothing else may be kept (`execution.answers`).
    """

    shared: bool = False
    reserved: ClassVar[tuple[int, ...]] = (1, 2)
    kind: ClassVar[str] = "an async function of (context)"

    def given(self, wanted: Wanted) -> tuple[Wanted, ...]:
        """What the function gets beside the context."""
        return (wanted,) if self.positional > self.reserved[0] else ()

    def fits(self) -> bool:
        """The function is a coroutine function."""
        return inspect.iscoroutinefunction(self.function)


@dataclass(frozen=True, slots=True)
class Live(Called):
    """A field of Subscription: `async def fn(context, *, arguments)` that yields records."""

    reserved: ClassVar[tuple[int, ...]] = (1,)
    kind: ClassVar[str] = "an async generator function of (context)"

    def fits(self) -> bool:
        """The function is an async generator function."""
        return inspect.isasyncgenfunction(self.function)


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@cache
def _parameters(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """Asked for each time a field is read, and slow to find out."""
    return tuple(inspect.signature(function).parameters.values())


@cache
def _positional(function: Callable[..., Any]) -> int:
    return sum(p.kind in _POSITIONAL for p in _parameters(function))


def _is_asynchronous(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
