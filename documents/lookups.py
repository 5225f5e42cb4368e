"""Who read a person's data, out of the sealed audit."""

from collections.abc import Collection

from documents.audit.records import NAME
from documents.base import Id, Row, collection
from documents.cursors import page_size
from domain.audit import CHAIN, EntryKind


async def accesses(participant: Id, acts: Collection[str], *, first: int) -> list[Row]:
    """The newest readings of a person's data by one of these acts; InvalidInput `PAGE_SIZE`.

    Out of the chain, so that nobody takes a reading back; it comes there within a second.
    """
    query = {
        "chain": CHAIN,
        "kind": EntryKind.act.value,
        "subject": {"$eq": str(participant)},
        "act": {"$in": sorted(acts)},
    }
    shown = {"act": 1, "role": 1, "at": 1}
    return await collection(NAME).find(query, shown, sort=[("seq", -1)], limit=page_size(first)).to_list()
