"""Dated reference data: each day has its rule."""

from datetime import date
from typing import Any

from documents.base import Row
from documents.reference import (
    add_reference,
    midnight,
    reference_known,
    reference_rows,
    reference_value,
    store_reference,
)

CHANGED = date(2023, 9, 1)


def rule(code: str, value: Any, since: date, until: date | None = None) -> Row:
    """A row in force from a day until the day before another."""
    days = {"valid_from": midnight(since), "valid_to": midnight(until) if until else None}
    return {"type": "supplier_kind", "code": code, "value": value, "basis": "№ 73"} | days


async def test_the_rule_of_a_day(database: object) -> None:
    """R-A7: a rule is in force from its first day until the day before the next one's."""
    assert database is not None
    rows = [
        rule("assistant", True, date(2022, 3, 11), CHANGED),
        rule("assistant", False, CHANGED),
        rule("entrepreneur", True, date(2022, 3, 11)),
    ]
    await store_reference(rows)
    await store_reference([dict(row) for row in rows])
    days = (date(2022, 3, 10), date(2022, 3, 11), date(2023, 8, 31), CHANGED)
    found = [await reference_value("supplier_kind", "assistant", day) for day in days]
    assert [row and row["value"] for row in found] == [None, True, True, False]
    assert [row["code"] for row in await reference_rows("supplier_kind", CHANGED)] == [
        "assistant",
        "entrepreneur",
    ]
    assert await reference_rows("supplier_kind", date(2022, 1, 1)) == []


async def test_nothing_to_store(database: object) -> None:
    """No rows are no work."""
    await store_reference([])
    assert await reference_rows("supplier_kind", CHANGED) == []
    assert database is not None


async def test_what_was_edited_stays(database: object) -> None:
    """R-L: loading the shipped rows again, at each start, takes no edit back."""
    since = date(2022, 3, 11)
    await add_reference([rule("assistant", True, since)])
    await store_reference([rule("assistant", False, since)])
    await add_reference([rule("assistant", True, since), rule("entrepreneur", True, since)])
    assert [row["value"] for row in await reference_rows("supplier_kind", since)] == [False, True]
    assert database is not None


async def test_codes_go_on_being_known(database: object) -> None:
    """R-B2: of each code the newest row until a day, in force or not; what is still to come is not known."""
    assert database is not None
    rows = [
        rule("assistant", 1, date(2022, 3, 11), CHANGED),
        rule("assistant", 2, CHANGED),
        rule("entrepreneur", 3, date(2022, 3, 11), date(2022, 5, 1)),
        rule("later", 4, date(2024, 1, 1)),
    ]
    await store_reference(rows)
    known = await reference_known("supplier_kind", CHANGED)
    assert [(row["code"], row["value"]) for row in known] == [("assistant", 2), ("entrepreneur", 3)]
    assert [row["value"] for row in await reference_known("supplier_kind", date(2022, 4, 1))] == [1, 3]
    assert await reference_known("supplier_kind", date(2022, 3, 10)) == []
