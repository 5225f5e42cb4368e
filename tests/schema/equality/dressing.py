"""Generated documents made to find something: arguments that make sense to a viewer, variables, named fragments."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    value_to_literal,
    visit,
)

from auth.viewer import Viewer
from schema.nodes import NAMES
from tests.execution.plans.variants import CONDITIONS, varied
from tests.schema.equality.world import World

PERSONAL = ("measure", "order", "notice_task")
Make = Callable[[random.Random], Any]


class Dressed:
    """A document, and any number of variables for it."""

    def __init__(self, text: str, makers: dict[str, Make], conditions: dict[str, bool]) -> None:
        self.text, self._makers, self._conditions = text, makers, conditions

    def variables(self, chance: random.Random) -> dict[str, Any]:
        """Other values each time: plans must not keep those of the first."""
        drawn = {name: make(chance) for name, make in self._makers.items()}
        drawn = {name: each for name, each in drawn.items() if each is not None or chance.random() < 0.5}
        return drawn | {name: chance.random() < 0.5 for name in self._conditions}


def dressed(
    document: str, schema: GraphQLSchema, world: World, viewer: Viewer, chance: random.Random
) -> Dressed:
    """The document with arguments for this viewer, in harder clothes."""
    values = Values(world, viewer, schema)
    types = TypeInfo(schema)
    sewing = _Sewing(values, types, chance)
    tree = visit(parse(document), TypeInfoVisitor(types, sewing))
    text, conditions = varied(print_ast(_whole(tree, sewing)), chance)
    return Dressed(text, sewing.makers, {name: conditions[name] for name in CONDITIONS if name in conditions})


class Values:
    """What makes sense as an argument."""

    def __init__(self, world: World, viewer: Viewer, schema: GraphQLSchema) -> None:
        self.world, self.schema = world, schema
        self.types = {name: kind for kind, name in NAMES.items() if kind in world.ids}
        self.mine = {viewer.subject, viewer.representative, viewer.session, viewer.region} - {None}

    def of(self, field: FieldNode, argument: str) -> Make | None:
        """How to make a value of an argument; None leaves the generated one."""
        kinds = self.kinds(field)
        makers: dict[str, Make] = {
            "id": lambda chance: self.identifier(chance, kinds),
            "first": lambda chance: chance.choice([1, 2, 3, 5, 8, 13, 24, 24, 0, 101]),
            "after": lambda chance: chance.choice([None, None, None, None, "rubbish"]),
            "from": lambda chance: chance.choice([None, None, self.day(0), self.day(3), "rubbish"]),
            "to": lambda chance: chance.choice([None, None, self.day(9), self.day(40), self.day(120)]),
            "last": lambda chance: chance.choice([None, None, None, 5, 101]),
            "before": lambda chance: chance.choice([None, None, None, None, "rubbish"]),
            "codes": lambda chance: chance.choice([None, None, ["REGION"], ["nothing"]]),
            "text": lambda chance: chance.choice(["ко", "кресл", "коляска скл", ""]),
            "ids": lambda chance: [self.identifier(chance, ["listing"]) for _ in range(2)],
            "iin": lambda chance: chance.choice([*self.world.iins, "123456789012"]),
            "reason": lambda chance: chance.choice(["обращение № 5", "по заявлению", "звонок", "-"]),
            "filter": self.audit if field.name.value == "auditEntries" else self.listings,
        }
        return makers.get(argument)

    def day(self, number: int) -> str:
        """So many days from now."""
        return str((self.world.now + timedelta(days=number)).date())

    def kinds(self, field: FieldNode) -> list[str]:
        """Kinds of records that a field shows something of."""
        if field.name.value == "verifyEvidence":
            return ["evidence"]
        if field.name.value == "participantOf":
            return list(PERSONAL)
        shown = field.selection_set.selections if field.selection_set else ()
        found = [
            each.type_condition.name.value
            for each in shown
            if isinstance(each, InlineFragmentNode) and each.type_condition
        ]
        return [self.types[name] for name in found if self.types.get(name) in self.world.ids] or list(
            self.world.ids
        )

    def identifier(self, chance: random.Random, kinds: list[str]) -> str:
        """A record's identifier, mostly one that the viewer has to do with."""
        if chance.random() < 0.05:
            return chance.choice(["", "rubbish", self.world.ids["order"][0][:-2]])
        near = {kind: [one for one in self.world.ids[kind] if self.is_near(kind, one)] for kind in kinds}
        known = [kind for kind in kinds if near[kind]]
        if known and chance.random() < 0.85:
            return chance.choice(near[chance.choice(known)])
        return chance.choice(self.world.ids[chance.choice(kinds)])

    def is_near(self, kind: str, one: str) -> bool:
        """Whether a record is everybody's or the viewer's own."""
        public = kind in {"listing", "category", "supplier"}
        return public or bool(self.world.owners[one] & self.mine)

    def listings(self, chance: random.Random) -> dict[str, Any] | None:
        """A filter of the catalogue."""
        category, code = chance.choice(list(self.world.codes))
        made: dict[str, Any] = {}
        if chance.random() < 0.3:
            made["category"] = category
        if chance.random() < 0.2:
            made["region"] = chance.choice(["71", "75", "10", "xx"])
        if chance.random() < 0.15:
            made["text"] = chance.choice(["коляска", "для взрослых", "арба", "и"])
        if chance.random() < 0.1:
            made["ranges"] = [{"code": code, "minimum": chance.choice([None, 0.5, -1.0]), "maximum": 1e6}]
        if chance.random() < 0.05:
            made["flags"] = [{"code": code, "value": True}]
        return made if made or chance.random() < 0.5 else None

    def audit(self, chance: random.Random) -> dict[str, Any] | None:
        """A filter of the audit."""
        made: dict[str, Any] = {}
        if chance.random() < 0.3:
            made["act"] = chance.choice(["Mutation.orderPlace", "Seed.listings", "Nothing"])
        if chance.random() < 0.2:
            made["subject"] = self.identifier(chance, ["order", "measure", "participant"])
        if chance.random() < 0.2:
            made["since"] = chance.choice(["2025-01-01T00:00:00Z", "2026-01-01T00:00:00"])
        return made or None


