"""The tree of places and who serves them, through the API; workbooks come in by the real command."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.api.portal import Portal, card
from tests.api.server import PAUSE, ROOT
from tests.workbooks import Sheet, rows, written

TREE = """query ($parent: String, $text: String, $first: Int! = 100, $after: String) {
regions(parent: $parent, text: $text, first: $first, after: $after) {
code name { ru } level levelText hasChildren parent { code } path { code } children(first: 2) { code parent { code } } } }"""
VILLAGE, NEIGHBOUR, DISTRICT = "623230100", "623430100", "623200000"
SERVING = "query ($filter: ListingFilter) { listings(filter: $filter, first: 100) { totalCount nodes { id regions } } }"
COUNTRY = rows(["62", "71"])


async def brought_in(portal: Portal, file: Path, sheets: Sequence[Sheet], version: str) -> None:
    """The command beside the running server."""
    environment = {
        "MONGODB_URL": os.environ.get("MONGODB_URL", ""),
        "DATABASE": portal.database.name,
        "DATA_FOLDER": str(portal.server.folder),
    }
    host, port = await portal.database.client.address or ("", 0)
    environment["MONGODB_URL"] = f"mongodb://{host}:{port}/?directConnection=true"
    written(file, sheets)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "app.py", "import-kato", str(file), "--version", version, "--from", "2025-02-01"),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


@pytest.fixture(scope="session")
async def tree(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The server with a workbook brought in while it runs."""
    file = tmp_path_factory.mktemp("kato") / "kato.xlsx"
    await brought_in(portal, file, COUNTRY, "test 1")
    visitor = portal.visitor()
    async with asyncio.timeout(20):
        while not (await visitor.read(TREE, parent="71"))["regions"]:
            await asyncio.sleep(PAUSE)
    return portal


async def test_old_questions_get_the_old_answers(tree: Portal) -> None:
    """R-B7: without arguments the regions of the country, two digits each, with the names that they had."""
    found = (await tree.visitor().read("{ regions { code name { kk ru en } } }"))["regions"]
    assert len(found) == 20
    assert [row["code"] for row in found] == sorted(row["code"] for row in found)
    assert {"code": "71", "name": {"kk": "Астана қаласы", "ru": "Город Астана", "en": "Astana City"}} in found


async def test_the_tree_is_walked_from_the_top_to_the_villages(tree: Portal) -> None:
    """R-B7: each level with its parent, path and children, in the reader's words."""
    visitor = tree.visitor("ru")
    [top] = [row for row in (await visitor.read(TREE))["regions"] if row["code"] == "62"]
    assert (top["level"], top["hasChildren"], top["parent"], top["path"]) == (
        "REGION",
        True,
        None,
        [{"code": "62"}],
    )
    assert top["children"] == [
        {"code": "623200000", "parent": {"code": "62"}},
        {"code": "623400000", "parent": {"code": "62"}},
    ]
    districts = (await visitor.read(TREE, parent="62"))["regions"]
    assert [row["code"] for row in districts] == [f"62{at}00000" for at in range(32, 52, 2)]
    assert districts[0]["levelText"] == "Район или город областного значения"
    [village] = (await visitor.read(TREE, parent="623230000", first=1))["regions"]
    assert village | {"path": [one["code"] for one in village["path"]]} == {
        "code": VILLAGE,
        "name": {"ru": "с.Акбулак 100"},
        "level": "SETTLEMENT",
        "levelText": "Населённый пункт",
        "hasChildren": False,
        "parent": {"code": "623230000"},
        "path": ["62", DISTRICT, "623230000", VILLAGE],
        "children": [],
    }
    seen, after = [], None
    while page := (await visitor.read(TREE, parent="62", first=3, after=after))["regions"]:
        seen += [row["code"] for row in page]
        after = seen[-1]
    assert seen == [row["code"] for row in districts]


