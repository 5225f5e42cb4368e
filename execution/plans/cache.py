"""Keeps plans: found by the place in the document and by the variables that @skip and @include look at."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLOutputType, SelectionSetNode
from graphql.execution.collect_fields import FieldDetails

from execution.plans.fields import Unplannable
from execution.plans.memory import Memory
from execution.plans.running import Plan
from execution.plans.writing import write

if TYPE_CHECKING:
    from execution.plans.executor import PlanningExecutor

Place = tuple[int, ...]
MOST_VARIANTS = 8
"""Plans of one place: each combination of @skip and @include is one more."""


@dataclass(slots=True)
class Counts:
    """What plans did: for metrics. The keys say where, and why not."""

    runs: int = 0
    whole: int = 0
    written: int = 0
    left: Counter[str] = field(default_factory=Counter)
    unplannable: Counter[str] = field(default_factory=Counter)
    gave_up: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Position:
    """A place in a document; it holds the nodes, so that their ids can't come to name anything else."""

    nodes: list[FieldNode]
    type_: GraphQLOutputType
    conditions: tuple[str, ...]
    plans: dict[tuple[Any, ...], Plan | None] = field(default_factory=dict)


class Plans:
    """The plans of one schema, the least used dropped first."""

    def __init__(self, capacity: int = 300) -> None:
        self._capacity = capacity
        self._positions: OrderedDict[Place, _Position] = OrderedDict()
        self.counts = Counts()
        self.memory = Memory()

    def __len__(self) -> int:
        return len(self._positions)

    def find(
        self, executor: PlanningExecutor, type_: GraphQLOutputType, details: list[FieldDetails], where: str
    ) -> Plan | None:
        """The plan of a place, written at its first use; None where graphql-core has to do it."""
        place = (id(type_), *(id(each.node) for each in details))
        position = self._positions.get(place)
        if position is None:
            position = self._remember(executor, place, type_, details)
        else:
            self._positions.move_to_end(place)
        variables = executor.variable_values.coerced
        key = tuple(variables.get(name) for name in position.conditions)
        if key not in position.plans:
            if len(position.plans) >= MOST_VARIANTS:
                position.plans.clear()
            position.plans[key] = self._written(executor, type_, details, where)
        return position.plans[key]

    def _remember(
        self, executor: PlanningExecutor, place: Place, type_: GraphQLOutputType, details: list[FieldDetails]
    ) -> _Position:
        nodes = [each.node for each in details]
        below = [node.selection_set for node in nodes if node.selection_set]
        looked_at = conditions(executor.fragment_definitions, below)
        position = _Position(nodes, type_, tuple(sorted(looked_at)))
        self._positions[place] = position
        if len(self._positions) > self._capacity:
            self._positions.popitem(last=False)
        return position

    def _written(
        self, executor: PlanningExecutor, type_: GraphQLOutputType, details: list[FieldDetails], where: str
    ) -> Plan | None:
        try:
            plan = Plan(executor, write(executor, type_, details), where)
        except Unplannable as reason:
            self.counts.unplannable[str(reason)] += 1
            return None
        self.counts.written += 1
        return plan


def conditions(
    fragments: Mapping[str, FragmentDefinitionNode], below: Iterable[SelectionSetNode]
) -> set[str]:
    """Variables that @skip and @include look at anywhere below, each fragment looked into once."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[Any] = list(below)
    while waiting:
        for each in waiting.pop().selections:
            found |= _looked_at(each)
            if each.kind == "fragment_spread":
                fragment = fragments.get(each.name.value)
                if fragment is not None and each.name.value not in seen:
                    seen.add(each.name.value)
                    waiting.append(fragment.selection_set)
            elif each.selection_set:
                waiting.append(each.selection_set)
    return found


def _looked_at(node: Any) -> set[str]:
    return {
        argument.value.name.value
        for directive in node.directives or ()
        if directive.name.value in {"skip", "include", "defer"}
        for argument in directive.arguments or ()
        if argument.value.kind == "variable"
    }
