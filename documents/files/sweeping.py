"""What nobody needs any more: loose contents, and files that no card ever used.

A file that a card has named once is never collected: drafts, published listings and their histories may show
it for as long as they are kept.
"""

from datetime import datetime
from functools import partial

from documents.audit import intend
from documents.base import collection, in_transaction, session
from documents.files.contents import LOOSE, drop, loosen
from documents.files.records import FILE, FILES
from documents.files.work import NAME as WORK
from domain.audit import system_actor
from domain.files import UNUSED_FOR

ACT = "File.collect"
HOUSEKEEPER = system_actor("housekeeper")
AT_ONCE = 100


async def sweep(now: datetime) -> int:
    """Drop what has expired; the number of files and contents dropped."""
    dropped = 0
    while await in_transaction(partial(_collect_one, now)):
        dropped += 1
    while loose := await collection(LOOSE).find({"expires_at": {"$lt": now}}).limit(AT_ONCE).to_list():
        for row in loose:
            await drop(row["_id"])
        dropped += len(loose)
    return dropped


async def _collect_one(now: datetime) -> bool:
    """A card that names the file at this moment writes the same row: one of the two transactions fails."""
    unused = {"used_at": None, "created_at": {"$lt": now - UNUSED_FOR}}
    row = await collection(FILES).find_one_and_delete(unused, session=session())
    if row is None:
        return False
    await collection(WORK).delete_one({"_id": row["_id"]}, session=session())
    contents = [row["content"], *(one["content"] for one in row["variants"])]
    await loosen([content for content in contents if content is not None], now)
    await intend(ACT, by=HOUSEKEEPER, at=now, subject=(FILE, row["_id"]))
    return True