async def test_places_are_found_by_name(tree: Portal) -> None:
    """R-B7: in both languages however typed; the greater places first."""
    visitor = tree.visitor()
    for text in ("астан", "АСТАНА қ", "город аст"):
        found = (await visitor.read(TREE, text=text))["regions"]
        assert [row["code"] for row in found] == ["71"]
    found = (await visitor.read(TREE, text="кызыл", parent=DISTRICT))["regions"]
    assert {row["level"] for row in found} == {"SUB_DISTRICT"}
    assert len(found) == 13
    found = (await visitor.read(TREE, text="ак", first=2))["regions"]
    assert [row["code"] for row in found] == ["11", "15"]


@pytest.mark.parametrize(
    ("given", "code"),
    [({"first": 0}, "PAGE_SIZE"), ({"after": "?"}, "BAD_CURSOR"), ({"text": "ы" * 101}, "TOO_LONG")],
)
async def test_questions_that_can_not_be_meant(tree: Portal, given: dict[str, object], code: str) -> None:
    """R-K: a typed error with the argument that it is about."""
    answer = await tree.visitor().ask(TREE, **given)
    assert [one["extensions"]["code"] for one in answer["errors"]] == [code]


async def test_a_village_finds_who_serves_it(tree: Portal) -> None:
    """R-B7: listings for the village, its district and its region, not for the neighbours; counts agree."""
    _, supplier = await tree.supplier()
    served = {
        "village": [VILLAGE],
        "neighbour": [NEIGHBOUR],
        "district": [DISTRICT],
        "region": ["62"],
        "elsewhere": ["711110000"],
    }
    ids = {name: await tree.published(supplier, regions=regions) for name, regions in served.items()}
    shown = {}
    for asked in (VILLAGE, NEIGHBOUR, "623230101", DISTRICT, "62", "71", "623250000"):
        found = (
            await tree.visitor().read(SERVING, filter={"region": asked, "category": "wheelchairs_manual"})
        )["listings"]
        assert found["totalCount"] == len(found["nodes"])
        drafts = {one["id"].partition(":")[2] or one["id"]: one["regions"] for one in found["nodes"]}
        shown[asked] = {name for name, regions in served.items() if regions in drafts.values()}
    assert shown == {
        VILLAGE: {"village", "district", "region"},
        NEIGHBOUR: {"neighbour", "region"},
        "623230101": {"district", "region"},
        DISTRICT: {"village", "district", "region"},
        "62": {"village", "neighbour", "district", "region"},
        "71": {"elsewhere"},
        "623250000": {"district", "region"},
    }
    assert len(ids) == len(served)


async def test_a_place_that_there_is_not_is_refused(tree: Portal) -> None:
    """R-B4: each unknown code with its place in the card, and nothing is written."""
    _, supplier = await tree.supplier()
    before = (await tree.counts())["listing_drafts"]
    given = {
        "category": "wheelchairs_manual",
        "card": card(regions=["62", VILLAGE, "629999999", "620000000"]),
    }
    answer = await supplier.act("listingCreate", **given)
    assert [(one["code"], one["path"][-1]) for one in answer["issues"]] == [
        ("UNKNOWN_REGION", "2"),
        ("UNKNOWN_REGION", "3"),
    ]
    assert (await tree.counts())["listing_drafts"] == before


async def test_a_new_version_is_seen_at_once_and_whole(tree: Portal, tmp_path: Path) -> None:
    """R-B7: what was answered before is forgotten when the version flips; nobody sees a part of it."""
    visitor = tree.visitor()
    names = '{ regions(parent: "71") { code name { ru } } }'
    before = (await visitor.read(names))["regions"]
    renamed = [row.called(f"{row.kk} 2", f"{row.ru} 2") for row in COUNTRY if row.code != "718110000"]
    seen: list[object] = []
    importing = asyncio.ensure_future(brought_in(tree, tmp_path / "kato.xlsx", renamed, "test 2"))
    async with asyncio.timeout(60):
        while not seen or seen[-1] == before:
            seen.append((await visitor.read(names))["regions"])
            await asyncio.sleep(PAUSE)
    await importing
    assert seen[-1] == [
        {"code": row["code"], "name": {"ru": f"{row['name']['ru']} 2"}}
        for row in before
        if row["code"] != "718110000"
    ]
    assert all(one == before for one in seen[:-1])
