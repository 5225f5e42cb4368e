"""Definitions changed at run time through the API, and the listings that follow them."""

import asyncio
import secrets
from typing import Any

from bson import ObjectId

from tests.api.categories import CANE, FOUND, REASON, WALKER, changed, ended, form, found, named, published
from tests.api.client import Client, document, key
from tests.api.portal import Portal, card, local, of_draft
from tests.api.test_rate_limits import once_more

WALKERS, CANES = "walkers", "canes_crutches"
DRAFT = """query($id: ID!) { node(id: $id) { ... on ListingDraft { version publishedVersion definitionVersion
characteristics { code value unit number } } } }"""


def code() -> str:
    """A code that no characteristic has yet."""
    return f"c{secrets.token_hex(6)}"


def added(name: str, type_: str, **rules: Any) -> dict[str, Any]:
    """The change that adds a characteristic."""
    item = {"definitionId": f"t-{name}", "code": name, "names": named(f"Имя {name}"), "type": type_}
    return {"add": {"characteristic": item | rules}}


async def with_width(supplier: Client) -> tuple[Any, list[Any], int]:
    """A published walker, its answers and its width, which nobody can find by."""
    width = 300 + secrets.randbelow(500)
    answers = [*WALKER, {"code": "width", "number": str(width)}]
    return await published(supplier, WALKERS, answers), answers, width


async def test_a_characteristic_comes_at_run_time_and_is_found_by(portal: Portal) -> None:
    """R-B2: a characteristic with a condition and a unit is added, answered and found by, without a restart."""
    _, supplier = await portal.supplier()
    draft, answers, _ = await with_width(supplier)
    visitor, name = portal.visitor(), code()
    before = (await form(visitor, WALKERS))["version"]
    when = [{"characteristic": "wk-09", "flag": True}]
    job = await changed(
        portal,
        WALKERS,
        added(name, "DECIMAL", unit="km", minimum=1, maximum=90, decimals=1, filterable=True, when=when),
    )
    assert (job["status"], job["refused"], job["done"]) == ("DONE", 0, job["total"])
    category = await form(visitor, WALKERS)
    assert (category["version"], category["current"]) == (before + 1, True)
    item = category["characteristics"][-1]
    assert (item["code"], item["unitText"], item["widget"]) == (name, "km", "TEXT")
    assert [(one["definitionId"], one["flag"]) for one in item["when"]] == [("wk-09", True)]

    given: dict[str, Any] = {"listingId": draft["id"], "expectedVersion": draft["version"]}
    far = {"code": name, "number": "42.5", "unit": "km"}
    rigid = [each | {"boolean": False} if each["code"] == "folding" else each for each in answers]
    refused = await supplier.act("listingEdit", **given, card=card(characteristics=[*rigid, far]))
    assert [each["code"] for each in refused["issues"]] == ["NOT_ASKED"]
    edited = await supplier.done("listingEdit", **given, card=card(characteristics=[*answers, far]))
    given["expectedVersion"] = edited["draft"]["version"]
    await supplier.done("listingPublish", **given)

    asked = [{"code": name, "minimum": 42, "maximum": 43}]
    [shown] = await found(visitor, [of_draft(draft["id"])].__eq__, WALKERS, ranges=asked)
    assert {"code": name, "number": 42.5, "value": "42.5", "unit": "km"} in shown["characteristics"]
    assert await found(visitor, [].__eq__, WALKERS, ranges=[{"code": name, "minimum": 43}]) == []


