"""Reading the sealed audit: pages for the administrator, the whole chain for the verifier."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from pymongo.read_concern import ReadConcern

from documents.audit.records import HEADS, NAME
from documents.base import Id, Row, collection
from documents.cursors import Order, Page, after, page, page_size
from domain.audit import CHAIN, EntryKind

NEWEST_FIRST = Order("audit", "seq", -1, int, "chain_1_seq_1")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; `since` is in the period, `until` is not."""

    kind: EntryKind | None = None
    act: str | None = None
    subject: Id | None = None
    actor: Id | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> Row:
        """The same as MongoDB takes it."""
        equal = {
            "kind": self.kind.value if self.kind else None,
            "act": self.act,
            "subject": str(self.subject) if self.subject else None,
            "actor": str(self.actor) if self.actor else None,
        }
        period = {"$gte": self.since, "$lt": self.until}
        query: Row = {name: {"$eq": value} for name, value in equal.items() if value is not None}
        bounds = {name: value for name, value in period.items() if value is not None}
        return {"chain": CHAIN, **query, **({"at": bounds} if bounds else {})}


async def entries(wanted: Wanted, *, first: int, cursor: str | None = None) -> Page:
    """One page, the newest first; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`."""
    query = {"$and": [wanted.query, *after(NEWEST_FIRST, cursor)]}
    found = collection(NAME).find(query).sort(NEWEST_FIRST.sort).limit(page_size(first) + 1)
    return page(NEWEST_FIRST, await found.to_list(), first)


async def head() -> str | None:
    """The signed head of the chain as it stands; None before the first entry."""
    query = {"chain": CHAIN, "head": {"$type": "string"}}
    certain = collection(NAME).with_options(read_concern=ReadConcern("majority"))
    row = await certain.find_one(query, {"head": 1}, sort=[("seq", -1)])
    return str(row["head"]) if row else None


async def kept_heads() -> list[str]:
    """The heads that are kept beside the chain."""
    return [str(row.get("head")) async for row in collection(HEADS).find({}).sort("seq", 1)]


async def chain() -> AsyncIterator[Row]:
    """Every stored entry in the order of the numbers, whatever chain it says it belongs to."""
    certain = collection(NAME).with_options(read_concern=ReadConcern("majority"))
    async for row in certain.find({}).sort([("chain", 1), ("seq", 1)]):
        yield row
