"""What tables and changed definitions do to cards that moderators look at."""

from datetime import timedelta

import pytest

from auth.viewer import Viewer
from documents import listings
from documents.base import collection, in_transaction, new_id
from documents.reference import store_reference
from domain.identity import Role
from resolvers import listings as cards
from resolvers.categories import Wanted, carry, change
from tests.resolvers.stage import acting, rule, supplier
from tests.resolvers.tables import WHOLE, drafts, imported

pytestmark = pytest.mark.usefixtures("database")
ROW = WHOLE | {"key": "A"}
REMARKS = [{"path": ["title", "ru"], "text": "Назовите модель"}]


async def moderate() -> None:
    """Let moderators look at all cards."""
    await store_reference([rule("moderation", "portal", value=True)])


async def statuses() -> list[str]:
    """The reviews by age."""
    return [row["status"] async for row in collection("listing_reviews").find(sort=[("_id", 1)])]


async def test_a_table_goes_through_moderators() -> None:
    """R-B5: cards of a table wait as those by hand do; the same row changes nothing, another is sent anew."""
    _, ctx = await supplier()
    await moderate()
    await imported(ctx, [ROW], publish=True)
    [row] = await drafts()
    assert (row["status"], row["published_version"], row["review"] is not None) == ("draft", None, True)
    assert await collection("listings").count_documents({}) == 0
    await imported(ctx, [ROW], publish=True)
    assert await drafts() == [row]
    await imported(ctx, [ROW | {"price": 5}], publish=True)
    [again] = await drafts()
    kept = await listings.kept_versions(row["_id"], [1, 2])
    assert [kept[number]["act"] for number in (1, 2)] == ["submitted", "submitted"]
    assert (len(await statuses()), again["review"] != row["review"]) == (2, True)
    moderator = acting(Viewer(Role.administrator, new_id()))
    await cards.approve(moderator, again["review"], 1, "key-approve-1")
    shown = await collection("listings").find_one({"_id": row["_id"]}) or {}
    assert (shown["price"], shown["version"]) == (again["price"], 3)


async def test_a_row_whose_content_waits_already() -> None:
    """R-B5: a card in review that a row gives nothing but a code, or nothing at all, waits on; the next rows are done."""
    _, ctx = await supplier()
    await moderate()
    await imported(ctx, [WHOLE], publish=True)
    [row] = await drafts()
    for named in ({}, {"key": "B"}, {"key": "C"}):
        job = await imported(
            ctx, [WHOLE | {"id": str(row["_id"])} | named, WHOLE | {"key": "N"}], publish=True
        )
        assert (job["status"], job["done"], job["refused"]) == ("done", 2, 0)
    stands, _ = await drafts()
    assert (stands["external_key"], stands["version"], stands["review"]) == ("C", 3, row["review"])
    kept = await listings.kept_versions(row["_id"], [1, 2, 3])
    assert [kept[number]["act"] for number in (1, 2, 3)] == ["submitted", "edited", "edited"]
    assert await statuses() == ["in_review"] * 2
    moderator = acting(Viewer(Role.administrator, new_id()))
    await cards.approve(moderator, row["review"], 1, "key-approve-1")
    assert await collection("listings").find_one({"_id": row["_id"]}) is not None


async def test_a_returned_card_is_sent_again_by_a_table() -> None:
    """R-B5: a returned card that a row only gives a code is sent anew: its answered review is over."""
    _, ctx = await supplier()
    await moderate()
    await imported(ctx, [WHOLE], publish=True)
    [row] = await drafts()
    moderator = acting(Viewer(Role.administrator, new_id()))
    await cards.give_back(moderator, row["review"], 1, REMARKS, "key-return-1")
    await imported(ctx, [WHOLE | {"id": str(row["_id"]), "key": "B"}], publish=True)
    [again] = await drafts()
    assert (again["review"] != row["review"], await statuses()) == (True, ["answered", "in_review"])


async def test_a_table_keeps_what_is_planned() -> None:
    """R-B4: a card that a table publishes is published no second time, and is withdrawn when it was to be."""
    _, ctx = await supplier()
    await imported(ctx, [ROW])
    [row] = await drafts()
    times = ctx.now + timedelta(hours=1), ctx.now + timedelta(hours=2)
    await cards.schedule(ctx, row["_id"], 1, times[0], times[1], "key-schedule-1")
    await imported(ctx, [ROW], publish=True)
    [shown] = await drafts()
    assert (shown["status"], shown["published_version"]) == ("published", 3)
    assert (shown["schedule"]["publish_at"], shown["schedule"]["withdraw_at"]) == (None, times[1])
    assert shown["due_at"] == times[1]


async def test_a_changed_definition_takes_a_card_back() -> None:
    """R-B3: a card that reads otherwise now is a version of its history, and is no longer what was sent."""
    _, ctx = await supplier()
    await moderate()
    await imported(ctx, [WHOLE | {"key": "A", "width": 600}], publish=True)
    [row] = await drafts()
    assert row["review"] is not None
    step = {"kind": "convert", "characteristic": "wk-06", "unit": "cm", "factor": "0.1", "decimals": 1}
    administrator = acting(Viewer(Role.administrator, new_id()))
    job = await change(
        administrator, Wanted("walkers", 1, [step], "решение № 1", dry_run=False), "key-change-1"
    )
    _ = [await in_transaction(batch) async for batch in carry(administrator, job)]
    [moved] = await drafts()
    kept = await listings.kept_versions(row["_id"], [1, 2])
    assert (moved["version"], moved["review"], moved["kept_from"]) == (2, None, 1)
    assert (kept[2]["act"], kept[2]["content_hash"]) == ("migrated", moved["content_hash"])
