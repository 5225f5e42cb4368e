"""Counts by one field."""

from documents.base import Row, collection
from documents.counts import counted


async def test_rows_are_counted_by_a_field(database: object) -> None:
    """Rows that the filter leaves are counted by the value of the field, those without it together."""
    rows: list[Row] = [
        {"of": 1, "is": "a"},
        {"of": 1, "is": "b"},
        {"of": 1, "is": "a"},
        {"of": 2, "is": "a"},
        {"of": 1},
    ]
    await collection("counted").insert_many(rows)
    assert await counted("counted", {"of": 1}, "is") == {"None": 1, "a": 2, "b": 1}
    await collection("counted").drop()
