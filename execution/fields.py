"""Declare once how each field of a schema type is read.

    @record("listing")
    class Listing(Node):
        title: LocalisedText = stored()
        label: str = computed(status_label)
        supplier: Supplier = batched(suppliers_of)
        similar: list[Listing] = resolved(similar_listings)

Records are plain dicts with `kind` and `_id`; the types are never instantiated. The class annotation is
the GraphQL type. Positional parameters of a function are filled by the executor, keyword-only parameters
are the field's GraphQL arguments. A class docstring is the type's description in the schema.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from execution.batching import load
from execution.declarations import (
    READ,
    AsyncFunction,
    Batched,
    Called,
    Computed,
    Declaration,
    DeclarationError,
    Live,
    Loader,
    PureFunction,
    Record,
    Resolved,
    Root,
    Source,
    Stored,
)
from execution.wanted import EVERYTHING

__all__ = [
    "READ", "Batched", "Called", "Computed", "Declaration", "DeclarationError", "Fetched", "Live",
    "ReadField", "Record", "Resolved", "Root", "Stored", "as_type", "batched", "computed", "interface",
    "kinds_of", "live", "record", "resolved", "root", "stored", "value",
]  # fmt: skip

T = TypeVar("T")
Keys = tuple[str, ...] | None
KINDS = "__record_kinds__"


def stored(key: str | None = None, *, policy: object = None, cost: int = 1, **options: Any) -> Any:
    """Read `record[key]`; the key is the Python attribute's name unless given.

    Options of every declaration: `description`, `deprecation_reason`, `name`, `directives`, `extensions`.
    """
    return _field(Stored(policy, cost, key=key or ""), options)


def computed(
    function: PureFunction, *, policy: object = None, cost: int = 1, reads: Keys = None, **options: Any
) -> Any:
    """Call a pure function of the record and, if it takes a second parameter, the context.

    `reads` names the keys of the record that the function looks at.
    """
    return _field(Computed(policy, cost, reads=reads, function=function), options)


def batched(
    loader: Loader,
    *,
    policy: object = None,
    cost: int = 2,
    reads: Keys = None,
    once: bool = False,
    lasting: bool = False,
    **options: Any,
) -> Any:
    """Load this field for all parents of the position at once: `async loader(context, records)`.

    `reads` names the keys of the records that the loader looks at; `once` says that it leaves a trace of
    being called, `lasting` that it gives the same unchanging objects again and again.
    """
    declared = Batched(policy, cost, reads=reads, once=once, function=loader, lasting=lasting)
    return _field(declared, options)


def resolved(function: AsyncFunction, *, policy: object = None, cost: int = 5, **options: Any) -> Any:
    """Await a function of (record, context) for each parent: the way of last resort."""
    return _field(Resolved(policy, cost, function=function), options)


def root(
    function: AsyncFunction, *, policy: object, cost: int = 1, shared: bool = False, **options: Any
) -> Any:
    """Declare a field of Query or Mutation: `async function(context, *, arguments)`.

    `shared`: within one scope of viewers everybody gets the same, so that the answer may be kept.
    """
    return _field(Root(policy, cost, function=function, shared=shared), options)


def live(source: Source, *, policy: object, cost: int = 1, **options: Any) -> Any:
    """Declare a field of Subscription: an async generator function of (context, *, arguments)."""
    return _field(Live(policy, cost, function=source), {**options, "is_subscription": True})


def _field(declaration: Declaration, options: dict[str, Any]) -> StrawberryField:
    return ReadField(graphql_name=options.pop("name", None), metadata={READ: declaration}, **options)


class ReadField(StrawberryField):
    """A Strawberry field that reads its record as its declaration says."""

    @property
    def declaration(self) -> Declaration:
        """The declaration that the plan compiler finds in the field's metadata."""
        return cast(Declaration, self.metadata[READ])

    def __set_name__(self, owner: type, name: str) -> None:
        """Complete the declaration with what only the class body knows: the attribute's name."""
        declared = replace(self.declaration, where=f"{owner.__name__}.{name}")
        if isinstance(declared, Stored) and not declared.key:
            declared = replace(declared, key=name)
        self.metadata = MappingProxyType({**self.metadata, READ: declared})

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """GraphQL arguments: the function's keyword-only parameters."""
        if self._arguments is None:
            self._arguments = _arguments(self.declaration)
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    @property
    def is_basic_field(self) -> bool:
        """Whether the field needs nothing but its record, so that Strawberry builds no Info for it."""
        declared = self.declaration
        plain = isinstance(declared, Computed) and not declared.wants_context and not declared.arguments
        return not self.extensions and (plain or isinstance(declared, Stored))

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:  # noqa: ARG002
        """Read one record for graphql-core; `args` is Strawberry's `self` and stays empty."""
        declared = self.declaration
        if isinstance(declared, Stored):
            return source.get(declared.key)
        if isinstance(declared, Computed):
            context = (info.context,) if declared.wants_context else ()
            return declared.function(source, *context, **kwargs)
        if isinstance(declared, Batched):
            return load(declared, info.context, source, kwargs)
        if isinstance(declared, Resolved):
            return declared.function(source, info.context, **kwargs)
        return _from_root(cast(Root | Live, declared), source, info, kwargs)


