"""The start fails when something goes unasked: a root field, a kind, a field with a row of its own."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import strawberry

from auth.policy import RULES
from auth.visibility import READS
from documents.nodes import READERS
from execution.fields import DeclarationError, Record, batched, computed, record, root, stored
from schema import guards
from schema.naming import PortalNames
from schema.nodes import NAMES
from schema.policies import check_policies
from schema.portal import portal_schema
from schema.roots import query


async def service_status(context: Any) -> Any:
    """A root field that has a row."""
    return context


async def names(_context: Any, records: Sequence[Record]) -> list[object]:
    """Something batched."""
    return [each.get("name") for each in records]


def label(_record: Record) -> str:
    """Something computed."""
    return "cup"


def told(query_type: type, **more: Any) -> list[str]:
    """What is wrong with a schema of this query type."""
    config = strawberry.schema.config.StrawberryConfig(name_converter=PortalNames())
    schema = strawberry.Schema(strawberry.type(query_type), config=config, **more)
    with pytest.raises(DeclarationError) as caught:
        check_policies(schema)
    return [
        line
        for line in str(caught.value).splitlines()
        if not line.startswith("nothing asks") and "a type of its name" not in line
    ]


def test_the_portal_asks_everywhere() -> None:
    """R-J3: the schema that is served passes, mutations and subscriptions included."""
    check_policies(portal_schema())


def test_root_fields_without_the_row_of_their_name() -> None:
    """R-J3: a root field declared past the helper, under another's row or without one stops the start."""

    class Query:
        plain: int
        bare: int = root(service_status, policy="Query.node")
        other_name: int = query(service_status)
        service_status: int = query(service_status)

    assert told(Query) == [
        "Query.plain: a root field asks the row of its own name, not None",
        "Query.bare: a root field asks the row of its own name, not 'Query.node'",
        "Query.bare: its reader does not ask 'Query.node'; declare it by schema.guards or schema.roots",
        "Query.otherName: a root field asks the row of its own name, not 'Query.serviceStatus'",
    ]


def test_fields_whose_row_nobody_asks() -> None:
    """R-J3: a field that only says its row, or says one that is not there, stops the start."""

    @record("cup")
    class Cup:
        said: str = batched(names, policy="Order.read")
        kept: str = stored("name", policy="Order.read")
        unknown: str = guards.computed(label, policy="Cup.read")
        asked: str = guards.batched(names, policy="Order.read")
        free: str = computed(label)

    class Query:
        service_status: Cup = query(service_status)

    assert told(Query) == [
        "Cup.said: its reader does not ask 'Order.read'; declare it by schema.guards or schema.roots",
        "Cup.kept: its reader does not ask 'Order.read'; declare it by schema.guards or schema.roots",
        "Cup.unknown: 'Cup.read' has no row in the policy table",
    ]


@pytest.fixture
def unheard_of() -> Iterator[str]:
    """A kind and a row that nobody thought of, for the length of a test."""
    READERS["unheard_of"] = READERS["order"]
    READS["unread"] = "Unread.read"
    RULES["Idle.read"] = {}
    yield "unheard_of"
    del READERS["unheard_of"], READS["unread"], RULES["Idle.read"]


def test_a_kind_without_a_row(unheard_of: str) -> None:
    """R-J3: a kind that can be read by identifier and has no row stops the start, and so does an idle row."""
    with pytest.raises(DeclarationError) as caught:
        check_policies(portal_schema())
    text = str(caught.value)
    assert f"records of kind '{unheard_of}' can be read by identifier, but no row says by whom" in text
    assert "records of kind 'unread' need both a name among the identifiers and a row" in text
    assert "'Unread.read', asked for records of kind 'unread', has no row in the policy table" in text
    assert "nothing asks the row 'Idle.read' of the policy table" in text


@pytest.fixture
def untyped() -> Iterator[None]:
    """A kind that the identifiers know and no type shows, for the length of a test."""
    NAMES["unheard_of"], READS["unheard_of"] = "UnheardOf", "Order.read"
    yield
    del NAMES["unheard_of"], READS["unheard_of"]


def test_a_kind_without_a_type(untyped: None) -> None:
    """R-J3: a kind that somebody may read, and that no type shows, is named before anybody asks for it."""
    with pytest.raises(DeclarationError, match="UnheardOf: a kind is either shown by a type of its name"):
        check_policies(portal_schema())
