"""Fields that ask the table for each parent: whatever way they are read, nothing is opened for others."""

from collections.abc import Sequence
from typing import Any

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents.base import new_id
from domain.errors import AccessDenied
from domain.identity import Role
from execution.fields import Batched, Computed, Record, Resolved
from schema import guards
from tests.resolvers.stage import acting

SELF = new_id()
OWN, OTHERS = {"participant": SELF, "name": "own"}, {"participant": new_id(), "name": "another's"}
ROW = "OrderApplication.read"
VIEWER = acting(Viewer(Role.participant, SELF))


async def of_many(_context: object, records: Sequence[Record]) -> list[object]:
    """Batched: never gets a record it may not open."""
    assert all(each is OWN for each in records)
    return [each["name"] for each in records]


async def of_one(record: Record, _context: object, *, loud: bool = False) -> object:
    """Resolved, with an argument."""
    return record["name"].upper() if loud else record["name"]


def plain(record: Record) -> object:
    """Computed from the record alone."""
    return record["name"]


def contextual(record: Record, context: Any, *, twice: bool = False) -> object:
    """Computed with the context and an argument."""
    return (record["name"], context.viewer.role, twice)


def declared(field: Any) -> Any:
    """The declaration of a field."""
    return field.declaration


async def test_a_batched_field() -> None:
    """R-J3: among many parents those of others fail alone; where the field is withheld they read as null."""
    loud, quiet = (declared(guards.batched(of_many, policy=ROW, withheld=w)) for w in (False, True))
    assert isinstance(loud, Batched)
    found = await loud.function(VIEWER, [OWN, OTHERS, OWN])
    assert (found[0], found[2]) == ("own", "own")
    assert isinstance(found[1], AccessDenied)
    assert await quiet.function(VIEWER, [OTHERS, OWN]) == [None, "own"]
    (denied,) = await loud.function(acting(ANONYMOUS), [OWN])
    assert (type(denied), denied.code) == (AccessDenied, "SIGN_IN_REQUIRED")


async def test_a_resolved_field() -> None:
    """R-J3: a resolved field is refused for another's record, or reads as null; its arguments stay."""
    loud, quiet = (declared(guards.resolved(of_one, policy=ROW, withheld=w)) for w in (False, True))
    assert isinstance(loud, Resolved)
    assert [each.name for each in loud.arguments] == ["loud"]
    assert await loud.function(OWN, VIEWER, loud=True) == "OWN"
    with pytest.raises(AccessDenied):
        await loud.function(OTHERS, VIEWER)
    assert await quiet.function(OTHERS, VIEWER) is None
    assert await quiet.function(OWN, VIEWER) == "own"


@pytest.mark.parametrize("function", [plain, contextual])
def test_a_computed_field(function: Any) -> None:
    """R-J3: a computed field asks with the context even where its function takes none."""
    loud, quiet = (declared(guards.computed(function, policy=ROW, withheld=w)) for w in (False, True))
    assert isinstance(loud, Computed)
    assert loud.wants_context
    assert list(loud.problems()) == []
    given = {"twice": True} if loud.arguments else {}
    assert loud.function(OWN, VIEWER, **given) in ("own", ("own", Role.participant, True))
    with pytest.raises(AccessDenied):
        loud.function(OTHERS, VIEWER)
    assert quiet.function(OTHERS, VIEWER) is None
    assert quiet.function(OWN, VIEWER) == loud.function(OWN, VIEWER)


def test_a_stored_field() -> None:
    """R-J3: a stored field with a row of its own reads its key for whoever may."""
    field = declared(guards.stored("name", policy=ROW))
    assert field.function(OWN, VIEWER) == "own"
    with pytest.raises(AccessDenied):
        field.function(OTHERS, VIEWER)
