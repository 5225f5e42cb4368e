"""Tables at the resolvers: whose, what becomes of each row, and what is refused."""

import io
import json
from typing import Any

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents.base import collection, new_id
from domain.categories import Direction
from domain.errors import AccessDenied, InvalidInput, NotFound, Refused
from domain.identity import Role
from domain.imports import ImportPolicy, TableFormat
from resolvers import imports, listings
from resolvers.context import Context
from resolvers.imports import exporting
from tests.resolvers.stage import acting, supplier
from tests.resolvers.tables import (
    WHOLE,
    begun,
    drafts,
    exported,
    faults,
    imported,
    job_of,
    kept_bytes,
    pieces,
    runner,
)
from tests.resolvers.test_listings import WHOLE as CARD

pytestmark = pytest.mark.usefixtures("database")
LENIENT = ImportPolicy.ignore_failed_fields


async def test_a_row_is_written_as_a_card_by_hand() -> None:
    """R-B6: what a table writes is what `listingCreate` and `listingPublish` write of the same card."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"title_ru": CARD.title["ru"], "title_kk": CARD.title["kk"]}], publish=True)
    by_hand = await listings.create(ctx, "walkers", CARD, "key-create-1")
    [row, other] = await drafts()
    apart = {"_id", "content_hash", "description", "price", "status", "published_version"}
    assert {k: v for k, v in row.items() if k not in apart} == {
        k: v for k, v in other.items() if k not in apart
    }
    assert (row["status"], row["published_version"], by_hand["_id"]) == ("published", 1, other["_id"])
    [shown] = await listings.published(ctx, [row["_id"]])
    assert shown is not None
    assert (shown["title"], shown["version"]) == (row["title"], 1)


async def test_what_names_a_listing() -> None:
    """R-B6: a row is about the listing of its number or of its code; what names none, or two, is refused."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": "A"}, WHOLE | {"key": "B"}])
    one, two = [str(row["_id"]) for row in await drafts()]
    rows = [
        {"id": one, "key": "C", "price": 5},
        {"id": str(new_id()), "price": 5},
        {"id": two, "key": "A", "price": 5},
        {"id": "?", "price": 5},
        {"key": "B", "price": 6},
        {"id": two, "price": 7},
        {"key": "C", "price": 8},
    ]
    job = await imported(ctx, rows)
    assert await faults(job) == [
        (2, "id", "IMPORT_UNKNOWN_LISTING"),
        (3, "key", "IMPORT_KEY_TAKEN"),
        (4, "id", "IMPORT_BAD_ID"),
        (6, "id", "IMPORT_ROW_TWICE"),
        (7, "key", "IMPORT_ROW_TWICE"),
    ]
    assert [(row["external_key"], row["price"]) for row in await drafts()] == [("C", 500), ("B", 600)]


async def test_a_version_that_has_passed() -> None:
    """R-B5: a row of another version than stands is refused with both; one that changes nothing is none the worse."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": "A"}, WHOLE | {"key": "B"}])
    rows = [{"key": "A", "version": 2, "price": 5}, {"key": "B", "version": 2, "price": 100}]
    job = await imported(ctx, rows)
    assert await faults(job) == [(1, "version", "VERSION_CONFLICT")]
    assert (job["done"], [(row["version"], row["price"]) for row in await drafts()]) == (1, [(1, 10_000)] * 2)


async def test_a_listing_of_another_category() -> None:
    """R-B6: a code that a listing of another category has is told, and the listing stays."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": "A"}])
    await collection("listing_drafts").update_one({}, {"$set": {"category": "other"}})
    before = await drafts()
    job = await imported(ctx, [{"key": "A", "price": 5}])
    assert await faults(job) == [(1, "key", "IMPORT_OTHER_CATEGORY")]
    assert await drafts() == before


async def test_published_again_only_when_it_changed() -> None:
    """R-B6: the same table again writes nothing; a draft that is not shown yet is shown; a withdrawn one again."""
    _, ctx = await supplier()
    rows = [WHOLE | {"key": "A"}]
    for publish, version in ((False, 1), (True, 2), (True, 2), (False, 2)):
        await imported(ctx, rows, publish=publish)
        assert [row["version"] for row in await drafts()] == [version]
    [row] = await drafts()
    await listings.withdraw(ctx, row["_id"], 2, "key-withdraw")
    await imported(ctx, rows, publish=True)
    [row] = await drafts()
    assert (row["version"], row["status"], row["published_version"]) == (4, "published", 4)
    job = await imported(ctx, rows, publish=True)
    assert job["result"] == {"made": 0, "changed": 0, "same": 1}


async def test_what_is_lenient_stays_a_draft_while_it_is_incomplete() -> None:
    """R-B6: with wrong fields left out a listing that lacks something is drafted, and its faults say that it isn't shown."""
    _, ctx = await supplier()
    rows = [WHOLE | {"key": "A", "weight": "heavy"}, WHOLE | {"key": "B"}]
    job = await imported(ctx, rows, policy=LENIENT, publish=True)
    assert await faults(job) == [
        (1, "weight", "WRONG_TYPE"),
        (1, "1", "IMPORT_NOT_PUBLISHED"),
        (1, "weight", "MISSING_CHARACTERISTIC"),
    ]
    assert [row["status"] for row in await drafts()] == ["draft", "published"]
    assert (job["done"], job["refused"]) == (2, 0)


