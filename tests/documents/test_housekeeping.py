"""What has expired is dropped, by the portal's clock."""

from datetime import UTC, datetime, timedelta

from documents.base import collection
from documents.housekeeping import EXPIRING, drop_expired

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_each_kind_after_its_grace(database: object) -> None:
    """R-L: a row is dropped once its time and its grace are over, and not a moment before."""
    assert database is not None
    second = timedelta(seconds=1)
    for name, grace in EXPIRING.items():
        for place, ended in enumerate((NOW - grace - second, NOW - grace, NOW)):
            row = {"expires_at": ended, "scope": bytes([place]), "order": place}
            await collection(name).insert_one(row)
    assert await drop_expired(NOW) == len(EXPIRING)
    assert await drop_expired(NOW) == 0
    for name in EXPIRING:
        assert await collection(name).count_documents({}) == 2
