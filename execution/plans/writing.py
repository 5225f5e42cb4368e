"""Writes the Python of a plan: a function for each object type at each position.

A function takes a record and the state of this run. Fields that a loader fills are left open: the function
notes the record and its unfinished answer, and `running` fills all of them at once, a position at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails

from execution.declarations import Batched
from execution.plans.bodies import Body
from execution.plans.fields import Reading, Unplannable, kinds
from execution.plans.leaves import give_up, inlined, names_of
from execution.wanted import EVERYTHING, Wanted, Wants
from execution.wire import ZONES, written

if TYPE_CHECKING:
    from execution.plans.executor import PlanningExecutor

Complete = Callable[[Any, Any], Any]
DEEPEST = 40
"""Nesting of a plan: deeper positions get plans of their own."""
LARGEST = 5_000
"""Names in a plan: fragments within fragments can unfold to any size, whatever the document's own."""


def as_list(given: Any) -> Any:
    """What may stand for a list beside a list."""
    return given if type(given) is tuple else give_up(given)


CALLED: dict[str, Any] = {
    "give_up": give_up,
    "as_list": as_list,
    "datetime": datetime,
    "Decimal": Decimal,
    "zones": ZONES,
}
"""What every plan may call."""


@dataclass(slots=True)
class Hole:
    """A position that a loader fills: how, and below which other hole it lies."""

    reading: Reading
    answer: str
    parent: int | None
    arguments: int | None
    complete: Complete | None = None
    wants: Wants = field(default_factory=Wants)
    wanted: Wanted = EVERYTHING


@dataclass(slots=True)
class Written:
    """Everything a plan needs to run."""

    complete: Complete
    holes: list[Hole]
    arguments: list[Reading]
    packed: bytes
    """Its source, compressed: it is kept for whoever wants to look, and thousands of plans are."""
    wanted: Wanted

    @property
    def source(self) -> str:
        """The Python it consists of."""
        return zlib.decompress(self.packed).decode()


def write(
    executor: PlanningExecutor, type_: GraphQLOutputType, details: list[FieldDetails], *, wire: bool = False
) -> Written:
    """Write the plan of one position, `wire` for answers that only orjson reads. Raises Unplannable."""
    return Writer(executor, wire).whole(type_, details)


