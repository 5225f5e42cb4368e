"""Moderation inside a transaction: what is approved is what was sent, and who may say so."""

from dataclasses import replace
from typing import Any

import pytest

from auth.viewer import Viewer
from documents import listings
from documents.base import Row, collection, new_id
from documents.reference import store_reference
from domain.categories import Direction
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused, VersionConflict
from domain.identity import Role
from resolvers import listings as acts
from resolvers import reviewing
from resolvers.context import Context
from tests.resolvers.stage import acting, rule, supplier
from tests.resolvers.test_listings import WHOLE, drafted

REMARKS = [{"path": ["title", "ru"], "text": "Назовите модель"}]
pytestmark = pytest.mark.usefixtures("database")


def moderator(role: Role = Role.administrator) -> Context:
    """An employee who looks at cards."""
    return acting(Viewer(role, new_id()))


async def sent() -> tuple[Row, Row, Context]:
    """A draft that a moderator has, its review, and its supplier's context."""
    _, ctx = await supplier()
    await store_reference([rule("moderation", "tsr_sale", value=True)])
    draft = await drafted(ctx)
    draft = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    (review,) = await acts.reviews_of(ctx, draft)
    return draft, review, ctx


async def test_a_version_is_bound_by_its_hash() -> None:
    """R-B5: a draft that holds anything else than was sent is not shown by the approval."""
    draft, review, _ = await sent()
    await collection("listing_drafts").update_one({"_id": draft["_id"]}, {"$set": {"content_hash": "0" * 64}})
    with pytest.raises(Refused, match="REVIEW_OUTDATED"):
        await acts.approve(moderator(), review["_id"], 1, "key-approve")
    assert await listings.get_listing(draft["_id"]) is None
    assert (await listings.get_review(review["_id"]) or {})["status"] == "in_review"


async def test_what_is_shown_is_what_was_sent() -> None:
    """R-B5: the snapshot has the hash that was approved; the history says who approved, in which role."""
    draft, review, ctx = await sent()
    who = moderator(Role.authorised_body)
    moved = await acts.approve(who, review["_id"], 1, "key-approve")
    shown = await listings.get_listing(draft["_id"])
    assert shown is not None
    assert shown["content_hash"] == moved["content_hash"] == draft["content_hash"]
    page = await acts.history(ctx, draft, 10, None)
    assert [(row["act"], row["by"].partition(":")[0]) for row in page.rows] == [
        ("approved", "authorised_body"),
        ("submitted", "supplier"),
        ("created", "supplier"),
    ]
    found = await acts.draft(ctx, draft["_id"])
    assert (found["review"], found["approved_version"]) == (None, 3)
    assert (await acts.changed_since_approval(ctx, moved)).before is None


@pytest.mark.parametrize("closing", ["direction", "kind", "draft"])
async def test_what_holds_no_more_when_it_is_approved(closing: str) -> None:
    """R-B1: a card whose direction was closed, or whose supplier may begin nothing new, is not shown."""
    draft, review, _ = await sent()
    if closing == "direction":
        closed = {"directions": [str(Direction.sanatorium)]}
        await collection("suppliers").update_many({}, {"$set": closed})
    elif closing == "kind":
        await store_reference([rule("supplier_standing", "legal_entity", "winding_up")])
    else:
        await collection("listing_drafts").delete_many({})
    with pytest.raises((Refused, NotFound)):
        await acts.approve(moderator(), review["_id"], 1, "key-approve")
    assert await listings.get_listing(draft["_id"]) is None


async def test_a_review_moves_by_its_version() -> None:
    """R-B5: every step names the version that was seen; another changes nothing."""
    _, review, ctx = await sent()
    who = moderator()
    for expected in (0, 2):
        with pytest.raises(VersionConflict) as lost:
            await acts.approve(who, review["_id"], expected, "key-approve")
        assert (lost.value.expected, lost.value.actual) == (expected, 1)
        with pytest.raises(VersionConflict):
            await acts.give_back(who, review["_id"], expected, REMARKS, "key-return")
        with pytest.raises(VersionConflict):
            await acts.appeal(ctx, review["_id"], expected, "причина", "key-appeal")
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        await acts.appeal(ctx, review["_id"], 1, "причина", "key-appeal")
    with pytest.raises(InvalidInput):
        await acts.appeal(ctx, review["_id"], 1, "...", "key-appeal")


