"""Words that no listing has, comparison, and sums: as an operation asks for them."""

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents import vocabulary
from documents.base import Id, new_id
from documents.reference import store_reference
from domain.errors import InvalidInput, NotFound
from domain.identity import Role
from domain.search import CatalogueFilter, query_tokens
from resolvers import listings as acts
from tests.documents.catalogue_data import listings as made
from tests.documents.test_listings import Database, fill
from tests.resolvers.stage import acting, rule, supplier
from tests.resolvers.test_listings import ANSWERS, drafted

VISITOR = acting(ANONYMOUS)


def asked(text: str) -> CatalogueFilter:
    """A question by words."""
    return CatalogueFilter(words=tuple(query_tokens(text)))


async def test_a_mistyped_word_finds_what_was_meant(database: Database) -> None:
    """R-B7: a word with one wrong letter, or only begun, finds the listings of the word; known ones stay."""
    await fill(database, list(made(120, 5)))
    await vocabulary.renew()
    right = await acts.total(VISITOR, asked("складной"))
    assert right > 0
    for typed in ("скалдной", "скаладной", "сладной", "скла"):
        wanted = await acts.understood(asked(typed))
        assert wanted.words == ()
        assert sum(map(len, wanted.meant)) <= 16
        assert await acts.total(VISITOR, wanted) >= right, typed
    known = asked("складной детский")
    assert await acts.understood(known) is known
    assert await acts.understood(CatalogueFilter()) == CatalogueFilter()
    mixed = await acts.understood(asked("детский сладной"))
    assert (mixed.words, len(mixed.meant)) == (tuple(query_tokens("детский")), 1)


async def test_a_word_that_is_too_new_is_found_all_the_same(database: Database) -> None:
    """R-B7: what was published a moment ago is found by its words, though the vocabulary lacks them."""
    await fill(database, list(made(20, 5)))
    wanted = await acts.understood(asked("детский"))
    assert wanted.meant == (tuple(query_tokens("детский")),)
    assert await acts.total(VISITOR, wanted) == await acts.total(VISITOR, asked("детский")) > 0


async def test_a_word_that_is_typed_goes_on(database: Database) -> None:
    """R-B7: beginnings in Russian and Kazakh, also in Russian letters, are completed as words are written."""
    await fill(database, list(made(200, 5)))
    await vocabulary.renew()
    assert "складной" in await acts.suggestions(VISITOR, "скл", 10)
    assert "детский складной" in await acts.suggestions(VISITOR, "детский складн", 10)
    assert "құрылғы" in await acts.suggestions(VISITOR, "курыл", 10)
    assert len(await acts.suggestions(VISITOR, "br", 3)) == 3
    for nothing in ("", "с", "детский ", "ыыыыы"):
        assert await acts.suggestions(VISITOR, nothing, 10) == []
    for first in (0, 21):
        with pytest.raises(InvalidInput) as refused:
            await acts.suggestions(VISITOR, "скл", first)
        assert refused.value.code == "PAGE_SIZE"


async def published(count: int) -> list[Id]:
    """Walkers that differ in weight, from one supplier."""
    _, ctx = await supplier()
    found = []
    for number in range(count):
        draft = (
            await drafted(ctx)
            if number == 0
            else await acts.create(ctx, "walkers", other(), f"key-another-{number}")
        )
        await acts.publish(ctx, draft["_id"], 1, f"key-publish-{number}")
        found.append(draft["_id"])
    return found


def other() -> acts.CardInput:
    """A heavier walker."""
    answers = [one if one["code"] != "weight" else {"code": "weight", "number": 9} for one in ANSWERS]
    return acts.CardInput(
        {"ru": "Ходунки", "kk": "Жүргіш"}, {"ru": "Ходунки", "kk": "Жүргіш"}, 90_00, ["71"], answers
    )


@pytest.mark.usefixtures("database")
async def test_listings_side_by_side() -> None:
    """R-B7: what listings answer stands in one row each, and says where they differ."""
    one, two = await published(2)
    found = await acts.comparison(VISITOR, [two, one])
    assert [row["_id"] for row in found.listings] == [two, one]
    rows = {row.item.code: row for row in found.rows}
    assert (list(rows["weight"].values), rows["weight"].differs) == ([9, 7.5], True)
    assert not rows["folding"].differs
    for ids, code, path in (
        ([one], "COMPARED_NUMBER", ("ids",)),
        ([one] * 7, "COMPARED_NUMBER", ("ids",)),
        ([one, one], "COMPARED_TWICE", ("ids",)),
    ):
        with pytest.raises(InvalidInput) as refused:
            await acts.comparison(VISITOR, ids)
        assert (refused.value.code, refused.value.path) == (code, path)
    for viewer, ids in ((ANONYMOUS, [one, new_id()]), (Viewer(Role.system, client=new_id()), [one, two])):
        with pytest.raises(NotFound):
            await acts.comparison(acting(viewer), ids)


@pytest.mark.usefixtures("database")
async def test_what_the_state_pays() -> None:
    """R-B7: the guaranteed sum of the day by category, and what is left to pay; nothing where none is in force."""
    rows = [{"category": "walkers", "price": 100_00}, {"category": "beds", "price": 100_00}]
    assert await acts.guaranteed(VISITOR, rows) == [None, None]
    assert await acts.co_payments(VISITOR, rows) == [None, None]
    await store_reference([rule("guaranteed_sum", "walkers", 60_00)])
    assert await acts.guaranteed(VISITOR, rows) == [60_00, None]
    assert await acts.co_payments(VISITOR, [*rows, {"category": "walkers", "price": 50_00}]) == [
        40_00,
        None,
        0,
    ]
