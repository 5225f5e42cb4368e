"""The public list of suppliers, and what several of them have published: the same rows, in few questions."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from auth.policy import RULES
from auth.relations import NOTHING
from auth.viewer import ANONYMOUS
from auth.visibility import visible
from documents import base, suppliers
from documents.base import Id, Row, new_id
from documents.listings import listings_of_supplier, listings_of_suppliers
from documents.listings.stored import stored
from documents.reads import recording
from documents.suppliers import SupplierFilter
from domain.categories import Direction
from domain.errors import InvalidInput
from domain.search.names import name_keys, name_question
from domain.search.words import folded_words, stem
from tests.documents.catalogue_data import listing
from tests.documents.encryption.commands import Commands
from tests.documents.test_catalogue_explain import stages_named

pytestmark = pytest.mark.large

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SHOWN = visible(ANONYMOUS, "Supplier.read")
CHANCE = random.Random(11)
Database = AsyncDatabase[Row]


def a_supplier(number: int, registered: bool = True, **fields: Any) -> Row:
    """A row of the collection, as far as lists look at it; two registered at each instant."""
    return {
        "_id": new_id(),
        "identifier_index": number.to_bytes(4),
        "supplier_kind": "legal_entity",
        "identifier": b"",
        "name": {"ru": f"ТОО {number}"},
        "directions": CHANCE.sample([each.value for each in Direction], 1 + number % 2),
        "region": "71",
        "registered_at": NOW + timedelta(hours=number // 2) if registered else None,
    } | fields


async def filled(database: Database, amount: int, **fields: Any) -> list[Row]:
    """So many suppliers, every fifth of which never registered."""
    rows = [a_supplier(number, registered=number % 5 > 0, **fields) for number in range(amount)]
    await database["suppliers"].insert_many(rows, bypass_document_validation=True)
    return rows


@pytest.mark.parametrize("direction", [None, *Direction])
async def test_a_walk_sees_each_registered_supplier_once(
    database: Database, direction: Direction | None
) -> None:
    """R-B7: registered suppliers come newest first, page by page, each once, of one direction or of all."""
    rows = await filled(database, 30)
    expected = [
        row["_id"]
        for row in sorted(rows, key=lambda row: (row["registered_at"] or NOW, row["_id"]), reverse=True)
        if row["registered_at"] and (direction is None or direction.value in row["directions"])
    ]
    seen: list[Row] = []
    cursor, more = None, True
    while more:
        page = await suppliers.listed(SHOWN, SupplierFilter(direction), first=3, cursor=cursor)
        seen += page.rows
        cursor, more = (page.cursors[-1], True) if page.has_next else (None, False)
    assert [row["_id"] for row in seen] == expected
    assert {key for row in seen for key in row} <= {"_id", "kind", *suppliers.PUBLIC}
    with pytest.raises(InvalidInput):
        await suppliers.listed(SHOWN, SupplierFilter(direction), first=3, cursor="AAAA")


@pytest.mark.parametrize("direction", [None, Direction.tsr_sale])
async def test_a_page_of_suppliers_reads_its_rows_only(
    database: Database, direction: Direction | None
) -> None:
    """R-B7: the first page and a deep one read about as many keys as they show rows, without sorting."""
    await filled(database, 600, directions=["tsr_sale"])
    cursor = None
    for _ in range(4):
        page = await suppliers.listed(SHOWN, SupplierFilter(direction), first=24, cursor=cursor)
        cursor = page.cursors[-1]
        question = suppliers.listed_question(SHOWN, SupplierFilter(direction), first=24, cursor=cursor)
        command = {"find": "suppliers", **question, "sort": dict(question["sort"])}
        told = await database.command({"explain": command, "verbosity": "executionStats"})
        stats = told["executionStats"]
        assert not list(stages_named("SORT", stats["executionStages"]))
        assert stats["nReturned"] == 25
        assert stats["totalKeysExamined"] <= 30


FORMS = ("ТОО", "ИП", "АО")
NAMES = (
    "Ортоцентр",
    "Сурдо-сервис",
    "Жан шапағаты",
    "Ортопедия Плюс",
    "Қамқор",
    "Камкорлык",
    "Ёлка",
    "OrtoMed",
)
ASKED = (
    *(
        "орто",
        "ортопедия",
        "ортопедии",
        "шапағаты",
        "шапагат",
        "ТОО орто",
        "қамқор",
        "камкор",
        "елка",
        "ortomed",
    ),
    *("тоо", "сервис ип", "ничего", "1", "2", "", "а"),
)


@pytest.mark.parametrize("direction", [None, Direction.tsr_sale])
async def test_suppliers_are_found_by_the_beginnings_of_their_words(
    database: Database, direction: Direction | None
) -> None:
    """R-B7: those are found whose name has a word beginning with each word typed, or with its stem."""
    names = [f"{FORMS[n % 3]} «{NAMES[n % 8]}» {n % 4}" for n in range(60)]
    for number, name in enumerate(names):
        keys = name_keys([name, f"{name} қаласы"])
        row = a_supplier(
            number, number % 5 > 0, name={"ru": name}, name_keys=keys, region=str(71 + number % 2)
        )
        await database["suppliers"].insert_one(row, bypass_document_validation=True)
    rows = await database["suppliers"].find({"registered_at": {"$ne": None}}).to_list()
    rows.sort(key=lambda row: (row["registered_at"], row["_id"]), reverse=True)
    for text in ASKED:
        for region in (None, "71"):
            found = await suppliers.listed(
                SHOWN, SupplierFilter(direction, region, name_question(text)), first=100, cursor=None
            )
            expected = [
                row["_id"]
                for row in rows
                if _has_words(row["name"]["ru"] + " қаласы", text)
                and (direction is None or direction in row["directions"])
                and region in (None, row["region"])
            ]
            assert [row["_id"] for row in found.rows] == expected, text


def _meant(word: str) -> tuple[str, ...]:
    root = stem(word)
    return (word, root) if len(root) >= 4 else (word,)


def _has_words(name: str, text: str) -> bool:
    words = [word for word in folded_words(text) if len(word) > 1]
    return all(any(has.startswith(_meant(word)) for has in folded_words(name)) for word in words)


async def test_a_page_found_by_name_reads_its_rows_only(database: Database) -> None:
    """R-B7: a word that all names have costs as many keys as rows are shown, and nothing is sorted."""
    await filled(database, 600, name_keys=name_keys(["ТОО «Орто»"]))
    wanted = SupplierFilter(words=name_question("тоо орто"))
    question = suppliers.listed_question(SHOWN, wanted, first=24, cursor=None)
    command = {"find": "suppliers", **question, "sort": dict(question["sort"])}
    stats = (await database.command({"explain": command, "verbosity": "executionStats"}))["executionStats"]
    assert not list(stages_named("SORT", stats["executionStages"]))
    assert stats["nReturned"] == 25
    assert stats["totalKeysExamined"] <= 35


async def published(database: Database, parents: list[Id], amount: int) -> None:
    """So many listings, dealt out to these suppliers unevenly, several at the same instant."""
    chance = random.Random(3)
    made = [
        listing(chance, number).model_copy(
            update={
                "supplier": parents[min(number % 7, len(parents) - 1)],
                "published_at": NOW + timedelta(hours=number // 9),
            }
        )
        for number in range(amount)
    ]
    await database["listings"].insert_many([stored(one.prepared()) for one in made])


@pytest.mark.parametrize("where", [None, {}, NOTHING, {"direction": {"$eq": "sanatorium"}}])
async def test_pages_of_many_are_the_pages_of_each(database: Database, where: Row | None) -> None:
    """R-B7: what several suppliers have published is, page by page, what each would show by itself."""
    parents = [row["_id"] for row in await filled(database, 9)]
    await published(database, parents[:6], 150)
    cursors: list[str | None] = [None]
    for after in cursors:
        together = await listings_of_suppliers(parents, first=4, after=after, where=where)
        for parent, page in zip(parents, together, strict=True):
            assert page == await listings_of_supplier(parent, first=4, after=after, where=where)
        if len(cursors) < 5:
            cursors += [page.cursors[-1] for page in together if page.has_next][:2]


async def test_what_can_not_be_asked_of_many(database: Database) -> None:
    """A size or a cursor that can't be is refused for several suppliers as it is for one."""
    parents = [row["_id"] for row in await filled(database, 3)]
    for asked in ({"first": 0}, {"first": 101}, {"first": 4, "after": "AAAA"}):
        with pytest.raises(InvalidInput):
            await listings_of_suppliers(parents, **asked)


