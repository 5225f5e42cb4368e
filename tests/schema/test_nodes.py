"""Global identifiers: opaque, and exact."""

import pytest

from documents.base import new_id
from domain.errors import InvalidInput
from schema.nodes import NAMES, global_id, local_id, parsed


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_an_identifier_is_read_back(kind: str) -> None:
    """R-K: the identifier of any kind names exactly that record."""
    record = new_id()
    assert parsed(global_id(kind, record)) == (kind, record)
    assert local_id(global_id(kind, record), kind) == record


@pytest.mark.parametrize("identifier", ["", "x", "é", "=", "TGlzdGluZzp4", "T" * 101, "Tm90aGluZzowMDA"])
def test_identifiers_that_are_none(identifier: str) -> None:
    """R-K: what is no identifier is refused with its place."""
    with pytest.raises(InvalidInput) as refused:
        parsed(identifier, "input", "id")
    assert (refused.value.code, refused.value.path) == ("INVALID_ID", ("input", "id"))


def test_an_identifier_of_another_kind() -> None:
    """R-K: an identifier of another kind is as good as none."""
    with pytest.raises(InvalidInput):
        local_id(global_id("order", new_id()), "measure", "input", "measureId")
