"""Tables of listings through the public API: uploaded, imported, followed, exported, refused."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.client import key
from tests.api.portal import CATEGORY, Portal, card
from tests.api.socket import following
from tests.api.tables import WHOLE, Cells, begun, drafts, ended, exported, faults, imported, table, upload


def rows(count: int, **fields: object) -> list[Cells]:
    """Rows of listings with codes of their own."""
    return [{"key": f"A-{number}"} | dict(WHOLE) | fields for number in range(count)]


async def test_a_table_makes_drafts_and_then_changes_them(portal: Portal) -> None:
    """R-B6: each row makes a draft under its supplier's code; the same table again changes nothing, another price only that."""
    _, supplier = await portal.supplier()
    done = await imported(supplier, rows(3))
    assert (done["status"], done["total"], done["done"], done["refused"]) == ("DONE", 3, 3, 0)
    made = await drafts(supplier)
    assert {(one["version"], one["status"], one["price"]["amount"]) for one in made} == {
        (1, "DRAFT", "150000.5")
    }
    assert made[0]["regions"] == ["71", "75"]
    assert {one["code"]: one["number"] for one in made[0]["characteristics"]}["weight"] == 15.5

    assert (await imported(supplier, rows(3)))["done"] == 3
    assert await drafts(supplier) == made

    await imported(supplier, [{"key": "A-1", "price": "99"}])
    after = await drafts(supplier)
    changed = [one for one in after if one["version"] == 2]
    assert [(one["price"]["amount"], one["title"]["ru"]) for one in changed] == [("99", "Кресло-коляска")]
    assert len(after) == 3


async def test_publishing_by_a_table(portal: Portal) -> None:
    """R-B6: with `publish` the catalogue shows what the rows say, and a changed row shows its change."""
    _, supplier = await portal.supplier()
    await imported(supplier, rows(2, title_ru="Показанная"), publish=True)
    made = await drafts(supplier)
    assert {one["status"] for one in made} == {"PUBLISHED"}
    shown = "{ viewer { drafts { nodes { published { title { ru } version price { amount } } } } } }"
    before = (await supplier.read(shown))["viewer"]["drafts"]["nodes"]
    assert {one["published"]["title"]["ru"] for one in before} == {"Показанная"}
    await imported(supplier, [{"key": "A-0", "price": 7}], publish=True)
    after = (await supplier.read(shown))["viewer"]["drafts"]["nodes"]
    assert sorted(one["published"]["price"]["amount"] for one in after) == ["150000.5", "7"]


BROKEN = [
    dict(WHOLE) | {"key": "A-0"},
    dict(WHOLE) | {"key": "A-1", "price": "дорого", "seat_width": "1"},
    dict(WHOLE) | {"key": "A-2", "purpose": "на луне"},
    dict(WHOLE) | {"key": "A-0"},
]
FOUND = [
    (3, "price", "IMPORT_NOT_NUMBER"),
    (3, "seat_width", "OUT_OF_RANGE"),
    (4, "purpose", "NOT_A_CHOICE"),
    (5, "key", "IMPORT_ROW_TWICE"),
]


@pytest.mark.parametrize(
    ("policy", "status", "done", "refused", "written"),
    [
        ("REJECT_ALL", "FAILED", 0, 3, []),
        ("REJECT_FAILED_ROWS", "DONE", 1, 3, ["150000.5"]),
        ("IGNORE_FAILED_FIELDS", "DONE", 3, 1, ["150000.5", "150000.5", None]),
    ],
)  # fmt: skip
async def test_three_policies(
    portal: Portal, policy: str, status: str, done: int, refused: int, written: list[str | None]
) -> None:
    """R-B6: of a table with faults nothing is written, or the good rows, or the good fields; each fault names its cell."""
    _, supplier = await portal.supplier()
    job = await imported(supplier, BROKEN, policy=policy)
    assert (job["status"], job["done"], job["refused"]) == (status, done, refused)
    assert faults(job) == FOUND
    assert job["errorCode"] == ("IMPORT_REJECTED" if policy == "REJECT_ALL" else None)
    prices = [one["price"] and one["price"]["amount"] for one in await drafts(supplier)]
    assert sorted(prices, key=str) == sorted(written, key=str)


