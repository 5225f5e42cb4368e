"""What is dropped once it has expired.

By the portal's own clock, not by the server's expiry monitor: a development clock may stand in another year.
"""

from datetime import datetime, timedelta

from documents.base import collection

EXPIRING = {
    "challenges": timedelta(hours=1),
    "sessions": timedelta(days=1),
    "staff_sign_ins": timedelta(0),
    "idempotency_keys": timedelta(0),
    "rate_limits": timedelta(0),
    "lock_outs": timedelta(0),
    "applications": timedelta(days=7),
}
"""Collection → how long a row stays after its `expires_at`."""


async def drop_expired(now: datetime) -> int:
    """Delete what has expired; the number of rows dropped."""
    dropped = 0
    for name, grace in EXPIRING.items():
        done = await collection(name).delete_many({"expires_at": {"$lt": now - grace}})
        dropped += done.deleted_count
    return dropped