@dataclass(slots=True)
class Writer:
    """Writes one plan."""

    executor: PlanningExecutor
    wire: bool = False
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: {**CALLED})
    leaves: dict[str, str] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    """Functions whose answer depends on the record alone."""
    tables: dict[str, str] = field(default_factory=dict)
    """Answers that are remembered: the name of a table, and of the function that makes them."""
    holes: list[Hole] = field(default_factory=list)
    arguments: list[Reading] = field(default_factory=list)
    wants: Wants = field(default_factory=Wants)
    count: int = 0
    depth: int = 0

    def whole(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Written:
        """The position and everything below it."""
        top = self.completion(type_, details, None)
        source = "\n".join(self.lines)
        exec(compile(source, "<plan>", "exec"), self.names)  # noqa: S102 - names are numbered, texts are quoted
        for kept, made in self.tables.items():
            complete = self.names[made]
            table = self.executor.plans.memory.table(encoding(complete) if self.wire else complete)
            self.names |= {f"k{kept}": table.answers.get, f"m{kept}": table.make}
        for number, hole in enumerate(self.holes):
            hole.complete, hole.wanted = self.names[f"h{number}"], hole.wants.wanted()
        packed = zlib.compress(source.encode())
        return Written(self.names[top], self.holes, self.arguments, packed, self.wants.wanted())

    def completion(
        self, type_: GraphQLOutputType, details: list[FieldDetails], hole: int | None, name: str | None = None
    ) -> str:
        """Write a function of (value, state) for values of a type; its name."""
        made = name or self.fresh("c")
        answer = self.expression(type_, "v", details, hole)
        self.lines += [f"def {made}(v, s):", f"    return {answer}"]
        return made

    def expression(
        self,
        type_: GraphQLOutputType,
        name: str,
        details: list[FieldDetails],
        hole: int | None,
        *,
        listed: bool = False,
    ) -> str:
        """An expression that completes the variable `name`; `listed` if it is an item of a list."""
        if not is_non_null_type(type_):
            return f"(None if {name} is None else {self.present(type_, name, details, hole, listed=listed)})"
        return self.present(type_.of_type, name, details, hole, listed=listed)

    def present(
        self,
        type_: GraphQLOutputType,
        name: str,
        details: list[FieldDetails],
        hole: int | None,
        *,
        listed: bool,
    ) -> str:
        """An expression for a value that must not be None; whatever it calls gives up on None."""
        if is_list_type(type_):
            item = self.fresh("i")
            inner = self.expression(type_.of_type, item, details, hole, listed=True)
            return f"[{inner} for {item} in ({name} if type({name}) is list else as_list({name}))]"
        if is_leaf_type(type_):
            return inlined(type_, name, self.leaf(type_), wire=self.wire)
        if is_object_type(type_):
            made = self.object(type_, details, hole)
            if listed and made in self.plain and self.is_lasting(hole):
                return self.remembered(made, name)
            return f"{made}({name}, s)"
        if is_abstract_type(type_):
            return f"{self.abstract(type_, details, hole)}({name}, s)"
        raise Unplannable(f"{type_}: of no known kind")  # pragma: no cover - a schema has no other types

    def leaf(self, type_: GraphQLLeafType) -> str:
        """The name of a leaf type's coercion."""
        if type_.name not in self.leaves:
            self.leaves[type_.name] = name = self.fresh("l")
            self.names |= names_of(type_, name)
        return self.leaves[type_.name]

    def abstract(self, type_: GraphQLAbstractType, details: list[FieldDetails], hole: int | None) -> str:
        """Write a function that looks at the record's kind."""
        table: dict[str, Any] = {}
        for each in self.executor.schema.get_possible_types(type_):
            if not kinds(each):
                raise Unplannable(f"{type_.name}: {each.name} has no kind")
            made = self.object(each, details, hole)
            table |= dict.fromkeys(kinds(each), made)
        name = self.fresh("a")
        chosen = ", ".join(f"{kind!r}: {made}" for kind, made in table.items())
        self.lines += [
            f"t{name} = {{{chosen}}}",
            f"def {name}(d, s):",
            "    if type(d) is not dict:",
            "        give_up(d)",
            f"    return t{name}[d['kind']](d, s)",
        ]
        return name

    def object(self, type_: GraphQLObjectType, details: list[FieldDetails], hole: int | None) -> str:
        """Write a function for the records of one type at one position."""
        if self.depth >= DEEPEST:
            raise Unplannable(f"{type_.name}: too deep")
        self.depth += 1
        allowed = kinds(type_)
        collected = self.executor.collect_subfields(type_, details)
        if collected.new_defer_usages:
            raise Unplannable(f"{type_.name}: deferred")
        body = Body(self, type_, hole)
        for answer, found in collected.grouped_field_set.items():
            body.add(answer, found)
        name = self.fresh("o")
        if body.is_plain:
            self.plain.add(name)
        test = f" or d.get('kind') not in {self.bound('k', frozenset(allowed))}" if allowed else ""
        self.lines += [f"def {name}(d, s):", f"    if type(d) is not dict{test}:", "        give_up(d)"]
        self.lines += body.lines()
        self.depth -= 1
        return name

    def is_lasting(self, hole: int | None) -> bool:
        """Whether the records at a position are the same ones from request to request."""
        declared = None if hole is None else self.holes[hole].reading.declaration
        return isinstance(declared, Batched) and declared.lasting

    def remembered(self, made: str, name: str) -> str:
        """An expression that completes the variable `name` if that was not done before.

        The table is made when the function is there: when the whole is compiled.
        """
        kept = self.fresh("k")
        self.tables[kept] = made
        return f"(k{kept}(id({name})) or m{kept}({name}, s))"

    def bound(self, prefix: str, given: Any) -> str:
        """Give an object a name in the plan."""
        name = self.fresh(prefix)
        self.names[name] = given
        return name

    def fresh(self, prefix: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        if self.count > LARGEST:
            raise Unplannable("too large")
        return f"{prefix}{self.count}"

    def argument(self, found: Reading) -> int | None:
        """The number of a field's arguments, None without any."""
        if not found.takes_arguments:
            return None
        self.arguments.append(found)
        return len(self.arguments) - 1

    def hole(self, answer: str, found: Reading, parent: int | None) -> int:
        """Leave a position open; what fills it is completed by a function of its own."""
        number = len(self.holes)
        self.holes.append(Hole(found, answer, parent, self.argument(found)))
        self.completion(found.definition.type, found.details, number, f"h{number}")
        return number


def encoding(complete: Complete) -> Complete:
    """The same with its answer as JSON already."""
    return lambda record, state: written(complete(record, state))
