"""Reading the audit: for a reason, written down itself, and only by those the table names."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents import audit, leases
from documents.audit import Standing, Wanted
from documents.base import Row, collection, new_id
from domain.audit import EntryKind
from domain.errors import AccessDenied, InvalidInput
from domain.identity import Role
from integrations.audit import HeadKeys, fresh_head_keys
from resolvers import audit as acts
from tests.resolvers.stage import NOW, acting

pytestmark = pytest.mark.usefixtures("database")

ADMINISTRATOR = acting(Viewer(Role.administrator, new_id(), new_id()))
AUTHORISED = acting(Viewer(Role.authorised_body, new_id(), new_id()))
OTHERS = [ANONYMOUS, SYSTEM, *(Viewer(role, new_id(), region="71") for role in Role)]
REASON = "проверка № 7"
KEYS = HeadKeys(fresh_head_keys())


async def sealed(*acted: str) -> None:
    """A chain of these acts."""
    lease = await leases.acquire("sealer", "test", timedelta(minutes=1))
    assert lease is not None
    rows = [audit.marker(EntryKind.started, None, NOW) | {"act": act} for act in acted]
    await audit.append(lease, rows, Standing({"_data": "00"}), KEYS, NOW)


async def noted() -> list[Row]:
    """What was written down about reading."""
    return await collection("audit_intents").find({}).to_list()


async def test_entries_are_read_for_a_reason_that_is_kept() -> None:
    """R-J2: reading the audit is itself audited, with a sealed reason and what was looked for."""
    await sealed("a", "b")
    subject = new_id()
    page = await acts.entries(ADMINISTRATOR, Wanted(act="a"), REASON, 10, None)
    assert [row["act"] for row in page.rows] == ["a"]
    assert page.rows[0]["has_reason"] is False
    assert page.rows[0]["reason"] is None
    assert (await acts.entries(ADMINISTRATOR, Wanted(subject=subject), REASON, 10, None)).rows == []
    first, second = await noted()
    assert (first["act"], first["actor"]) == (acts.READ, str(ADMINISTRATOR.viewer.subject))
    assert REASON.encode() not in bytes(first["reason"])
    assert second["details"] == {"subject": str(subject), "actor": None}


@pytest.mark.parametrize(
    ("asked", "first", "reason"),
    [
        (Wanted(), 10, "ab"),
        (Wanted(), 10, "a" * 501),
        (Wanted(), 101, REASON),
        (Wanted(since=datetime(2026, 1, 1)), 10, REASON),  # noqa: DTZ001 - the fault that is looked for
        (Wanted(until=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))), 10, REASON),
    ],
)
async def test_wrong_questions_read_nothing(asked: Wanted, first: int, reason: str) -> None:
    """A reason, page or instant that can't be is refused; nothing is read and nothing written down."""
    with pytest.raises(InvalidInput):
        await acts.entries(ADMINISTRATOR, asked, reason, first, None)
    assert await noted() == []


async def test_period_may_be_given_in_any_zone() -> None:
    """An instant is the same instant in every zone."""
    await sealed("a")
    astana = NOW.astimezone(timezone(timedelta(hours=5)))
    whole = Wanted(since=astana, until=astana + timedelta(seconds=1))
    assert len((await acts.entries(ADMINISTRATOR, whole, REASON, 10, None)).rows) == 1
    earlier = Wanted(until=NOW.astimezone(UTC))
    assert (await acts.entries(ADMINISTRATOR, earlier, REASON, 10, None)).rows == []


async def test_head_is_for_whoever_keeps_it_elsewhere() -> None:
    """R-J2: administrator and authorised body get the signed head; it opens with the public key."""
    assert await acts.head(AUTHORISED) is None
    await sealed("a")
    head = await acts.head(AUTHORISED)
    assert head is not None
    assert head == await acts.head(ADMINISTRATOR)
    assert b'"seq":1' in KEYS.opened(head)


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: str(viewer.role))
async def test_nobody_else_reads_the_audit(viewer: Viewer) -> None:
    """R-J3: other roles get neither entries nor head, and their try writes nothing."""
    entitled: dict[Role, set[Any]] = {
        Role.administrator: {acts.entries, acts.head},
        Role.authorised_body: {acts.head},
    }
    await sealed("a")
    ctx = acting(viewer)
    if acts.entries not in entitled.get(viewer.role, set()):
        with pytest.raises(AccessDenied):
            await acts.entries(ctx, Wanted(), REASON, 10, None)
    if acts.head not in entitled.get(viewer.role, set()):
        with pytest.raises(AccessDenied):
            await acts.head(ctx)
    assert await noted() == []
