"""Places by КАТО as stored: each version whole, each row from one version until another."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from documents import regions
from documents.base import Row, in_transaction
from documents.reference import midnight
from documents.regions import RegionVersion
from domain.errors import InvalidInput
from domain.regions import Place, compare, placed
from domain.search import folded_words
from tests.documents.test_catalogue_explain import stages_named

Database = AsyncDatabase[Row]
PLACES = {
    code: Place(code, kk, ru, "1")
    for code, kk, ru in [
        ("10", "Абай облысы", "область Абай"),
        ("101000000", "Семей Қ.Ә.", "Семей Г.А."),
        ("101010000", "Семей қ.", "г.Семей"),
        ("103200000", "Абай ауданы", "Абайский район"),
        ("103230000", "Қараауыл а.о.", "Карааульский с.о."),
        ("103230100", "Қараауыл а.", "с.Карааул"),
        ("71", "Астана қ.", "г.Астана"),
        ("711110000", "Алматы ауданы", "район Алматы"),
        ("711210000", "Есіл ауданы", "район Есиль"),
    ]
}


def version(number: int, since: date = date(2025, 2, 1)) -> RegionVersion:
    """A version of this number."""
    return RegionVersion(
        number=number,
        name=f"v{number}",
        valid_from=midnight(since),
        places=len(PLACES),
        imported_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


async def staged(number: int, places: Mapping[str, Place]) -> RegionVersion:
    """The rows of a version, staged and not in force."""
    nodes, new = placed(places), version(number)
    found = compare(await regions.standing(number - 1), nodes, set())
    begun = [regions.row_of(nodes[code], new) for code in found.written]
    await regions.stage(new, [], found.ended)
    await regions.stage(new, begun, [])
    return new


async def codes(parent: str, number: int, **more: object) -> list[str]:
    """What lies next below a place."""
    [rows] = await regions.below([parent], number, **{"first": 100, "after": None} | more)  # type: ignore[arg-type]
    return [row["code"] for row in rows]


async def found(*words: str, number: int = 1, within: str | None = None, first: int = 9) -> list[str]:
    """What words find."""
    folded = folded_words(" ".join(words))
    rows = await regions.found(folded, number, within=within, first=first, after=None)
    return [row["code"] for row in rows]


async def test_the_tree_of_a_version(database: Database) -> None:
    """R-B7: places by code, what lies next below by code, and whether anything does; a level may be left out."""
    assert database is not None
    await regions.put_in_force(await staged(1, PLACES))
    assert await codes("71", 1) == ["711110000", "711210000"]
    assert await codes("10", 1) == ["101000000", "103200000"]
    assert await codes("103230100", 1) == []
    assert await codes("71", 1, after="711110000") == ["711210000"]
    assert await codes("71", 1, first=1) == ["711110000"]
    several = await regions.below(["71", "103200000", "99", "71"], 1, first=1, after=None)
    assert [[row["code"] for row in rows] for rows in several] == [
        ["711110000"],
        ["103230000"],
        [],
        ["711110000"],
    ]
    one, none = await regions.at(["103200000", "999999999"], 1)
    assert one is not None
    assert (one["parent"], one["has_children"], none) == ("10", True, None)
    assert await regions.known(["71", "711110000", "711310000"], 1) == {"71", "711110000"}


async def test_names_are_found_by_the_beginnings_of_their_words(database: Database) -> None:
    """R-B7: in Kazakh and Russian, folded, all words at once, the greater places first; regions stand apart."""
    assert database is not None
    await regions.put_in_force(await staged(1, PLACES))
    assert await found("СЕМЕЙ") == ["101000000", "101010000"]
    assert await found("Караауылский") == []
    assert await found("карааульск") == ["103230000"]
    assert await found("караау") == ["103230000", "103230100"]
    assert await found("ал", "район") == ["711110000"]
    assert await found("Есіл") == ["711210000"]
    assert await found("абай") == ["103200000"]
    assert await found("караау", within="71") == []
    assert await found("караау", within="103200000", first=1) == ["103230000"]
    for wrong in ("x", "710000000"):
        with pytest.raises(InvalidInput) as refused:
            await regions.found(["аб"], 1, within=None, first=9, after=wrong)
        assert refused.value.code == "BAD_CURSOR"


async def test_staged_rows_are_nobodys_until_the_version_is_there(database: Database) -> None:
    """R-B7: a reader of the version before sees it whole, during and after; nothing is ever deleted."""
    await regions.put_in_force(await staged(1, PLACES))
    newer = {code: place for code, place in PLACES.items() if code != "711210000"}
    newer["711310000"] = Place("711310000", "Сарыарқа ауданы", "район Сарыарка", "1")
    newer["101010000"] = Place("101010000", "Шәкәрім қ.", "г.Шакарим", "1")
    before = await regions.standing(1)
    new = await staged(2, newer)
    assert await regions.standing(1) == before
    assert await codes("71", 1) == ["711110000", "711210000"]
    assert [row["number"] for row in await regions.versions()] == [1]
    await regions.put_in_force(new)
    assert await codes("71", 2) == ["711110000", "711310000"]
    assert [(await regions.at(["101010000"], number))[0]["names"]["ru"] for number in (1, 2)] == [  # type: ignore[index]
        "г.Семей",
        "г.Шакарим",
    ]
    assert await regions.standing(1) == before
    ended = await database["regions"].find({"valid_to": {"$ne": None}}).sort("code").to_list()
    assert [(row["code"], row["until"], row["valid_to"]) for row in ended] == [
        (code, 2, new.valid_from) for code in ("101010000", "711210000")
    ]
    assert await regions.closed_codes(["711210000", "101010000", "71"], 2) == {"711210000", "101010000"}
    with pytest.raises(DuplicateKeyError):
        await regions.put_in_force(version(2))


async def test_what_was_staged_is_taken_back_to_the_last_row(database: Database) -> None:
    """R-B7: after an import that broke off everything is as it was, in however small steps."""
    await regions.put_in_force(await staged(1, PLACES))
    before = await database["regions"].find({}).sort("_id").to_list()
    await staged(2, {"71": PLACES["71"], "711110000": PLACES["711210000"]})
    assert await database["regions"].find({}).sort("_id").to_list() != before
    steps = []
    while gone := await in_transaction(lambda: regions.discard(2, 3)):
        steps.append(gone)
    assert max(steps) == 3
    assert await database["regions"].find({}).sort("_id").to_list() == before
    assert (await regions.latest() or {})["number"] == 1


async def test_each_question_has_its_index(database: Database) -> None:
    """R-B7: children and searched names are read in their order, with as many keys as rows."""
    await regions.put_in_force(await staged(1, PLACES))
    visible = {"since": {"$lte": 1}, "until": {"$gt": 1}}
    for question, hint in (({"parent": "71"}, "parent"), ({"$and": [{"prefixes": "район"}]}, "prefix")):
        command = {"find": "regions", "filter": question | visible, "sort": {"rank": 1}, "hint": hint}
        told = await database.command({"explain": command, "verbosity": "executionStats"})
        stats = told["executionStats"]
        assert not [*stages_named("SORT", stats["executionStages"])]
        assert stats["totalKeysExamined"] <= stats["nReturned"] + 1
