"""Fields that a plan must not read: it says why, and graphql-core asks whoever wants to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema, GraphQLString, NameNode
from graphql.execution.collect_fields import FieldDetails
from strawberry.extensions import SchemaExtension
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission

from execution.fields import record, root, stored
from execution.plans import Plans, planning_executor
from execution.plans.fields import Unplannable, kinds, reading


@dataclass
class Journal:
    """A context that notes who was asked."""

    asked: list[str] = field(default_factory=list)


class Nobody(BasePermission):
    """Lets nobody in."""

    message = "not for you"

    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:  # noqa: ARG002
        """Note that it was asked, and refuse."""
        info.context.asked.append("permission")
        return False


class Shouting(FieldExtension):
    """Changes what a field answers."""

    def resolve(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
        """Answer in capitals."""
        info.context.asked.append("extension")
        return next_(source, info, **arguments).upper()


class Watching(SchemaExtension):
    """Sees every field."""

    def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
        """Note the field."""
        info.context.asked.append(info.field_name)
        return _next(root, info, *args, **kwargs)


@record("note")
class Note:
    """A note, with a secret."""

    text: str = stored()
    loud: str = stored("text", extensions=[Shouting()])
    secret: str | None = stored(permission_classes=[Nobody])


@strawberry.type
class Plain:
    """A class that nobody declared."""

    text: str = "undeclared"


async def one(context: Journal) -> object:
    """One note."""
    return {"kind": "note", "_id": "1", "text": "quiet", "secret": "42"}


async def two(context: Journal) -> object:
    """Two of them."""
    return [await one(context), await one(context)]


@strawberry.type
class Query:
    """Reads."""

    note: Note = root(one, policy="public")
    notes: list[Note] = root(two, policy="public")
    plain: Plain | None = root(one, policy="public")


def schema(plans: Plans, *extensions: Any) -> strawberry.Schema:
    """The notes with plans."""
    return strawberry.Schema(Query, execution_context_class=planning_executor(plans), extensions=extensions)


@pytest.mark.parametrize("position", ["note", "notes"])
async def test_a_permission_class_is_never_bypassed(position: str) -> None:
    """R-K: what a permission class denies is denied with plans as without, each record asked for."""
    plans = Plans()
    document = f"{{ {position} {{ text secret }} }}"
    journals = [Journal(), Journal()]
    plain = await strawberry.Schema(Query).execute(document, context_value=journals[0])
    planned = await schema(plans).execute(document, context_value=journals[1])
    assert planned.data == plain.data
    assert [each.message for each in planned.errors or ()] == [each.message for each in plain.errors or ()]
    assert {each.message for each in planned.errors or ()} == {"not for you"}
    assert "42" not in str(planned.data)
    assert journals[1] == journals[0]
    assert plans.counts.runs == 0


async def test_an_extension_of_a_field_is_never_bypassed() -> None:
    """A field's extension changes its answer with plans too, and the reason is counted."""
    plans, journal = Plans(), Journal()
    answer = await schema(plans).execute("{ note { loud } }", context_value=journal)
    assert answer.data == {"note": {"loud": "QUIET"}}
    assert journal.asked == ["extension"]
    assert plans.counts.unplannable == {"Note.loud: has extensions": 1}


async def test_middleware_sees_every_field() -> None:
    """An extension that resolves switches plans off for the whole operation."""
    plans, journal = Plans(), Journal()
    answer = await schema(plans, Watching).execute("{ notes { text } }", context_value=journal)
    assert answer.data == {"notes": [{"text": "quiet"}] * 2}
    assert journal.asked == ["notes", "text", "text"]
    assert len(plans) == 0


async def test_a_class_that_is_no_record_is_left_alone() -> None:
    """A plain Strawberry class is completed by its own rules, and fails by them."""
    plans = Plans()
    answer = await schema(plans).execute("{ plain { text } }", context_value=Journal())
    plain = await strawberry.Schema(Query).execute("{ plain { text } }", context_value=Journal())
    assert str(answer.errors) == str(plain.errors)
    assert plans.counts.unplannable == {"Plain: no record": 1}


def test_types_that_strawberry_did_not_make_are_unplannable() -> None:
    """A field of graphql-core alone has no declaration, and an unknown one no definition."""
    thing = GraphQLObjectType("Thing", {"text": GraphQLField(GraphQLString)})
    made = GraphQLSchema(thing)
    for name, reason in (("text", "Thing.text: not declared"), ("ghost", "Thing.ghost: unknown")):
        node = FieldNode(name=NameNode(value=name))
        with pytest.raises(Unplannable, match=reason):
            reading(made, thing, [FieldDetails(node, None)])
    with pytest.raises(Unplannable, match="Thing: no record"):
        kinds(thing)
