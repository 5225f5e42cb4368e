"""What is dropped once it has expired.

By the portal's own clock, not by the server's expiry monitor: a development clock may stand in another year.
"""

from datetime import datetime, timedelta
from functools import partial

from documents import imports
from documents.audit import intend, watched
from documents.base import Id, Row, collection, in_transaction, session
from documents.files import sweep
from documents.registry import DOCUMENTS
from domain.audit import system_actor

ACT = "Housekeeping.drop"
HOUSEKEEPER = system_actor("housekeeper")
AT_ONCE = 500
"""Rows of an audited collection that go in one transaction."""

EXPIRING = {
    "challenges": timedelta(hours=1),
    "sessions": timedelta(days=1),
    "staff_sign_ins": timedelta(0),
    "used_assertions": timedelta(0),
    "idempotency_keys": timedelta(0),
    "rate_limits": timedelta(0),
    "lock_outs": timedelta(0),
    "applications": timedelta(days=7),
    "contact_codes": timedelta(0),
    "file_tickets": timedelta(days=1),
}
"""Collection → how long a row stays after its `expires_at`."""


async def drop_expired(now: datetime) -> int:
    """Delete what has expired; the number of rows dropped. What is audited goes with an intent."""
    audited = watched(DOCUMENTS)
    dropped = 0
    for name, grace in EXPIRING.items():
        expired = {"expires_at": {"$lt": now - grace}}
        if name in audited:
            dropped += await _drop_audited(name, expired, now)
        else:
            dropped += (await collection(name).delete_many(expired)).deleted_count
    return dropped + await _drop_files(now) + await sweep(now)


async def _drop_files(now: datetime) -> int:
    """Files of imports and exports: their bytes first, so that no bytes stay without a row."""
    dropped = 0
    while found := await imports.expired(now):
        for file in found:
            await imports.drop_bytes(file)
        dropped += await in_transaction(partial(_drop_rows, found, now))
    return dropped


async def _drop_rows(files: list[Id], now: datetime) -> int:
    count = await imports.drop(files)
    await intend(ACT, by=HOUSEKEEPER, at=now, details={"collection": imports.NAME, "count": count})
    return count


async def _drop_audited(name: str, expired: Row, now: datetime) -> int:
    dropped = 0
    while done := await in_transaction(partial(_drop_some, name, expired, now)):
        dropped += done
    return dropped


async def _drop_some(name: str, expired: Row, now: datetime) -> int:
    found = await collection(name).find(expired, {"_id": 1}, session=session()).limit(AT_ONCE).to_list()
    if not found:
        return 0
    wanted = {"_id": {"$in": [row["_id"] for row in found]}}
    done = await collection(name).delete_many(wanted, session=session())
    details: dict[str, str | int] = {"collection": name, "count": done.deleted_count}
    await intend(ACT, by=HOUSEKEEPER, at=now, details=details)
    return done.deleted_count
