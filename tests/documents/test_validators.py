"""Validators derived from the documents: wherever a personal field stands."""

from typing import Any

import pytest
from bson import ObjectId
from pydantic import BaseModel
from pymongo.errors import WriteError

from documents.base import Row, collection, collection_name
from documents.encryption import Sealed
from documents.encryption.fields import EACH, Path, sealed_paths
from documents.registry import DOCUMENTS
from documents.validators import BINARY, validator

GOOD = b"\x02" + b"x" * 60


class Inner(BaseModel):
    """A nested model."""

    secret: Sealed
    plain: str


class Outer(BaseModel):
    """Personal fields at each depth."""

    own: Sealed | None = None
    one: Inner
    many: list[Inner] = []
    maybe: Inner | None = None
    plain: dict[str, str] = {}


class Plain(BaseModel):
    """Nothing personal."""

    name: str


def test_rules_at_each_depth() -> None:
    """R-J1: a sealed field is sealed bytes or null in the model, in its parts and in lists of them."""
    rules = validator(Outer)["$jsonSchema"]["properties"]
    inner = {"bsonType": ["object", "null"], "properties": {"secret": BINARY}}
    assert rules["own"] == BINARY
    assert rules["one"] == rules["maybe"] == inner
    assert rules["many"] == {"bsonType": ["array", "null"], "items": inner}
    assert "plain" not in rules
    assert len(validator(Outer)["$nor"]) == 4


def test_no_rules_without_personal_fields() -> None:
    """R-J1: a collection of plain data needs no validator."""
    assert validator(Plain) == {}


SEALED = [(model, path) for model in DOCUMENTS for path in sealed_paths(model)]
CLEAR = [
    "in clear",
    b"in clear",
    b"",
    b"\x01" + b"x" * 60,
    {"in": "clear"},
    7,
    ["in clear"],
    [GOOD, "in clear"],
]


def holding(path: Path, value: Any) -> Row:
    """A row that has a value at a path, and nothing else."""
    head, *rest = path
    if head == EACH:
        return [holding(tuple(rest), value)] if rest else [value]  # type: ignore[return-value]
    return {head: holding(tuple(rest), value) if rest else value}


@pytest.mark.parametrize(
    ("model", "path"), SEALED, ids=[f"{model.__name__}.{'.'.join(path)}" for model, path in SEALED]
)
async def test_the_server_refuses_clear_text(database: object, model: Any, path: Path) -> None:
    """R-J1: text, other bytes, lists and objects are refused by the server, inserted as well as updated."""
    assert database is not None
    rows, row = collection(collection_name(model)), ObjectId()
    await rows.insert_one({"_id": row, **holding(path, GOOD)})
    for value in CLEAR:
        with pytest.raises(WriteError, match="failed validation"):
            await rows.insert_one({"_id": ObjectId(), **holding(path, value)})
        with pytest.raises(WriteError, match="failed validation"):
            await rows.update_one({"_id": row}, {"$set": holding(path, value)})
    await rows.update_one({"_id": row}, {"$set": holding(path, None)})
    assert await rows.count_documents({}) == 1
    await rows.delete_one({"_id": row})


async def test_a_list_can_not_be_passed_by(database: object) -> None:
    """R-J1: an object where a list belongs, or one bad item behind good ones, is refused too."""
    assert database is not None
    for history in ({"reason": "in clear"}, [{"reason": GOOD}, {"reason": "in clear"}], ["in clear"]):
        with pytest.raises(WriteError, match="failed validation"):
            await collection("orders").insert_one({"history": history})