async def test_listings_of_old_versions_are_found_by_what_becomes_filterable(portal: Portal) -> None:
    """R-B2: what was answered long ago is found once an administrator lets it, whoever wrote it."""
    _, supplier = await portal.supplier()
    draft, _, width = await with_width(supplier)
    visitor, ranges = portal.visitor(), [{"code": "width", "minimum": width, "maximum": width}]
    await changed(portal, WALKERS, {"filter": {"characteristic": "wk-06", "filterable": False}})
    [refused] = await visitor.errors(FOUND, filter={"category": WALKERS, "ranges": ranges})
    assert refused["code"] == "NOT_FILTERABLE"
    lacking = code()
    # one that asks for more: the listing can't follow, and is found all the same
    hard = added(lacking, "BOOLEAN", required=True)
    job = await changed(portal, WALKERS, {"filter": {"characteristic": "wk-06"}}, hard)
    assert mine(job["faults"], draft) == {("listing", "MISSING_CHARACTERISTIC", lacking)}
    await found(visitor, lambda ids: of_draft(draft["id"]) in ids, WALKERS, ranges=ranges)
    assert await found(visitor, lambda ids: of_draft(draft["id"]) in ids, WALKERS)
    await changed(portal, WALKERS, {"retire": {"characteristic": f"t-{lacking}"}})


async def test_another_server_knows(portal: Portal, mongod: str) -> None:
    """R-B2: a change made at one server is what the next visitor of another reads and finds by."""
    _, supplier = await portal.supplier()
    name = code()
    async with once_more(portal.server, mongod) as again:
        visitor = again.visitor()
        before = (await form(visitor, WALKERS))["version"]
        await found(visitor, len, WALKERS)
        await changed(portal, WALKERS, added(name, "BOOLEAN", filterable=True))
        draft = await published(supplier, WALKERS, [*WALKER, {"code": name, "boolean": True}])
        flags = [{"code": name, "value": True}]
        await found(visitor, [of_draft(draft["id"])].__eq__, WALKERS, flags=flags)
        assert (await form(visitor, WALKERS))["version"] == before + 1


def material(name: str) -> list[dict[str, Any]]:
    """The answers of a cane of some material."""
    return [*CANE, {"code": "material", "choice": name}]


def mine(faults: list[Any], draft: Any) -> set[tuple[str, str, str]]:
    """What is said of a listing: (kind of record, code, characteristic)."""
    own = {draft["id"]: "draft", of_draft(draft["id"]): "listing"}
    return {(own[one["subject"]], one["code"], one["path"][-1]) for one in faults if one["subject"] in own}


async def draft_of(supplier: Client, draft: Any) -> Any:
    """A draft as its supplier sees it, with its numbers and choices by code."""
    row = (await supplier.read(DRAFT, id=draft["id"]))["node"]
    return row | {"answers": {one["code"]: one["number"] or one["value"] for one in row["characteristics"]}}


CHANGES: list[Any] = [
    {"convert": {"characteristic": "cc-02", "unit": "cm", "factor": "0.1", "decimals": 1}},
    {"close": {"characteristic": "cc-06", "choice": "wood"}},
]
"""What wood can't follow."""
FAULTS = {(kind, "NOT_A_CHOICE", "material") for kind in ("draft", "listing")}


async def attention(portal: Portal, draft: Any) -> int:
    """How often a supplier was told that a listing needs something."""
    told = {"kind": "listing.needs_attention", "subject": ObjectId(local(draft["id"]))}
    return await portal.database["events"].count_documents(told)


async def test_a_dry_run_names_who_would_fail(portal: Portal) -> None:
    """R-B3: draft and published listing are named, each with the answer and the reason; nothing is changed."""
    _, supplier = await portal.supplier()
    steel, wood = [await published(supplier, CANES, material(name)) for name in ("steel", "wood")]
    before = await form(supplier, CANES)
    row = {"_id": ObjectId(local(steel["id"]))}
    rows = [await portal.database[name].find_one(row) for name in ("listing_drafts", "listings")]
    job = await changed(portal, CANES, *CHANGES, dryRun=True)
    assert job["done"] + job["refused"] == job["total"]
    assert (mine(job["faults"], wood), mine(job["faults"], steel)) == (FAULTS, set())
    [said] = [one["message"] for one in job["faults"] if one["subject"] == wood["id"]]
    assert said.startswith("“Material”: there is no such choice.")
    assert await form(supplier, CANES) == before
    assert rows == [await portal.database[name].find_one(row) for name in ("listing_drafts", "listings")]
    assert await attention(portal, wood) == 0


