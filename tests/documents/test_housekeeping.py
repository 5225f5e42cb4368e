"""What has expired is dropped, by the portal's clock."""

from datetime import UTC, datetime, timedelta

from documents.base import collection
from documents.housekeeping import AT_ONCE, EXPIRING, drop_expired

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_each_kind_after_its_grace(database: object) -> None:
    """R-L: a row is dropped once its time and its grace are over, and not a moment before."""
    assert database is not None
    second = timedelta(seconds=1)
    for name, grace in EXPIRING.items():
        for place, ended in enumerate((NOW - grace - second, NOW - grace, NOW)):
            unique = dict.fromkeys(("scope", "order", "key", "participant", "state", "client"), place)
            await collection(name).insert_one({"expires_at": ended, **unique})
    assert await drop_expired(NOW) == len(EXPIRING)
    assert await drop_expired(NOW) == 0
    for name in EXPIRING:
        assert await collection(name).count_documents({}) == 2


async def test_what_is_audited_goes_with_an_intent(database: object) -> None:
    """R-J2: dropping expired rows of an audited collection is told: where, and how many at once."""
    assert database is not None
    rows = [{"expires_at": NOW - timedelta(days=9), "n": number} for number in range(AT_ONCE + 1)]
    await collection("applications").insert_many(rows)
    assert await drop_expired(NOW) == AT_ONCE + 1
    intents = await collection("audit_intents").find({"act": "Housekeeping.drop"}).sort("_id", 1).to_list()
    assert [row["details"] for row in intents] == [
        {"collection": "applications", "count": AT_ONCE},
        {"collection": "applications", "count": 1},
    ]
    assert intents[0]["actor"] == "housekeeper"