async def test_a_dry_run_writes_nothing(portal: Portal) -> None:
    """R-B6: a dry run says what would be wrong and how many rows would be written, and leaves everything as it is."""
    _, supplier = await portal.supplier()
    before = await portal.counts()
    job = await imported(supplier, BROKEN, policy="REJECT_FAILED_ROWS", dryRun=True)
    assert (job["status"], job["done"], job["refused"]) == ("DONE", 1, 3)
    assert faults(job) == FOUND
    after = await portal.counts()
    changed = {name for name in after if after[name] != before[name]}
    assert not changed & {"listing_drafts", "listings"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "«price» бағанында сан болуы керек."),
        ("ru", "В столбце «price» должно быть число."),
        ("en", "The column “price” takes a number."),
    ],
)
async def test_faults_in_the_readers_language(portal: Portal, language: str, said: str) -> None:
    """R-B6: each fault is told in Kazakh, Russian or English, with the row and the cell's column."""
    _, supplier = await portal.supplier()
    client = supplier.speaking(language)
    job = await imported(client, [dict(WHOLE) | {"price": "?"}], policy="REJECT_FAILED_ROWS")
    [fault] = job["faults"]["nodes"]
    assert (fault["message"], fault["path"]) == (said, ["rows", "2", "price"])


async def test_headings_that_do_not_fit(portal: Portal) -> None:
    """R-B6: an unknown column, a column twice and another unit are named, and nothing is read below them."""
    _, supplier = await portal.supplier()
    text = "key;seat_width [cm];weight;weight;colour\nA-1;45;1;1;red\n"
    job = await imported(supplier, text.encode())
    assert (job["status"], job["errorCode"]) == ("FAILED", "IMPORT_HEADER")
    assert faults(job) == [
        (1, "seat_width [cm]", "IMPORT_COLUMN_UNIT"),
        (1, "weight", "IMPORT_COLUMN_TWICE"),
        (1, "colour", "IMPORT_UNKNOWN_COLUMN"),
    ]
    assert await drafts(supplier) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and no more", "IMPORT_NOT_TABLE"),
        (b'[{"key": ', "IMPORT_NOT_TABLE"),
        ("key;title_ru\n1;Кресло".encode("cp1251"), "IMPORT_NOT_UTF8"),
        (b'key;title_ru\n1;"open', "IMPORT_NOT_TABLE"),
    ],
)
async def test_what_is_no_table(portal: Portal, content: bytes, code: str) -> None:
    """R-B6: a damaged file, or one in another encoding, fails the job by name."""
    _, supplier = await portal.supplier()
    job = await imported(supplier, content)
    assert (job["status"], job["errorCode"]) == ("FAILED", code)
    assert job["errorMessage"]


async def test_the_feed_tells_how_far_an_import_is(portal: Portal) -> None:
    """R-B6: a subscriber sees each batch and the end, at positions without gaps."""
    _, supplier = await portal.supplier()
    async with following(portal, supplier, "supplierFeed", 0) as feed:
        await feed.item()
        job = await begun(supplier, table(*rows(450)))
        items = [await feed.item()]
        while items[-1]["status"] != "done":
            items.append(await feed.item())
    assert [item["seq"] for item in items] == list(range(2, len(items) + 2))
    assert [(item["event"], item["status"]) for item in items] == [("job.changed", "running")] * 6 + [
        ("job.changed", "done")
    ]
    assert {item["node"]["id"] for item in items} == {job}


@pytest.mark.parametrize("kind", ["CSV", "JSON", "XLSX"])
async def test_there_and_back_changes_nothing(portal: Portal, kind: str) -> None:
    """R-B6: what an export wrote is imported without changing anything, formulas and odd texts included."""
    _, supplier = await portal.supplier()
    odd: list[dict[str, Any]] = [
        {
            "title": {"ru": '=HYPERLINK("http://x")', "kk": "'=1+1"},
            "description": {"ru": 'a\nb;"c"', "kk": "@x"},
        },
        {
            "title": {"ru": "-5 градусов", "kk": "+7 (701)"},
            "price": None,
            "regions": [],
            "characteristics": [],
        },
        {"price": "0.07", "regions": ["10", "71", "79"]},
    ]
    for fields in odd:
        await supplier.done("listingCreate", category=CATEGORY, card=card(**fields))
    before = await drafts(supplier)
    content = await exported(supplier, kind)
    job = await imported(supplier, content)
    assert (job["status"], job["done"], job["refused"]) == ("DONE", 3, 0)
    assert await drafts(supplier) == before