async def test_what_can_follow_a_change_does_and_what_can_not_stays(portal: Portal) -> None:
    """R-B3: one is converted and found by its new unit; the other is shown as it was, and its supplier told."""
    _, supplier = await portal.supplier()
    steel, wood = [await published(supplier, CANES, material(name)) for name in ("steel", "wood")]
    before = (await form(supplier, CANES))["version"]
    job = await changed(portal, CANES, *CHANGES)
    assert (mine(job["faults"], wood), mine(job["faults"], steel)) == (FAULTS, set())
    moved, stays = [await draft_of(supplier, one) for one in (steel, wood)]
    assert (moved["definitionVersion"], moved["answers"]["height_min"]) == (before + 1, 70)
    assert moved["version"] == moved["publishedVersion"] == steel["version"] + 1
    assert (stays["definitionVersion"], stays["version"]) == (before, wood["version"])
    assert [await attention(portal, one) for one in (steel, wood)] == [0, 1]

    visitor, cm = portal.visitor(), [{"code": "height_min", "minimum": 69.5, "maximum": 70.5}]
    shown = await found(visitor, lambda ids: of_draft(steel["id"]) in ids, CANES, ranges=cm)
    assert of_draft(wood["id"]) not in {one["id"] for one in shown}
    values = {
        one["id"]: {each["code"]: (each["value"], each["unit"]) for each in one["characteristics"]}
        for one in await found(visitor, lambda ids: of_draft(wood["id"]) in ids, CANES)
    }
    assert values[of_draft(wood["id"])]["height_min"] == ("700", "mm")
    assert values[of_draft(wood["id"])]["material"] == ("wood", None)
    assert values[of_draft(steel["id"])]["height_min"] == ("70", "cm")
    again = {"listingId": wood["id"], "expectedVersion": wood["version"]}
    refused = await supplier.act("listingPublish", **again)
    assert [(one["code"], one["path"][-1]) for one in refused["issues"]] == [("NOT_A_CHOICE", "material")]


async def test_answers_for_their_supplier_alone(portal: Portal) -> None:
    """R-B2: the supplier sees a hidden answer on its draft; the catalogue neither shows it nor finds by it."""
    name = code()
    await changed(portal, WALKERS, added(name, "INTEGER", public=False, required=True))
    _, supplier = await portal.supplier()
    lacking = await supplier.done("listingCreate", category=WALKERS, card=card(characteristics=WALKER))
    given = {"listingId": lacking["draft"]["id"], "expectedVersion": 1}
    assert [one["code"] for one in (await supplier.act("listingPublish", **given))["issues"]] == [
        "MISSING_CHARACTERISTIC"
    ]
    draft = await published(supplier, WALKERS, [*WALKER, {"code": name, "number": "7"}])
    assert (await draft_of(supplier, draft))["answers"][name] == 7
    row = await portal.database["listings"].find_one({"_id": ObjectId(local(draft["id"]))}) or {}
    assert name not in {each["code"] for each in row["characteristics"]} | set(row["filterable"])
    ranges = [{"code": name, "minimum": 7}]
    [refused] = await portal.visitor().errors(FOUND, filter={"category": WALKERS, "ranges": ranges})
    assert refused["code"] == "NOT_FILTERABLE"
    await changed(portal, WALKERS, {"require": {"characteristic": f"t-{name}", "required": False}})