class _Sewing(Visitor):
    def __init__(self, values: Values, types: TypeInfo, chance: random.Random) -> None:
        super().__init__()
        self.values, self.types, self.chance = values, types, chance
        self.makers: dict[str, Make] = {}
        self.declared: list[VariableDefinitionNode] = []
        self.fragments: list[FragmentDefinitionNode] = []
        self.fields: list[FieldNode] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Remember whose arguments come next."""
        self.fields.append(node)

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        """Put some selections into fragments, and ask for the type here and there."""
        self.fields.pop()
        found = get_named_type(self.types.get_type())
        if node.selection_set is None or not is_composite_type(found):
            return None
        inside = node.selection_set
        if self.chance.random() < 0.15:
            typename = FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
            inside = SelectionSetNode(selections=(*inside.selections, typename))
        if self.chance.random() < 0.15:
            name = f"F{len(self.fragments)}"
            self.fragments.append(_fragment(name, found.name, inside))
            inside = SelectionSetNode(
                selections=(FragmentSpreadNode(name=NameNode(value=name), directives=()),)
            )
        return FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=node.arguments,
            directives=node.directives or (),
            selection_set=inside,
        )

    def leave_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode | None:
        """Give a value that makes sense, by a variable now and then."""
        asked = self.types.get_argument()
        if asked is None:
            return None
        given = value_from_ast_untyped(node.value)
        make = self.values.of(self.fields[-1], node.name.value)
        if self.chance.random() < 0.35:
            name = f"v{len(self.makers)}"
            self.makers[name] = make or (lambda _: given)
            variable = VariableNode(name=NameNode(value=name))
            self.declared.append(
                VariableDefinitionNode(variable=variable, type=parse_type(f"{asked.type}"), directives=())
            )
            return ArgumentNode(name=node.name, value=variable)
        if make is None:
            return None
        return ArgumentNode(
            name=node.name, value=value_to_literal(make(self.chance), asked.type) or node.value
        )


def _fragment(name: str, type_: str, inside: SelectionSetNode) -> FragmentDefinitionNode:
    return FragmentDefinitionNode(
        name=NameNode(value=name),
        type_condition=NamedTypeNode(name=NameNode(value=type_)),
        directives=(),
        selection_set=inside,
    )


def _whole(tree: DocumentNode, sewing: _Sewing) -> DocumentNode:
    """The operation with its variables, and the fragments."""
    (operation,) = tree.definitions
    assert isinstance(operation, OperationDefinitionNode)
    named = OperationDefinitionNode(
        operation=operation.operation,
        name=NameNode(value="Asked"),
        variable_definitions=tuple(sewing.declared),
        directives=(),
        selection_set=operation.selection_set,
    )
    return DocumentNode(definitions=(named, *sewing.fragments))