def _from_root(declared: Root | Live, source: Any, info: Any, kwargs: dict[str, Any]) -> Any:
    if isinstance(source, Fetched):
        return source.value(info.path.key)
    given = declared.given(EVERYTHING) if isinstance(declared, Root) else ()
    return declared.function(info.context, *given, **kwargs)


class Fetched:
    """The root value of an operation whose root fields were read already, for graphql-core to complete."""

    def __init__(self, values: Mapping[str, object]) -> None:
        """Values by response key; an exception is what the field failed with."""
        self._values = values

    def value(self, key: str) -> object:
        """What a root field gave. Raises what it failed with."""
        found = self._values[key]
        if isinstance(found, Exception):
            raise found
        return found


def _arguments(declaration: Declaration) -> list[StrawberryArgument]:
    if not isinstance(declaration, Called):
        return []
    namespace = vars(sys.modules[inspect.unwrap(declaration.function).__module__])
    return [
        StrawberryArgument(
            p.name, None, StrawberryAnnotation(p.annotation, namespace=namespace), default=p.default
        )
        for p in declaration.arguments
        if p.annotation is not p.empty  # check_declarations names it
    ]


def record(
    kind: str | Sequence[str],
    *,
    name: str | None = None,
    description: str | None = None,
    directives: Sequence[object] = (),
) -> Callable[[type[T]], type[T]]:
    """Make a class the GraphQL type of the records whose `kind` is (one of) the given ones."""
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)

    def decorate(cls: type[T]) -> type[T]:
        def is_type_of(obj: object, _info: object) -> bool:
            return isinstance(obj, Mapping) and obj.get("kind") in kinds

        setattr(cls, KINDS, kinds)
        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        said = description or _docstring(cls)
        return strawberry.type(cls, name=name, description=said, directives=directives)

    return decorate


def value(
    *, name: str | None = None, description: str | None = None, directives: Sequence[object] = ()
) -> Callable[[type[T]], type[T]]:
    """Make a class the GraphQL type of plain dicts without a kind: localised text, money, pages, edges."""

    def decorate(cls: type[T]) -> type[T]:
        setattr(cls, KINDS, ())
        said = description or _docstring(cls)
        return strawberry.type(cls, name=name, description=said, directives=directives)

    return decorate


def interface(
    *, name: str | None = None, description: str | None = None, directives: Sequence[object] = ()
) -> Callable[[type[T]], type[T]]:
    """Make a class a GraphQL interface of records; its declarations are inherited."""

    def decorate(cls: type[T]) -> type[T]:
        setattr(cls, KINDS, ())
        said = description or _docstring(cls)
        return strawberry.interface(cls, name=name, description=said, directives=directives)

    return decorate


def _docstring(cls: type) -> str | None:
    written = vars(cls).get("__doc__")  # read before dataclasses invents one
    return inspect.cleandoc(written) if written else None


def kinds_of(cls: type) -> tuple[str, ...] | None:
    """The kinds of a record type, `()` for values and interfaces, None for classes that are no records."""
    return cast("tuple[str, ...] | None", vars(cls).get(KINDS))


def as_type(_type: type[T], plain: Record | None) -> T:
    """Give a record the static type of its GraphQL class, for payload objects; no work at run time."""
    return cast(T, plain)
