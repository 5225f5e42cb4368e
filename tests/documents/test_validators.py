"""Validators derived from the documents: wherever a personal field stands."""

from pydantic import BaseModel

from documents.encryption import Sealed
from documents.validators import BINARY, validator


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
    """R-J1: a sealed field is binary or null in the model, in its parts and in lists of them."""
    rules = validator(Outer)["$jsonSchema"]["properties"]
    inner = {"secret": BINARY}
    assert rules["own"] == BINARY
    assert (
        rules["one"]
        == rules["many"]
        == rules["maybe"]
        == {"properties": inner, "items": {"properties": inner}}
    )
    assert "plain" not in rules


def test_no_rules_without_personal_fields() -> None:
    """R-J1: a collection of plain data needs no validator."""
    assert validator(Plain) == {}
