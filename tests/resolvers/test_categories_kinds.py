"""Reference data and several answers on cards: what a day's codes do to drafts, tables and differences."""

from datetime import date
from typing import Any

import pytest

from documents.base import Row, collection
from documents.reference import store_reference
from domain.errors import InvalidInput
from domain.imports import TableFormat
from resolvers import listings as cards
from resolvers.categories import change
from resolvers.context import Context
from resolvers.listings import CardInput
from tests.resolvers.stage import NOW, acting, rule, supplier
from tests.resolvers.tables import WHOLE, drafts, exported, faults, imported
from tests.resolvers.test_categories_changing import administrator, answer, done, rows, wanted
from tests.resolvers.test_listings import ANSWERS, TEXTS

pytestmark = pytest.mark.usefixtures("database")
NAMES = {"kk": "А", "ru": "А", "en": "A"}


def added(code: str, type_: str, **rules: Any) -> Row:
    """The change that adds a characteristic to walkers."""
    item = {"id": f"t-{code}", "code": code, "names": NAMES, "type": type_}
    return {"kind": "add", "characteristic": item | rules}


def country(code: str, name: str, **days: Any) -> Row:
    """A row of the countries."""
    return rule("country", code, None, **days) | {"names": {"kk": name, "ru": name, "en": name}}


async def with_countries() -> None:
    """Walkers say where they were made, and what models there are."""
    await store_reference([country("kz", "Казахстан"), country("tr", "Турция")])
    place = added("made_in", "reference", reference="country", repeatable=True, filterable=True)
    await change(administrator(), wanted(place, added("models", "text", repeatable=True)), "key-with")


def card(*more: Row) -> CardInput:
    """A whole card with these answers beside the usual ones."""
    return CardInput(TEXTS, TEXTS, 100_00, ["71"], [*ANSWERS, *more])


async def test_a_code_that_is_out_of_force() -> None:
    """R-B2: it stays readable on what was published, and is refused when the draft is published again."""
    _, ctx = await supplier()
    await with_countries()
    draft = await cards.create(
        ctx, "walkers", card({"code": "made_in", "choices": ["tr", "kz"]}), "key-create"
    )
    shown = await cards.publish(ctx, draft["_id"], 1, "key-publish")
    await store_reference([country("tr", "Турция", until=date(2026, 1, 1))])
    later = acting(ctx.viewer, NOW)
    before = await rows(draft)
    with pytest.raises(InvalidInput) as refused:
        await cards.publish(later, draft["_id"], shown["version"], "key-again")
    assert [(one.code, one.path) for one in refused.value.issues] == [
        ("NOT_IN_REFERENCE", ("characteristics", "made_in", 0))
    ]
    assert await rows(draft) == before
    assert answer(before[1], "made_in") == ["tr", "kz"]
    [found] = await cards.obstacles(later, before[0])
    assert found.code == "NOT_IN_REFERENCE"


async def test_reference_data_that_there_is_none_of() -> None:
    """R-B2: a definition names no type without a code in force; one that it named before is let be."""
    await supplier()
    await store_reference([country("su", "СССР", until=date(2000, 1, 1))])
    for place, ghost in enumerate(("ghosts", "country")):
        with pytest.raises(InvalidInput) as refused:
            await change(
                administrator(), wanted(added("made_in", "reference", reference=ghost)), f"key-ghost-{place}"
            )
        assert [one.code for one in refused.value.issues] == ["UNKNOWN_REFERENCE"]
    assert await collection("categories").count_documents({"version": 2}) == 0
    await with_countries()
    gone = [country(code, code, until=date(2023, 1, 1)) for code in ("kz", "tr")]
    await store_reference(gone)
    await change(
        administrator(), wanted({"kind": "require", "characteristic": "wk-08"}, expected=2), "key-second"
    )
    assert await collection("categories").count_documents({"version": 3}) == 1


async def carried(ctx: Context, change_: Row, expected: int, key: str) -> Row:
    """The job of a change of walkers, done."""
    job = await change(ctx, wanted(change_, expected=expected), key)
    await done(ctx, job)
    return job


async def test_answers_follow_into_lists_and_out_of_them() -> None:
    """R-B3: one answer becomes a list, and a list of one becomes it; a draft that missed both catches up."""
    _, seller = await supplier()
    await store_reference([country("kz", "Казахстан")])
    place = added("made_in", "reference", reference="country")
    await change(administrator(), wanted(place), "key-first")
    draft = await cards.create(seller, "walkers", card({"code": "made_in", "choice": "kz"}), "key-create")
    await cards.publish(seller, draft["_id"], 1, "key-publish")
    repeat: Row = {"kind": "repeat", "characteristic": "t-made_in"}
    await carried(administrator(), repeat, 2, "key-second")
    assert [answer(row, "made_in") for row in await rows(draft)] == [["kz"], ["kz"]]
    await change(administrator(), wanted(repeat | {"repeatable": False}, expected=3), "key-third")
    version = (await rows(draft))[0]["version"]
    await cards.publish(seller, draft["_id"], version, "key-again")
    assert [answer(row, "made_in") for row in await rows(draft)] == ["kz", "kz"]


async def test_tables_take_names_and_several() -> None:
    """R-B6: codes of reference data by code or name, several in one cell; an export reads back the same."""
    _, ctx = await supplier()
    await with_countries()
    job = await imported(
        ctx,
        [
            WHOLE | {"key": "A", "made_in": "Турция; kz", "models": ["RX-1", "RX-2"]},
            WHOLE | {"key": "B", "made_in": "ghost", "models": "a;a"},
        ],
    )
    assert await faults(job) == [(2, "made_in", "NOT_IN_REFERENCE"), (2, "models", "ANSWER_TWICE")]
    [draft] = await drafts()
    assert (answer(draft, "made_in"), answer(draft, "models")) == (["tr", "kz"], ["RX-1", "RX-2"])
    table = await exported(ctx, TableFormat.csv)
    assert b'"tr;kz";"RX-1;RX-2"' in table
    again = await imported(ctx, table)
    assert (await faults(again), [row["version"] for row in await drafts()]) == ([], [1])


async def test_a_difference_names_codes_as_they_were_called() -> None:
    """R-B5: each side of a change is told with the names of the day of its version."""
    _, ctx = await supplier()
    await with_countries()
    draft = await cards.create(ctx, "walkers", card({"code": "made_in", "choices": ["kz"]}), "key-create")
    await cards.edit(ctx, draft["_id"], 1, card({"code": "made_in", "choices": ["kz", "tr"]}), "key-edit")
    [row, _] = await rows(draft)
    difference = await cards.changes(ctx, row, 1, 2)
    [one] = difference.changes
    assert (one.path, one.before, one.after) == (("characteristics", "made_in"), ["kz"], ["kz", "tr"])
    assert difference.after is not None
    names = {choice.code: choice.names.ru for choice in difference.after.by_code["made_in"].choices}
    assert names == {"kz": "Казахстан", "tr": "Турция"}
