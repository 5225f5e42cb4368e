"""Makes documents harder: aliases, fragments, @skip and @include, variables, all from one seed."""

from __future__ import annotations

import random
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

CONDITIONS = ("yes", "no")


def varied(document: str, chance: random.Random) -> tuple[str, dict[str, Any]]:
    """A document with the same fields in harder clothes, and its variables."""
    varying = _Varying(chance)
    tree = visit(parse(document), varying)
    text = print_ast(_declared(tree, sorted(varying.used)))
    return text, {name: name == "yes" for name in varying.used}


class _Varying(Visitor):
    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.used: set[str] = set()

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        """Wrap some selections into fragments, put conditions on others, and ask some twice."""
        chosen: list[Any] = []
        for each in node.selections:
            chosen.append(self.changed(each))
            if isinstance(each, FieldNode) and self.chance.random() < 0.1:
                chosen.append(each)
        return SelectionSetNode(selections=tuple(chosen))

    def changed(self, node: Any) -> Any:
        """One selection in other clothes."""
        luck = self.chance.random()
        if luck < 0.1:
            return InlineFragmentNode(
                type_condition=None, directives=(), selection_set=SelectionSetNode(selections=(node,))
            )
        if luck < 0.2 and isinstance(node, FieldNode):
            return _with(node, self.condition())
        return node

    def condition(self) -> DirectiveNode:
        """@skip or @include, of a constant or of a variable."""
        named = self.chance.choice(["skip", "include"])
        shown: Any = BooleanValueNode(value=self.chance.random() < 0.5)
        if self.chance.random() < 0.5:
            variable = self.chance.choice(CONDITIONS)
            self.used.add(variable)
            shown = VariableNode(name=NameNode(value=variable))
        argument = ArgumentNode(name=NameNode(value="if"), value=shown)
        return DirectiveNode(name=NameNode(value=named), arguments=(argument,))


def _with(node: FieldNode, directive: DirectiveNode) -> FieldNode:
    return FieldNode(
        alias=node.alias,
        name=node.name,
        arguments=node.arguments,
        directives=(*(node.directives or ()), directive),
        selection_set=node.selection_set,
    )


def _declared(tree: DocumentNode, names: list[str]) -> DocumentNode:
    """Declare the variables that are used."""
    boolean = NonNullTypeNode(type=NamedTypeNode(name=NameNode(value="Boolean")))
    variables = tuple(
        VariableDefinitionNode(variable=VariableNode(name=NameNode(value=name)), type=boolean, directives=())
        for name in names
    )
    changed = [
        OperationDefinitionNode(
            operation=each.operation,
            name=each.name,
            variable_definitions=(*(each.variable_definitions or ()), *variables),
            directives=each.directives,
            selection_set=each.selection_set,
        )
        if isinstance(each, OperationDefinitionNode)
        else each
        for each in tree.definitions
    ]
    return DocumentNode(definitions=tuple(changed))
