"""Arguments of fields as functions take them: coerced by graphql-core, converted to Strawberry's inputs.

Strawberry looks at the type of every value and at the name of every field again in each request. What it
finds is the same each time, so that a converter is made once for each argument of a field; types out of the
ordinary are left to Strawberry's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, Protocol

from graphql import GraphQLSchema
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
)
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.unset import UNSET

from execution.plans.fields import Reading, Unplannable

Arguments = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Requested(Protocol):
    """What plans look at of a request: graphql-core's executor has it, and so does less."""

    @property
    def variable_values(self) -> VariableValues:
        """Coerced by graphql-core."""

    @property
    def context_value(self) -> Any:
        """The operation's context."""

    @property
    def hide_suggestions(self) -> bool:
        """Whether errors suggest no names."""


class ArgumentReader:
    """Reads the arguments of one field at one place of a document, again and again or once for all."""

    __slots__ = ("_constant", "_found", "_makers")

    def __init__(self, schema: GraphQLSchema, asked: Requested, found: Reading) -> None:
        """Raises Unplannable for arguments that are wrong whatever the variables."""
        self._found = found
        self._makers = _makers(schema, found)
        self._constant = None if self._has_variables() else self._lasting(asked)

    def read(self, asked: Requested) -> Arguments:
        """The arguments in this request. Raises what makes one of them wrong."""
        return self._made(asked) if self._constant is None else self._constant

    def _made(self, asked: Requested) -> Arguments:
        found = self._found
        coerced = get_argument_values(
            found.definition, found.node, asked.variable_values, None, asked.hide_suggestions
        )
        return {python: make(coerced[name]) for name, python, make in self._makers if name in coerced}

    def _lasting(self, asked: Requested) -> Arguments | None:
        """Arguments that are the same for each request; None if the function they are for may change one."""
        try:
            arguments = self._made(asked)
        except Exception as error:
            raise Unplannable(f"{self._found.declaration.where}: arguments") from error
        return arguments if all(isinstance(each, _UNCHANGING) for each in arguments.values()) else None

    def _has_variables(self) -> bool:
        return any(_mentions_variable(each.value) for each in self._found.node.arguments or ())


def _makers(schema: GraphQLSchema, found: Reading) -> list[tuple[str, str, Convert]]:
    """The converters of a field's arguments, made once and kept with its definition."""
    kept = found.definition.extensions
    if _KEPT not in kept:
        ours: Any = schema.extensions["strawberry-definition"]
        name = ours.config.name_converter.from_argument
        kept[_KEPT] = [(name(each), each.python_name, _of(ours, each.type)) for each in found.field.arguments]
    made: list[tuple[str, str, Convert]] = kept[_KEPT]
    return made


_KEPT = "execution-converters"
_UNCHANGING = (str, int, float, Decimal, date, Enum, type(None))


def _mentions_variable(node: Any) -> bool:
    if node.kind == "variable":
        return True
    inner = getattr(node, "values", None) or [each.value for each in getattr(node, "fields", None) or ()]
    return any(_mentions_variable(each) for each in inner)


def _of(schema: Any, type_: Any) -> Convert:
    """A converter of one type, by the cases of Strawberry's `convert_argument`."""
    if isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe):
        return _of(schema, type_.of_type)
    if type(type_) is StrawberryList:
        return _of_list(_of(schema, type_.of_type))
    definition = getattr(type_, "__strawberry_definition__", type_)
    registry = schema.schema_converter.scalar_registry
    if isinstance(definition, StrawberryEnumDefinition) or (
        type_ is not GlobalID and is_scalar(type_, registry)
    ):
        return _as_it_is
    if isinstance(definition, StrawberryObjectDefinition) and _is_plain(definition):
        return _of_input(schema, definition, type_)
    return partial(convert_argument, type_=type_, scalar_registry=registry, config=schema.config, info=None)


def _as_it_is(given: Any) -> Any:
    return given


def _of_list(item: Convert) -> Convert:
    def convert(given: Any) -> Any:
        return given if given is None or given is UNSET else [item(each) for each in given]

    return convert


def _is_plain(definition: StrawberryObjectDefinition) -> bool:
    return definition.is_input and definition.from_input is None and not definition.type_var_map


def _of_input(schema: Any, definition: StrawberryObjectDefinition, made: type) -> Convert:
    name = schema.config.name_converter.from_field
    fields = [
        (name(each), each.python_name, _of(schema, each.resolve_type(type_definition=definition)))
        for each in definition.fields
    ]
    lacking = {
        each.python_name: None
        for each in definition.fields
        if each.default_value is MISSING and each.default_factory is MISSING
    }

    def convert(given: Any) -> Any:
        if given is None or given is UNSET:
            return given
        found = {python: make(given[key]) for key, python, make in fields if key in given}
        return made(**(lacking | found))

    return convert
