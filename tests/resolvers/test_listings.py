"""Cards inside a transaction: who may, what stands, what is told."""

from typing import Any

import pytest

from auth.viewer import Viewer
from documents import listings
from documents.base import Row, collection, new_id
from domain.categories import Direction
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused, VersionConflict
from domain.identity import Role
from domain.search import CatalogueFilter
from resolvers import listings as acts
from resolvers.context import Context
from resolvers.listings import CardInput, content, drafting
from tests.resolvers.stage import acting, supplier

ANSWERS: list[dict[str, Any]] = [
    {"code": "model_type", "choice": "rollator"},
    {"code": "height_min", "number": 700},
    {"code": "height_max", "number": 900},
    {"code": "load_limit", "number": 120},
    {"code": "weight", "number": 7.5},
    {"code": "folding", "boolean": True},
]
TEXTS = {"ru": "Роллатор", "kk": "Роллатор арба"}
WHOLE = CardInput(TEXTS, TEXTS, 100_00, ["71"], ANSWERS)
EMPTY = CardInput({}, {})
pytestmark = pytest.mark.usefixtures("database")


async def drafted(ctx: Context, card: CardInput = WHOLE) -> Row:
    """A new draft."""
    return await acts.create(ctx, "walkers", card, "key-create-1")


async def test_from_draft_to_catalogue() -> None:
    """R-B4: publishing copies the draft as it stands and tells the supplier's followers; withdrawing hides it."""
    row, ctx = await supplier()
    draft = await drafted(ctx)
    published = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    (shown,) = await acts.published(ctx, [draft["_id"]])
    assert shown is not None
    assert (shown["version"], published["published_version"]) == (2, 2)
    assert await acts.total(ctx, CatalogueFilter(category="walkers")) == 1
    system = acting(Viewer(Role.system, client=new_id()))
    assert await acts.published(system, [draft["_id"]]) == [None]
    assert await acts.total_of_supplier(system, row["_id"]) == 0
    assert await acts.total_of_supplier(ctx, row["_id"]) == 1
    [page] = await acts.of_suppliers(ctx, [row["_id"]], 10, None)
    assert [one["_id"] for one in page.rows] == [draft["_id"]]
    await acts.withdraw(ctx, draft["_id"], 2, "key-withdraw")
    assert await acts.published(ctx, [draft["_id"]]) == [None]
    told = await collection("events").find({}).sort("_id", 1).to_list()
    assert [one["data"]["status"] for one in told] == ["published", "withdrawn"]


async def test_faults_stand_in_the_request_or_in_the_draft() -> None:
    """R-B4: a fault of a request points into it; one found by publishing points into the draft."""
    _, ctx = await supplier()
    wrong = CardInput({"ru": "x" * 201}, {}, 0, ["00"], [{"code": "weight", "text": "x"}])
    with pytest.raises(InvalidInput) as refused:
        await drafted(ctx, wrong)
    assert {issue.path[:2] for issue in refused.value.issues} == {("input", "card")}
    draft = await drafted(ctx, EMPTY)
    with pytest.raises(InvalidInput) as incomplete:
        await acts.publish(ctx, draft["_id"], 1, "key-publish")
    assert {"title", "price", "regions"} <= {issue.path[0] for issue in incomplete.value.issues}


async def test_who_may_not() -> None:
    """R-J3: a closed direction, an unknown category, a stranger and a visitor leave nothing behind."""
    _, closed = await supplier(Direction.sanatorium)
    with pytest.raises(Refused, match="DIRECTION_NOT_OPEN"):
        await drafted(closed)
    with pytest.raises(InvalidInput, match="UNKNOWN_CATEGORY"):
        await acts.create(closed, "no_such", WHOLE, "key-create-1")
    with pytest.raises(NotFound):
        await drafted(acting(Viewer(Role.supplier, new_id())))
    with pytest.raises(NotFound):
        await drafted(acting(Viewer(Role.supplier)))
    with pytest.raises(AccessDenied):
        await acts.drafts(acting(Viewer(Role.participant, new_id())), 10, None)
    assert await collection("listing_drafts").count_documents({}) == 0


async def test_a_draft_is_its_suppliers() -> None:
    """R-J3: another supplier does not learn that a draft exists; another role may not even ask."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    assert (await acts.draft(ctx, draft["_id"]))["_id"] == draft["_id"]
    stranger = acting(Viewer(Role.supplier, new_id()))
    with pytest.raises(NotFound):
        await acts.edit(stranger, draft["_id"], 1, WHOLE, "key-edit-1")
    with pytest.raises(NotFound):
        await acts.draft(stranger, draft["_id"])
    with pytest.raises(AccessDenied):
        await acts.publish(acting(Viewer(Role.participant, new_id())), draft["_id"], 1, "key-publish")


async def test_a_race_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B5: an edit of a version that has passed is a conflict, also when it passes in between."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    edited = await acts.edit(ctx, draft["_id"], 1, WHOLE, "key-edit-1")
    assert edited["version"] == 2
    for act in (acts.publish, acts.withdraw):
        with pytest.raises(VersionConflict):
            await act(ctx, draft["_id"], 1, "key-late-1")

    async def too_late(*_: object) -> None:
        return None

    monkeypatch.setattr(listings, "save_draft", too_late)
    with pytest.raises(VersionConflict) as lost:
        await acts.edit(ctx, draft["_id"], 2, WHOLE, "key-edit-2")
    assert (lost.value.expected, lost.value.actual) == (2, 3)


async def test_records_that_vanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B3: a draft whose definition or row is gone is not found, and nothing breaks."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    with pytest.raises(NotFound):
        await drafting.standing(new_id(), 1)
    monkeypatch.setitem(draft, "definition_version", 99)
    with pytest.raises(NotFound):
        await content.definition_of(draft)