async def test_many_suppliers_are_one_question(
    mongod: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-B7: pages of all suppliers of a position are one command, noted by supplier and by row."""
    parents = [row["_id"] for row in await filled(database, 5)]
    async with Commands(mongod, database.name) as commands:
        monkeypatch.setattr(base, "_database", commands.database)
        with recording() as tags:
            await listings_of_suppliers([*parents, *parents], first=4)
        monkeypatch.undo()
        assert commands.names == ["aggregate"]
    assert tags == {each for row in parents for each in (f"suppliers:{row}", f"listings@{row}")}


async def test_each_supplier_costs_its_page(
    mongod: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-B7: a page of each of several suppliers reads by their index as many keys as rows, however many there are."""
    parents = [row["_id"] for row in await filled(database, 5)]
    await published(database, parents, 600)
    sent: list[Row] = []
    async with Commands(mongod, database.name) as commands:
        monkeypatch.setattr(commands, "started", lambda event: sent.append(dict(event.command)))
        monkeypatch.setattr(base, "_database", commands.database)
        first = await listings_of_suppliers(parents, first=4)
        await listings_of_suppliers(parents, first=4, after=first[0].cursors[-1], where={})
        monkeypatch.undo()
    for command in sent[:2]:
        asked = {key: command[key] for key in ("aggregate", "pipeline", "cursor")}
        told = await database.command({"explain": asked, "verbosity": "executionStats"})
        (joined,) = [stage for stage in told["stages"] if "$lookup" in stage]
        assert joined["indexesUsed"] == ["supplier"]
        assert joined["totalKeysExamined"] <= 2 * 5 * len(parents)


def test_the_list_is_for_everybody() -> None:
    """R-B7: whoever reads the catalogue reads the list of suppliers."""
    assert RULES["Query.suppliers"] == RULES["Query.listings"]
