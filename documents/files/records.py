"""Tickets, each good for one upload, and files as stored: whose, what they are, and where they stand."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.reads import of_row
from domain.files import ContentType, FilePurpose, FileStatus

FILES, TICKETS = "files", "file_tickets"
FILE, TICKET = "file", "file_ticket"
EVERYBODY = "everybody"
"""The audience of a file that a published listing shows; any other file's is its supplier."""
PUBLIC = {"audience": EVERYBODY, "moderators": True}
"""What a file is told to be that everybody sees."""


class FileTicket(Record):
    """Leave to upload one file under this identifier: what was declared, and when it was used.

    What the client shows is made from the identifier with a key of the portal, and stands nowhere.
    """

    supplier: Id
    purpose: FilePurpose
    name: str
    content_type: ContentType
    size: int
    expires_at: datetime
    used_at: datetime | None = None

    class Settings(Record.Settings):
        """Found by identifier; by expiry for housekeeping."""

        name = TICKETS
        audited: ClassVar = False  # waits for the file; asking for it and sending it are the acts
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


class Variant(BaseModel):
    """A smaller picture made of a picture."""

    model_config = Record.model_config

    name: str
    width: int
    height: int
    size: int
    content: Id


class StoredFile(Record):
    """One file. `content` is what was uploaded until a worker has made of it what is shown.

    `sha256` is of what came; `used_at` is when a card first named it: such a file is never collected.
    """

    supplier: Id
    purpose: FilePurpose
    name: str
    content_type: ContentType
    size: int
    sha256: str
    width: int | None
    height: int | None
    content: Id | None
    variants: list[Variant] = Field(default_factory=list)
    status: FileStatus = FileStatus.uploaded
    fault: str | None = None
    created_at: datetime
    changed_at: datetime
    used_at: datetime | None = None

    class Settings(Record.Settings):
        """A supplier's own are counted; those that no card used are found by age."""

        name = FILES
        indexes: ClassVar = [
            IndexModel([("supplier", 1)], name="supplier"),
            IndexModel([("used_at", 1), ("created_at", 1)], name="unused"),
        ]


async def issue_ticket(given: FileTicket) -> Row:
    """Write a ticket down; the stored record comes back."""
    return {**await insert(given), "kind": TICKET}


async def ticket(row: Id) -> Row | None:
    """One ticket, if there is one."""
    return with_kind(TICKET, await collection(TICKETS).find_one({"_id": {"$eq": row}}, session=session()))


async def claim_ticket(row: Id, now: datetime) -> bool:
    """Use a ticket up; of any number who try it at once one may go on."""
    open_one = {"_id": row, "used_at": None, "expires_at": {"$gt": now}}
    done = await collection(TICKETS).update_one(open_one, {"$set": {"used_at": now}})
    return done.modified_count == 1


async def store(file: StoredFile) -> Row:
    """Write a file down in the transaction under way; the stored record comes back."""
    return _own({**await insert(file), "kind": FILE})


async def get(file: Id) -> Row | None:
    """One file with its `audience`: everybody once a published listing shows it, else its supplier.

    `moderators` see it as well as long as a card that names it has an unsettled review.
    """
    row = await collection(FILES).find_one({"_id": {"$eq": file}}, session=session())
    if row is None:
        return None
    shown = {"documents.id": {"$eq": file}}
    if await collection("listings").find_one(shown, {"_id": 1}, session=session()):
        return {**_own(row), **PUBLIC}
    sent = {**shown, "review": {"$type": "objectId"}}
    reviewed = await collection("listing_drafts").find_one(sent, {"_id": 1}, session=session())
    return {**_own(row), "moderators": reviewed is not None}


async def by_ids(files: Collection[Id]) -> dict[Id, Row]:
    """The files that there are among these, by identifier, each for the eyes of its supplier."""
    these = collection(FILES, *(of_row(FILES, each) for each in files))
    found = these.find({"_id": {"$in": list(files)}}, session=session())
    return {row["_id"]: _own(row) async for row in found}


def _own(row: Row) -> Row:
    return {**row, "kind": FILE, "audience": str(row["supplier"]), "moderators": False}


async def count_of_supplier(supplier: Id, most: int) -> int:
    """How many files a supplier has, counted up to `most`."""
    return await collection(FILES).count_documents(
        {"supplier": {"$eq": supplier}}, limit=most, session=session()
    )


async def mark_used(files: Collection[Id], now: datetime) -> bool:
    """Note that a card names these, in its transaction; False when one of them is gone."""
    if not files:
        return True
    these: Row = {"_id": {"$in": list(files)}}
    await collection(FILES).update_many(
        {**these, "used_at": None}, {"$set": {"used_at": now}}, session=session()
    )
    return await collection(FILES).count_documents(these, session=session()) == len(files)


async def settle(file: Id, standing: FileStatus, changes: Mapping[str, Any]) -> Row | None:
    """Change a file that stands where it is expected to; None when it does not."""
    found = await collection(FILES).find_one_and_update(
        {"_id": file, "status": standing.value},
        {"$set": dict(changes)},
        return_document=True,
        session=session(),
    )
    return _own(found) if found else None
