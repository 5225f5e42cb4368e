"""Changes of definitions inside a transaction, and what becomes of each listing."""

from typing import Any

import pytest

from auth.viewer import Viewer
from documents import categories, listings
from documents.base import Row, collection, in_transaction, new_id
from domain.categories import Category
from domain.categories.changes import changed, read_changes
from domain.errors import AccessDenied, InvalidInput, NotFound, VersionConflict
from domain.identity import Role
from domain.jobs import Progress
from domain.listings import ListingAct
from resolvers import listings as cards
from resolvers.categories import Wanted, carry, carrying, change, made_by, up_to_date
from resolvers.context import Context
from resolvers.listings import CardInput
from tests.resolvers.stage import WALKER, acting, supplier
from tests.resolvers.test_listings import ANSWERS, TEXTS

pytestmark = pytest.mark.usefixtures("database")
REASON = "решение № 1"
FILTER = {"kind": "filter", "characteristic": "wk-06"}
WIDTH = {"kind": "convert", "characteristic": "wk-06", "unit": "cm", "factor": "0.1", "decimals": 1}
CLOSE = {"kind": "close", "characteristic": "wk-01", "choice": "rollator"}
STRICT = {"kind": "require", "characteristic": "wk-08"}


def administrator() -> Context:
    """Somebody who may."""
    return acting(Viewer(Role.administrator, new_id()))


def wanted(*changes: Any, expected: int = 1, dry_run: bool = False) -> Wanted:
    """A change of walkers."""
    return Wanted("walkers", expected, changes, REASON, dry_run)


async def listed(ctx: Context, key: str, *, publish: bool = True, width: int = 600) -> Row:
    """A walker of some width."""
    answers = [*ANSWERS, {"code": "width", "number": width}]
    card = CardInput(TEXTS, TEXTS, 100_00, ["71"], answers)
    draft = await cards.create(ctx, "walkers", card, f"key-create-{key}")
    return await cards.publish(ctx, draft["_id"], 1, f"key-publish-{key}") if publish else draft


async def done(ctx: Context, job: Row) -> list[Progress]:
    """A job's batches, each in a transaction as its runner does them."""
    found = [await in_transaction(batch) async for batch in carry(ctx, job)]
    assert found or job["place"]
    return found


async def rows(draft: Row) -> tuple[Row, Row | None]:
    """The draft and its snapshot as they are stored."""
    where = {"_id": draft["_id"]}
    working = await collection("listing_drafts").find_one(where)
    assert working is not None
    return working, await collection("listings").find_one(where)


def answer(row: Row | None, code: str) -> Any:
    """What a row says."""
    assert row is not None
    return next((each["value"] for each in row["characteristics"] if each["code"] == code), None)


async def test_a_change_is_current_at_once_and_its_reason_is_kept() -> None:
    """R-B3: the next version is made of typed steps, which stay readable beside it; the reason is audited."""
    await supplier()
    ctx = administrator()
    job = await change(ctx, wanted(FILTER), "key-change-1")
    assert (await change(ctx, wanted(FILTER), "key-change-1"))["_id"] == job["_id"]
    made = await made_by(job)
    assert made is not None
    assert (made["version"], made["current"], made["changes"][0]["kind"]) == (2, True, "filter")
    acts = await collection("audit_intents").distinct("act")
    assert {"Category.change", "Mutation.categoryChange"} <= set(acts)
    intent = await collection("audit_intents").find_one({"act": "Category.change"}) or {}
    assert (intent["details"]["version"], intent["reason"] is not None) == (2, True)
    assert [row["version"] for row in await categories.history("walkers")] == [1, 2]
    assert await made_by(await change(ctx, wanted(FILTER, expected=2, dry_run=True), "key-dry-1")) is None