async def test_publishing_strictly_asks_for_everything() -> None:
    """R-B6: with `publish` a row that lacks what publishing asks for is refused, and each lack is named."""
    _, ctx = await supplier()
    job = await imported(ctx, [{"key": "A", "title_ru": "Роллатор"}], publish=True)
    found = {(column, code) for _, column, code in await faults(job)}
    assert {
        ("price", "PRICE_REQUIRED"),
        ("title_kk", "MISSING_TRANSLATION"),
        ("regions", "REGION_REQUIRED"),
    } <= found
    assert ("model_type", "MISSING_CHARACTERISTIC") in found
    assert await drafts() == []


async def test_rights_are_asked_with_every_batch() -> None:
    """R-J3: a supplier whose direction was closed meanwhile writes nothing more."""
    row, ctx = await supplier()
    job = await begun(ctx, [WHOLE])
    await collection("suppliers").update_one({"_id": row["_id"]}, {"$set": {"directions": []}})
    await runner().work()
    assert (await job_of(job))["error"]["code"] == "DIRECTION_NOT_OPEN"
    assert await drafts() == []


async def test_who_may_not_begin() -> None:
    """R-J3: strangers, other roles, unknown categories and closed directions begin nothing."""
    _, ctx = await supplier()
    file = (await imports.upload(ctx, pieces(b"key\n"), 4))["_id"]
    given: dict[str, Any] = {"policy": LENIENT, "dry_run": True, "publish": False, "key": "key-begin-1"}
    stranger = acting(Viewer(Role.supplier, new_id()))
    cases: list[tuple[Context, str, type[Exception]]] = [
        (acting(ANONYMOUS), "walkers", AccessDenied),
        (stranger, "walkers", NotFound),
        (ctx, "nothing", InvalidInput),
    ]
    for who, category, refusal in cases:
        with pytest.raises(refusal):
            await imports.begin_import(who, category, file, **given)
    with pytest.raises(InvalidInput):
        await imports.begin_export(ctx, "nothing", TableFormat.csv, "key-begin-1")
    with pytest.raises(AccessDenied):
        await imports.upload(acting(ANONYMOUS), pieces(b""), None)
    with pytest.raises(NotFound):
        await imports.upload(acting(Viewer(Role.supplier)), pieces(b""), None)
    await collection("suppliers").update_many({}, {"$set": {"directions": [str(Direction.assistant)]}})
    with pytest.raises(Refused, match="DIRECTION_NOT_OPEN"):
        await imports.begin_import(ctx, "walkers", file, **given)
    assert await collection("jobs").count_documents({}) == 0


@pytest.mark.parametrize("kind", TableFormat)
async def test_there_and_back(kind: TableFormat) -> None:
    """R-B6: an export, page by page, is imported again without a change."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": f"A{number}", "title_ru": f"=1+{number}"} for number in range(7)])
    before = await drafts()
    job = await imported(ctx, await exported(ctx, kind), policy=ImportPolicy.reject_all)
    assert (job["done"], job["refused"], job["result"]["same"]) == (7, 0, 7)
    assert await drafts() == before


async def test_an_export_is_read_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: every listing of the supplier and category stands in the table once, and nobody else's."""
    monkeypatch.setattr(exporting, "PAGE", 2)
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": f"A{number}"} for number in range(5)])
    await collection("listing_drafts").update_one({"external_key": "A4"}, {"$set": {"supplier": new_id()}})
    rows = json.loads(await exported(ctx, TableFormat.json))
    assert [row["key"] for row in rows] == ["A0", "A1", "A2", "A3"]
    assert rows[0] == {name: rows[0][name] for name in rows[0]}
    assert {name: rows[0][name] for name in WHOLE} == WHOLE


async def test_an_export_that_grew_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: a table larger than files may be is not kept."""
    _, ctx = await supplier()
    with pytest.raises(Refused, match="IMPORT_UNPACKS_TOO_LARGE"):
        await imports.file_made(ctx, TableFormat.csv, pieces(b"x" * 5000), 2000)
    with pytest.raises(NotFound):
        await imports.file_made(acting(Viewer(Role.supplier)), TableFormat.csv, pieces(b""), 2000)
    assert await kept_bytes() == 0


async def test_templates() -> None:
    """R-B6: a template has the columns of its category and no rows; of an unknown category there is none."""
    _, ctx = await supplier()
    content = await imports.template(ctx, "walkers", TableFormat.csv)
    assert len(io.StringIO(content.decode("utf-8-sig")).readlines()) == 2
    assert len(json.loads(await imports.template(ctx, "walkers", TableFormat.json))) == 1
    with pytest.raises(InvalidInput):
        await imports.template(ctx, "nothing", TableFormat.csv)
