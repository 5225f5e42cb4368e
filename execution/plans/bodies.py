"""The fields of one generated function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from graphql.execution.collect_fields import FieldDetails

from execution.declarations import Batched, Computed, Stored
from execution.plans.fields import Reading, Unplannable, kinds, reading

if TYPE_CHECKING:
    from execution.plans.writing import Writer


@dataclass(slots=True)
class Body:
    """The fields of one function: reads first, then one dict, then what is left open."""

    writer: Writer
    type_: GraphQLObjectType
    hole: int | None
    reads: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    is_plain: bool = True
    """Whether all of it is leaves that are read from the record alone."""

    def add(self, answer: str, details: list[FieldDetails]) -> None:
        """Add one field of the selection."""
        if any(each.fragment_variable_values is not None for each in details):
            raise Unplannable(f"{self.type_.name}: variables of fragments")
        found = reading(self.writer.executor.schema, self.type_, details)
        self.want(details[0].node.name.value, found)
        if found is None:
            self.answers.append(f"{answer!r}: {self.type_.name!r}")
        elif isinstance(found.declaration, Batched):
            self.is_plain = False
            number = self.writer.hole(answer, found, self.hole)
            self.answers.append(f"{answer!r}: None")
            self.open.append(f"    s.open[{number}].append((d, r))")
        else:
            name = self.writer.fresh("v")
            self.reads.append(f"    {name} = {self.read(found)}")
            shown = self.writer.expression(found.definition.type, name, details, self.hole)
            self.answers.append(f"{answer!r}: {shown}")
            self.is_plain &= _is_plain(found)

    def want(self, name: str, found: Reading | None) -> None:
        """Note what the field looks at, for whoever reads the records of this position."""
        wants = self.writer.wants if self.hole is None else self.writer.holes[self.hole].wants
        declared = None if found is None else found.declaration
        keys = (declared.key,) if isinstance(declared, Stored) else declared.reads if declared else ()
        wants.add(kinds(self.type_), name, keys)

    def read(self, found: Reading) -> str:
        """An expression that reads the field of the record `d`."""
        declared = found.declaration
        if isinstance(declared, Stored):
            return f"d.get({declared.key!r})"
        assert isinstance(declared, Computed)  # noqa: S101 - `reading` lets nothing else pass
        function = self.writer.bound("f", declared.function)
        number = self.writer.argument(found)
        context = ", s.context" if declared.wants_context else ""
        given = "" if number is None else f", **s.arguments[{number}]"
        return f"{function}(d{context}{given})"

    def lines(self) -> list[str]:
        """The body of the function."""
        answer = "{" + ", ".join(self.answers) + "}"
        if not self.open:
            return [*self.reads, f"    return {answer}"]
        return [*self.reads, f"    r = {answer}", *self.open, "    return r"]


def _is_plain(found: Reading) -> bool:
    declared = found.declaration
    alone = isinstance(declared, Stored) or (
        isinstance(declared, Computed) and not declared.wants_context and not found.takes_arguments
    )
    return alone and is_leaf_type(get_named_type(found.definition.type))