async def test_who_may_not_and_what_can_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B3: refusals leave no version and no job behind."""
    _, seller = await supplier()
    ctx = administrator()
    with pytest.raises(AccessDenied):
        await change(seller, wanted(FILTER), "key-change-1")
    with pytest.raises(AccessDenied):
        await done(seller, {"asked": {}, "place": None})
    with pytest.raises(InvalidInput, match="UNKNOWN_CATEGORY"):
        await change(ctx, Wanted("ghosts", 1, [FILTER], REASON), "key-change-1")
    with pytest.raises(VersionConflict):
        await change(ctx, wanted(FILTER, expected=2), "key-change-1")

    async def too_late(*_: object) -> None:
        return None

    monkeypatch.setattr(categories, "replace", too_late)
    with pytest.raises(VersionConflict) as lost:
        await change(ctx, wanted(FILTER), "key-change-1")
    assert (lost.value.expected, lost.value.actual) == (1, 2)
    assert await collection("categories").count_documents({}) == 1
    assert await collection("jobs").count_documents({}) == 0


async def test_draft_and_snapshot_follow_together() -> None:
    """R-B3: what was published as it stands stays so; what was edited since keeps its edit to itself."""
    _, seller = await supplier()
    plain, edited, waiting = [await listed(seller, key) for key in ("one", "two", "three")]
    other = CardInput(TEXTS, TEXTS, 200_00, ["71"], [*ANSWERS, {"code": "width", "number": 700}])
    edited = await cards.edit(seller, edited["_id"], 2, other, "key-edit-2")
    waiting = await cards.withdraw(seller, waiting["_id"], 2, "key-withdraw-3")
    ctx = administrator()
    [progress] = await done(ctx, await change(ctx, wanted(WIDTH), "key-change-1"))
    assert (progress.done, progress.refused, progress.place["ended"]) == (3, 0, True)

    draft, shown = await rows(plain)
    assert shown is not None
    assert (draft["version"], draft["published_version"], shown["version"]) == (3, 3, 3)
    assert (answer(draft, "width"), answer(shown, "width"), shown["definition_version"]) == (60.0, 60.0, 2)
    assert draft["content_hash"] == shown["content_hash"] != plain["content_hash"]
    draft, shown = await rows(edited)
    assert shown is not None
    assert (draft["version"], draft["published_version"], shown["version"]) == (4, 2, 2)
    assert (answer(draft, "width"), answer(shown, "width")) == (70.0, 60.0)
    draft, shown = await rows(waiting)
    assert (draft["version"], answer(draft, "width"), shown) == (4, 60.0, None)


async def test_what_reads_the_same_keeps_its_version() -> None:
    """R-B3: a filter changes keys, not what a supplier wrote: nobody's edit is lost to it."""
    _, seller = await supplier()
    plain = await listed(seller, "one")
    before, _ = await rows(plain)
    ctx = administrator()
    await done(ctx, await change(ctx, wanted(FILTER), "key-change-1"))
    draft, shown = await rows(plain)
    assert shown is not None
    assert draft == before | {"definition_version": 2}
    assert "width" in shown["filterable"]
    job = await change(ctx, wanted(FILTER, expected=2, dry_run=True), "key-dry-1")
    again = await done(ctx, job | {"asked": job["asked"] | {"version": 2, "dry_run": False}})
    assert (await rows(plain)) == (draft, shown)
    assert [one.refused for one in again] == [0]