async def test_a_review_that_goes_under_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B5: what is lost between reading and writing is never half done."""
    draft, review, _ = await sent()

    async def lost(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(listings, "move_review", lost)
        with pytest.raises(LookupError):
            await acts.approve(moderator(), review["_id"], 1, "key-approve")
    assert await listings.get_listing(draft["_id"]) is None
    seen = iter([review, None])

    async def gone(*_: object) -> Row | None:
        return next(seen)

    monkeypatch.setattr(listings, "get_review", gone)
    with pytest.raises(NotFound):
        await acts.approve(moderator(), review["_id"], 1, "key-approve")


async def test_a_pointer_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B5: a draft whose review is not there is edited and sent as any other."""
    draft, review, ctx = await sent()
    await collection("listing_reviews").delete_many({})
    edited = await acts.edit(ctx, draft["_id"], 2, replace(WHOLE, price=1_00), "key-edit-1")
    assert edited["review"] == review["_id"]
    again = await acts.publish(ctx, draft["_id"], 3, "key-publish-2")
    assert again["review"] not in {None, review["_id"]}
    assert await acts.reviews_by_ids(ctx, [None, review["_id"]]) == [None, None]
    assert await acts.reviews_by_ids(ctx, [None]) == [None]


async def test_what_is_settled_stays_settled() -> None:
    """R-B5: taking back what was decided already writes nothing."""
    _, review, ctx = await sent()
    done = await acts.approve(moderator(), review["_id"], 1, "key-approve")
    await reviewing.settle(ctx, done)
    assert (await listings.get_review(review["_id"]) or {})["version"] == done["version"]


async def test_who_sees_a_review() -> None:
    """R-J3: its supplier and moderators; nobody else learns that there is one."""
    draft, review, ctx = await sent()
    for known in (ctx, moderator(), moderator(Role.authorised_body)):
        assert await acts.reviews_by_ids(known, [review["_id"]]) == [review]
        assert (await acts.sent(known, [review]))[0]["version"] == 2
    for stranger in (
        acting(Viewer(Role.supplier, new_id())),
        acting(Viewer(Role.executive_body, region="71")),
    ):
        assert await acts.reviews_by_ids(stranger, [review["_id"]]) == [None]
        assert await acts.reviews_of(stranger, draft) == []
        with pytest.raises(NotFound):
            await acts.sent(stranger, [review])
        with pytest.raises(NotFound):
            await acts.changed_since_approval(stranger, review)
        with pytest.raises(AccessDenied):
            await acts.moderation_queue(stranger, 10, None)
        with pytest.raises(AccessDenied):
            await acts.approve(stranger, review["_id"], 1, "key-approve")
    with pytest.raises(NotFound):
        await acts.approve(moderator(), new_id(), 1, "key-approve")
    assert [row["_id"] for row in (await acts.moderation_queue(moderator(), 10, None)).rows] == [
        review["_id"]
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], False),
        ([("portal", True)], True),
        ([("portal", True), ("tsr_sale", False)], False),
        ([("tsr_sale", True)], True),
        ([("sanatorium", True)], False),
    ],
)
async def test_where_cards_are_moderated(rows: list[Any], expected: bool) -> None:
    """R-B5: the row of a direction counts before that of the portal; without any nothing is moderated."""
    await store_reference([rule("moderation", code, value=value) for code, value in rows])
    assert await reviewing.moderated(acting(), "tsr_sale") is expected


async def test_obstacles_and_acts() -> None:
    """R-B4: what keeps a draft from being published is told without publishing, and what its status refuses."""
    draft, review, ctx = await sent()
    assert [one.code for one in await acts.obstacles(ctx, draft)] == ["ALREADY_IN_REVIEW"]
    with pytest.raises(Refused, match="ALREADY_IN_REVIEW"):
        await acts.publish(ctx, draft["_id"], 2, "key-publish-2")
    (found,) = await acts.allowed_actions(ctx, [draft])
    assert {action for action, code in found.items() if code is None} == {"edit", "restore", "schedule"}
    await acts.give_back(moderator(), review["_id"], 1, REMARKS, "key-return")
    (found,) = await acts.allowed_actions(ctx, [draft])
    assert {action for action, code in found.items() if code} == {"withdraw"}
    await collection("suppliers").update_many({}, {"$set": {"directions": []}})
    bare = await acts.edit(ctx, draft["_id"], 2, replace(WHOLE, price=None, regions=[]), "key-edit-1")
    codes = [one.code for one in await acts.obstacles(ctx, bare)]
    assert codes == ["PRICE_REQUIRED", "REGION_REQUIRED", "DIRECTION_NOT_OPEN"]
    assert (bare["version"], bare["review"]) == (3, None)
    (answered,) = await acts.reviews_of(ctx, draft)
    assert answered["status"] == "answered"


async def test_a_return_is_answered_by_sending_again() -> None:
    """R-B5: what was returned may be sent as it is; the old review counts as answered, the new one is its own."""
    draft, review, ctx = await sent()
    await acts.give_back(moderator(), review["_id"], 1, REMARKS, "key-return")
    again = await acts.publish(ctx, draft["_id"], 2, "key-publish-2")
    assert [row["status"] for row in await acts.reviews_of(ctx, again)] == ["in_review", "answered"]
    hidden = await acts.edit(ctx, draft["_id"], 3, WHOLE, "key-edit-1")
    assert hidden["review"] == again["review"]
