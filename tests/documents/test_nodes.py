"""Records by kind and identifier."""

from documents.base import Id, Row, new_id
from documents.nodes import READERS, load, readable
from schema.nodes import NAMES


async def test_a_record_by_its_kind() -> None:
    """R-K: each kind has its reader; an unknown kind has no records."""

    async def reader(record: Id) -> Row | None:
        return {"_id": record}

    row = new_id()
    readable("test_kind", reader)
    try:
        assert await load("test_kind", row) == {"_id": row}
    finally:
        del READERS["test_kind"]
    assert await load("test_kind", row) is None


def test_each_kind_that_clients_can_name_is_known() -> None:
    """R-K: no reader is for a kind that has no name in the schema."""
    assert set(READERS) - {"evidence"} <= set(NAMES)