async def test_a_dry_run_and_what_stays_behind() -> None:
    """R-B3: both are named; then the snapshot stays whole, found by what still says the same, and is told of."""
    _, seller = await supplier()
    plain, draft = await listed(seller, "one"), await listed(seller, "two", publish=False)
    before = await rows(plain)
    ctx = administrator()
    changes = (CLOSE, WIDTH, STRICT)
    [tried] = await done(ctx, await change(ctx, wanted(*changes, dry_run=True), "key-dry-1"))
    assert await rows(plain) == before
    assert {(one.subject, one.issue.code) for one in tried.found} == {
        (f"listing_draft:{plain['_id']}", "NOT_A_CHOICE"),
        (f"listing:{plain['_id']}", "NOT_A_CHOICE"),
        (f"listing:{plain['_id']}", "MISSING_CHARACTERISTIC"),
        (f"listing_draft:{draft['_id']}", "NOT_A_CHOICE"),
    }
    assert sorted({one.position for one in tried.found}) == [1, 2]
    [made] = await done(ctx, await change(ctx, wanted(*changes), "key-change-1"))
    assert list(made.found) == list(tried.found)
    _, shown = await rows(plain)
    assert shown is not None
    assert (shown["definition_version"], answer(shown, "width")) == (1, 600)
    assert set(shown["filterable"]) == {
        item.code
        for item in WALKER.characteristics
        if item.filterable and item.code not in {"seat", "brakes"}
    }
    told = await collection("events").find({"kind": "listing.needs_attention"}).to_list()
    assert {row["subject"] for row in told} == {plain["_id"], draft["_id"]}


async def test_what_is_hidden_is_hidden_everywhere() -> None:
    """R-B2: an answer that becomes its supplier's alone leaves the catalogue, also where a listing stays behind."""
    _, seller = await supplier()
    plain = await listed(seller, "one")
    ctx = administrator()
    hide = {"kind": "disclose", "characteristic": "wk-06", "public": False}
    await done(ctx, await change(ctx, wanted(hide, CLOSE), "key-change-1"))
    draft, shown = await rows(plain)
    assert shown is not None
    assert (answer(draft, "width"), answer(shown, "width"), shown["definition_version"]) == (600, None, 1)


async def test_a_draft_that_missed_changes_is_brought_up_to_date() -> None:
    """R-B3: whoever publishes does so under the newest definition, through every change in between."""
    _, seller = await supplier()
    draft = await listed(seller, "one", publish=False)
    assert await up_to_date(administrator(), draft) is draft
    ctx = administrator()
    await change(ctx, wanted(WIDTH), "key-change-1")
    shipped: Category = changed(WALKER, read_changes([WIDTH])).model_copy(update={"version": 3})
    await categories.publish_definition(shipped)
    await change(ctx, wanted(FILTER, expected=3), "key-change-2")
    published = await cards.publish(seller, draft["_id"], 1, "key-publish-1")
    assert (published["definition_version"], answer(published, "width")) == (4, 60.0)
    _, shown = await rows(draft)
    assert shown is not None
    assert ("width" in shown["filterable"], shown["definition_version"]) == (True, 4)
    await collection("categories").delete_many({})
    assert await up_to_date(administrator(), draft) is draft
    with pytest.raises(NotFound):
        await cards.edit(seller, draft["_id"], 2, CardInput(TEXTS, TEXTS), "key-edit-1")


async def test_batches_go_on_from_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B3: each listing once, in the order of their identifiers; an ended job has nothing left to do."""
    monkeypatch.setattr(carrying, "BATCH", 2)
    _, seller = await supplier()
    drafts = [await listed(seller, f"n{number}") for number in range(5)]
    ctx = administrator()
    job = await change(ctx, wanted(WIDTH), "key-change-1")
    assert job["total"] == 5
    first = await anext(carry(ctx, job))
    half = await in_transaction(first)
    left = await done(ctx, job | {"place": half.place})
    assert [one.done for one in left] == [2, 1]
    assert [answer((await rows(draft))[0], "width") for draft in drafts] == [60.0] * 5
    assert await done(ctx, job | {"place": left[-1].place}) == []


async def test_an_edit_in_between_is_not_lost() -> None:
    """R-B3: a draft that was written after it was read is left to its supplier."""
    _, seller = await supplier()
    draft = await listed(seller, "one")
    row, snapshot = await rows(draft)
    assert snapshot is not None
    mark = listings.Mark(ListingAct.migrated, "staff:1", row["updated_at"])
    assert await listings.rewrite_draft(row | {"version": 1}, {"version": 9}, mark) is None
    assert await listings.rewrite_snapshot(snapshot | {"version": 1}, {}) is None
    assert await rows(draft) == (row, snapshot)