RETIRE = {"retire": {"characteristic": "wk-07"}}
ID, ITEM = "definitionId", ["0", "add", "characteristic"]
IMPOSSIBLE: list[tuple[list[Any], list[tuple[str, list[str]]]]] = [
    ([], [("CHANGES_COUNT", [])]),
    ([{}], [("ONE_CHANGE_EACH", ["0"])]),
    ([RETIRE, RETIRE | {"filter": {"characteristic": "wk-06"}}], [("ONE_CHANGE_EACH", ["1"])]),
    ([added("cubits", "INTEGER", unit="cubit")], [("UNKNOWN_UNIT", [])]),
    ([added("Ж", "BOOLEAN")], [("CODE_UNREADABLE", [*ITEM, ID]), ("CODE_UNREADABLE", [*ITEM, "code"])]),
    ([{"move": {"characteristic": "ghost"}}], [("UNKNOWN_CHARACTERISTIC", ["0", "move", "characteristic"])]),
    (
        [{"limit": {"characteristic": "wk-06", "minimum": 2, "maximum": 1}}],
        [("LIMITS_REVERSED", ["0", "limit"])],
    ),
]


async def test_what_can_not_be_changed_so(portal: Portal) -> None:
    """R-B3: a lost race, an unknown category and impossible changes are refused by type; nothing is changed."""
    administrator = await portal.employee("administrator")
    seen = (await form(administrator, WALKERS))["version"]
    given: dict[str, Any] = {"category": WALKERS, "expectedVersion": seen, "reason": REASON}
    before = await portal.counts()
    for changes, issues in IMPOSSIBLE:
        answer = await administrator.act("categoryChange", **given, changes=changes)
        assert [(one["code"], one["path"][2:]) for one in answer["issues"]] == issues
    given["changes"] = [RETIRE]
    late = await administrator.act("categoryChange", **given | {"expectedVersion": seen - 1})
    assert (late["__typename"], late["expected"], late["actual"]) == ("VersionConflict", seen - 1, seen)
    ghost = await administrator.act("categoryChange", **given | {"category": "ghost"})
    assert (ghost["code"], ghost["path"]) == ("UNKNOWN_CATEGORY", ["input", "category"])
    short = await administrator.act("categoryChange", **given | {"reason": "..."})
    assert (short["code"], short["path"]) == ("TOO_SHORT", ["input", "reason"])
    _, supplier = await portal.supplier()
    assert (await supplier.act("categoryChange", **given))["code"] == "ACCESS_DENIED"
    assert (await form(administrator, WALKERS))["version"] == seen
    after = await portal.counts()
    assert [after.get(name) for name in WRITTEN] == [before.get(name) for name in WRITTEN]


WRITTEN = ("categories", "jobs", "job_faults", "listing_drafts", "listings")


async def test_one_of_two_administrators_wins(portal: Portal) -> None:
    """R-B3: the same version can be changed once; the same key gives the same job."""
    administrator = await portal.employee("administrator")
    seen = (await form(administrator, WALKERS))["version"]
    given: dict[str, Any] = {"category": WALKERS, "expectedVersion": seen, "reason": REASON}
    rename = {"rename": {"characteristic": "wk-08", "names": named("Тежегіш")}}
    answers = await asyncio.gather(
        *(administrator.act("categoryChange", **given, changes=[rename]) for _ in range(4))
    )
    kinds = sorted(one["__typename"] for one in answers)
    assert kinds == ["CategoryChanged", *["VersionConflict"] * 3]
    [won] = [one for one in answers if one["__typename"] == "CategoryChanged"]
    assert (won["category"]["version"], won["category"]["current"]) == (seen + 1, True)
    await ended(administrator, won["job"]["id"])
    text, again = document("categoryChange"), given | {"expectedVersion": seen + 1, "idempotencyKey": key()}
    jobs = [await administrator.read(text, input=again | {"changes": [rename]}) for _ in range(2)]
    assert jobs[0]["categoryChange"]["job"]["id"] == jobs[1]["categoryChange"]["job"]["id"]
    await ended(administrator, jobs[0]["categoryChange"]["job"]["id"])
    assert (await form(administrator, WALKERS))["version"] == seen + 2
