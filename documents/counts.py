"""How many rows stand where: counts by one field, for whoever has to answer how things are."""

from documents.base import Row, collection, session


async def counted(name: str, where: Row, field: str) -> dict[str, int]:
    """How many rows of a collection that a filter leaves have each value of a field."""
    steps = [{"$match": where}, {"$group": {"_id": f"${field}", "rows": {"$sum": 1}}}, {"$sort": {"_id": 1}}]
    rows = await (await collection(name).aggregate(steps, session=session())).to_list()
    return {str(row["_id"]): int(row["rows"]) for row in rows}
