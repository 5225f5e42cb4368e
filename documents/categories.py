"""Category definitions, every version kept: a listing stays readable under the one it was written for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, database, insert, session, with_kind
from documents.nodes import readable
from domain.categories import Category

NAME = "categories"
_versions: dict[str, dict[tuple[str, int], Category]] = {}


class CategoryVersion(Record):
    """One version of a category's definition; `current` marks the one that new answers follow.

    `changes` made it of the version before; one that came with the portal has none.
    """

    code: str
    version: int
    current: bool = True
    direction: str
    definition: dict[str, Any]
    changes: list[dict[str, Any]] = Field(default_factory=list)
    made_at: datetime | None = None

    class Settings(Record.Settings):
        """One row a version; at most one of them current."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("code", 1), ("version", 1)], unique=True),
            IndexModel([("code", 1)], unique=True, partialFilterExpression={"current": True}, name="current"),
        ]


async def publish_definition(category: Category) -> bool:
    """Make a definition the current one of its category; False when it is kept already."""
    key = {"code": category.code, "version": category.version}
    if await collection(NAME).find_one(key, {"_id": 1}, session=session()):
        return False
    await collection(NAME).update_many(
        {"code": category.code, "current": True, "version": {"$lt": category.version}},
        {"$set": {"current": False}},
        session=session(),
    )
    definition = category.model_dump(mode="json")
    await insert(CategoryVersion(**key, direction=category.direction, definition=definition))
    return True


async def replace(category: Category, changes: Sequence[Row], at: datetime) -> Row | None:
    """Make a definition the current one instead of the version before it, in the transaction under way.

    None when that one is not current: somebody was faster.
    """
    before = {"code": {"$eq": category.code}, "current": True, "version": category.version - 1}
    left = await collection(NAME).update_one(before, {"$set": {"current": False}}, session=session())
    if not left.matched_count:
        return None
    row = CategoryVersion(
        code=category.code,
        version=category.version,
        direction=category.direction,
        definition=category.model_dump(mode="json"),
        changes=list(changes),
        made_at=at,
    )
    return with_kind("category", await insert(row))


async def history(code: str, upto: int | None = None) -> list[Row]:
    """Every version of a category's definition, or those up to one, the oldest first."""
    bound: Row = {} if upto is None else {"version": {"$lte": upto}}
    rows = collection(NAME).find({"code": {"$eq": code}} | bound, sort=[("version", 1)], session=session())
    return [dict(row, kind="category") for row in await rows.to_list()]


async def current(code: str) -> Row | None:
    """The category under its newest definition, as a record of kind "category"."""
    query = {"code": {"$eq": code}, "current": True}
    return with_kind("category", await collection(NAME).find_one(query, session=session()))


async def version(code: str, number: int) -> Row | None:
    """The category under one version of its definition."""
    query = {"code": {"$eq": code}, "version": number}
    return with_kind("category", await collection(NAME).find_one(query, session=session()))


async def get(row: Id) -> Row | None:
    """The category of one row."""
    return with_kind("category", await collection(NAME).find_one({"_id": row}, session=session()))


async def all_current() -> list[Row]:
    """Every category under its newest definition, by direction and code."""
    rows = collection(NAME).find({"current": True}, sort=[("direction", 1), ("code", 1)], session=session())
    return [dict(row, kind="category") for row in await rows.to_list()]


async def by_codes(codes: Sequence[str]) -> list[Row | None]:
    """Categories under their newest definitions, in the order asked for."""
    query = {"code": {"$in": list(codes)}, "current": True}
    rows = await collection(NAME).find(query, session=session()).to_list()
    found = {row["code"]: dict(row, kind="category") for row in rows}
    return [found.get(code) for code in codes]


async def by_versions(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Category]:
    """Definitions by (code, version), remembered for good: a version never changes."""
    known = _remembered()
    missing = [{"code": code, "version": number} for code, number in set(keys) if (code, number) not in known]
    if not missing:
        return known
    rows = await collection(NAME).find({"$or": missing}, session=session()).to_list()
    found = {(row["code"], row["version"]): definition(row) for row in rows}
    if session() is not None:
        return known | found  # the transaction may be undone, and the number given to another version
    known.update(found)
    return known


def remembered(keys: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], Category] | None:
    """As `by_versions`, without asking the database; None where one of them is not known yet."""
    known = _remembered()
    return known if all(key in known for key in keys) else None


def known(row: Row) -> Category:
    """The definition a record carries, remembered as `by_versions` does."""
    remembered, key = _remembered(), (row["code"], row["version"])
    if key in remembered:
        return remembered[key]
    found = definition(row)
    if session() is None:
        remembered[key] = found
    return found


def _remembered() -> dict[tuple[str, int], Category]:
    return _versions.setdefault(database().name, {})


def definition(row: Row) -> Category:
    """The definition a record carries."""
    return Category.model_validate(row["definition"])


readable("category", get)