async def test_nothing_in_an_export_is_a_formula(portal: Portal) -> None:
    """R-B6: no cell of a CSV begins with what a spreadsheet program would compute."""
    _, supplier = await portal.supplier()
    for start in ("=1+1", "+1+1", "-1+1", "@SUM(1)"):
        await supplier.done("listingCreate", category=CATEGORY, card=card(start))
    text = (await exported(supplier, "CSV")).decode("utf-8-sig")
    assert "'=1+1" in text
    cells = [cell.strip('"') for line in text.splitlines()[2:] for cell in line.split(";")]
    assert [cell for cell in cells if cell[:1] in set("=+-@")] == []


async def test_a_version_that_has_passed(portal: Portal) -> None:
    """R-B5: a row of a version that does not stand any more is a conflict, told with both versions."""
    _, supplier = await portal.supplier()
    await imported(supplier, rows(1))
    await imported(supplier, [{"key": "A-0", "price": 1}])
    late = [{"key": "A-0", "version": 1, "price": 2}]
    job = await imported(supplier, late, policy="REJECT_FAILED_ROWS")
    assert faults(job) == [(2, "version", "VERSION_CONFLICT")]
    assert [one["price"]["amount"] for one in await drafts(supplier)] == ["1"]


async def test_somebody_elses_listing_and_file(portal: Portal) -> None:
    """R-J3: neither a listing nor a file of another supplier can be named, fetched or changed."""
    (_, owner), (_, other) = await portal.supplier(), await portal.supplier()
    await imported(owner, rows(1))
    content = json.loads(await exported(owner, "JSON"))
    sent = (await upload(owner, table(*rows(1)))).json()["fileId"]
    before = await drafts(owner)
    job = await imported(other, json.dumps(content).encode(), policy="REJECT_FAILED_ROWS")
    assert faults(job) == [(1, "id", "IMPORT_UNKNOWN_LISTING")]
    given = {"category": CATEGORY, "fileId": sent, "policy": "REJECT_ALL"}
    assert (await other.act("listingsImport", **given))["__typename"] == "NotFound"
    made = (await owner.done("listingsExport", category=CATEGORY, format="CSV"))["job"]["id"]
    path = (await ended(owner, made))["filePath"]
    for client, status in ((other, 404), (portal.visitor(), 404), (owner, 200)):
        assert (await client.http.get(path, headers=client.headers)).status_code == status
    assert await drafts(owner) == before


async def test_who_may_not(portal: Portal) -> None:
    """R-J3: a direction that is not open, and whoever is no supplier, leave no job and no file behind."""
    _, closed = await portal.supplier("74300")
    sent = (await upload(closed, table(*rows(1)))).json()["fileId"]
    before = await portal.counts()
    given = {"category": CATEGORY, "fileId": sent, "policy": "REJECT_ALL"}
    answer = await closed.act("listingsImport", **given)
    assert (answer["__typename"], answer["code"]) == ("Refused", "DIRECTION_NOT_OPEN")
    answer = await closed.act("listingsImport", **given | {"category": "no_such"})
    assert (answer["__typename"], answer["code"]) == ("InvalidInput", "UNKNOWN_CATEGORY")
    _, person = await portal.participant()
    assert (await upload(person, b"x")).status_code == 403
    assert (await upload(portal.visitor(), b"x")).status_code == 401
    after = await portal.counts()
    assert {name for name in after if after[name] != before[name]} <= {
        "participants", "sessions", "challenges", "consents", "evidence", "gateway", "events", "outbox", "idempotency_keys",
        "gateway_records",
    }  # fmt: skip
    assert (after["jobs"], after["import_files"]) == (before["jobs"], before["import_files"])


async def test_the_same_key_begins_one_import(portal: Portal) -> None:
    """R-K: the same request under the same key is the same job."""
    _, supplier = await portal.supplier()
    sent = (await upload(supplier, table(*rows(1)))).json()["fileId"]
    given = {"idempotencyKey": key(), "category": CATEGORY, "fileId": sent, "policy": "REJECT_ALL"}
    answers = await asyncio.gather(*(supplier.done("listingsImport", **given) for _ in range(5)))
    assert len({one["job"]["id"] for one in answers}) == 1
