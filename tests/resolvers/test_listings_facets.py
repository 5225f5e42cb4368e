"""Facets of the catalogue: each count is the total of the list that its option leads to."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.viewer import ANONYMOUS, Viewer
from documents import categories, listings
from documents.base import Row, collection, in_transaction, new_id
from documents.listings import Listing, kept
from documents.listings import facets as counting
from documents.listings.stored import stored
from domain.categories import Category
from domain.errors import InvalidInput
from domain.identity import Role
from domain.search import CatalogueFilter, Facets, Range, drivers, facet_questions, facets_of, query_tokens
from domain.search.facets import QUESTIONS_MAX
from domain.systems import Scope
from resolvers import listings as acts
from tests.documents.catalogue_data import CATEGORIES, REGIONS
from tests.documents.catalogue_data import listings as made
from tests.documents.test_catalogue_regions import placed
from tests.documents.test_listings import Database, a_draft, fill
from tests.resolvers.stage import NOW, acting

pytestmark = pytest.mark.large

NAME = {"kk": "Атауы", "ru": "Название", "en": "Name"}
NUMBERS = ("load", "channels")
PLACES = ["11", "75", "113200000", "113230000", "113230100", "113230101", "115600000", "751010000"]
COLOURS = ("red", "blue", "green")
VIEWERS = (
    ANONYMOUS,
    Viewer(Role.participant, subject=new_id()),
    Viewer(Role.supplier, subject=new_id()),
    Viewer(Role.administrator, subject=new_id()),
    Viewer(Role.system, client=new_id(), scopes=frozenset({Scope.catalogue_read})),
    Viewer(Role.system, client=new_id()),
)


def definition(code: str, direction: str = "tsr_sale") -> Category:
    """A category with the characteristics of the made-up catalogue; one of them is no facet."""
    plain: dict[str, Any] = {"names": NAME, "filterable": True, "facetable": True}
    choices = [{"code": each, "names": NAME} for each in COLOURS]
    return Category.model_validate(
        {
            "code": code,
            "direction": direction,
            "kind": "goods",
            "names": NAME,
            "characteristics": [
                {"id": f"{code}-w", "code": "width", "type": "decimal", "decimals": 1, **plain},
                *({"id": f"{code}-{each}", "code": each, "type": "integer", **plain} for each in NUMBERS),
                {"id": f"{code}-c", "code": "colour", "type": "choice", "choices": choices, **plain},
                {"id": f"{code}-q", "code": "quiet", "type": "boolean", **plain},
                {"id": f"{code}-o", "code": "old", "type": "boolean", "names": NAME, "retired": True},
            ],
        }
    )


def places(seed: int) -> Iterator[Listing]:
    """Made-up listings, some of which serve places below a region."""
    chance = random.Random(seed)
    for one in several(made(60, seed), seed):
        yield placed(one, chance.sample(PLACES, chance.randint(1, 4))) if chance.random() < 0.4 else one


def several(given: Iterator[Listing], seed: int) -> Iterator[Listing]:
    """Made-up listings, some of which answer with several numbers or codes, or stayed behind a change."""
    chance = random.Random(seed)
    more: dict[str, list[Any]] = {"channels": [3, 40], "load": [60, 200], "colour": ["red", "blue"]}
    for one in given:
        for answer in one.characteristics:
            if answer.code in more and chance.random() < 0.2:
                answer.value = list(dict.fromkeys([answer.value, *more[answer.code]]))
        if chance.random() < 0.1:
            one.filterable = []  # answered, and found by nothing
        yield one.prepared()


async def catalogue(database: Database, seed: int, hidden: int) -> None:
    """A made-up catalogue some of whose listings were withdrawn, beside drafts that nobody has published."""
    rows = await fill(database, list(places(seed)))
    for row in rows[:hidden]:
        await in_transaction(lambda each=row: listings.withdraw(each["_id"]))  # type: ignore[misc]
    await database["listing_drafts"].insert_one(stored(a_draft(category="cat_0", regions=["75"])))
    for number, code in enumerate(CATEGORIES):
        direction = ("tsr_sale", "special_social_services", "sanatorium", "sign_language", "assistant")
        await categories.publish_definition(definition(code, direction[number % 5]))


QUESTIONS = st.builds(
    lambda category, direction, region, words, colours, load: CatalogueFilter(
        category=category,
        direction=direction,
        region=region,
        words=tuple(query_tokens(words)),
        choices=tuple(("colour", each) for each in colours) if category else (),
        ranges=(Range("load", None, 110),) if category and load else (),
    ),
    category=st.sampled_from([None, None, *CATEGORIES[:4]]),
    direction=st.sampled_from([None, None, "tsr_sale", "sanatorium"]),
    region=st.sampled_from([None, *REGIONS[:3], *PLACES]),
    words=st.sampled_from(["", "", "детский", "складной", "гарантия"]),
    colours=st.lists(st.sampled_from(COLOURS), max_size=2, unique=True),
    load=st.booleans(),
)


def narrowed(wanted: CatalogueFilter, code: str, value: str) -> CatalogueFilter:
    """The question with this option of a facet and no other."""
    if code in {"CATEGORY", "DIRECTION"}:
        plain = replace(wanted.without(wanted.codes), category=None)
        return replace(plain, category=value) if code == "CATEGORY" else replace(plain, direction=value)
    if code == "REGION":
        return replace(wanted, region=value)
    return replace(wanted.without([code]), choices=(("colour", value),))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    hidden=st.integers(0, 40),
    wanted=QUESTIONS,
    viewer=st.sampled_from(VIEWERS),
)
async def test_a_count_is_the_total_of_its_list(
    database: Database, seed: int, hidden: int, wanted: CatalogueFilter, viewer: Viewer
) -> None:
    """R-J3: for any catalogue, question and role a facet counts what the list with its option finds."""
    await catalogue(database, seed, hidden)
    ctx = acting(viewer)
    for facet in await acts.facets(ctx, wanted, None):
        assert facet["exact"]
        for option in facet["options"]:
            question = narrowed(wanted, facet["code"], option["value"])
            assert option["count"] == await acts.total(ctx, question), (facet["code"], option)
        if facet.get("range"):
            span = facet["range"]
            inside = Range(facet["code"], span["minimum"], span["maximum"])
            question = wanted.without([facet["code"]])
            question = replace(question, ranges=(*question.ranges, inside))
            assert span["rows"] == await acts.total(ctx, question)


@pytest.mark.usefixtures("database")
async def test_what_is_not_published_counts_for_nobody(database: Database) -> None:
    """R-J3: who may not read the catalogue is told of no listing in it, and drafts are in no count."""
    await catalogue(database, 1, 0)
    nobody = acting(Viewer(Role.system, client=new_id()))
    assert not any(one["options"] for one in await acts.facets(nobody, CatalogueFilter(), None))
    seen = await acts.facets(acting(ANONYMOUS), CatalogueFilter(), ["CATEGORY"])
    assert sum(option["count"] for option in seen[0]["options"]) == 60


async def test_facets_name_their_options(database: Database) -> None:
    """R-B7: options come in the order of the definition or by count, chosen ones even when nothing has them."""
    await catalogue(database, 1, 0)
    wanted = CatalogueFilter(category="cat_0", choices=(("colour", "green"),))
    (colour,) = await acts.facets(acting(ANONYMOUS), wanted, ["colour"])
    assert [one["value"] for one in colour["options"]] == ["red", "blue", "green"]
    assert (colour["options"][2]["count"], colour["options"][2]["name"]) == (0, "Название")
    flagged = CatalogueFilter(category="cat_0", booleans=(("quiet", True),))
    (quiet,) = await acts.facets(acting(ANONYMOUS), flagged, ["quiet"])
    assert quiet["options"] == [{"value": "true", "name": "да", "count": 0}]
    (category,) = await acts.facets(acting(ANONYMOUS), wanted, ["CATEGORY"])
    counts = [one["count"] for one in category["options"]]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 3


@pytest.mark.usefixtures("database")
async def test_what_is_no_facet_is_refused(database: Database) -> None:
    """R-B7: unknown and retired facets are named, and so are more conditions than can be counted apart."""
    await catalogue(database, 1, 0)
    for codes, place in ((["nothing"], 0), (["REGION", "old"], 1)):
        with pytest.raises(InvalidInput) as refused:
            await acts.facets(acting(ANONYMOUS), CatalogueFilter(category="cat_0"), codes)
        assert (refused.value.code, refused.value.path) == ("UNKNOWN_FACET", ("codes", place))
    codes = [f"number_{number}" for number in range(QUESTIONS_MAX + 1)]
    many = CatalogueFilter(category="cat_0", ranges=tuple(Range(code, 1) for code in codes))
    with pytest.raises(InvalidInput) as refused:
        facet_questions(many, Facets(numbers=tuple(codes)))
    assert refused.value.code == "TOO_MANY_FACETS"


async def test_a_bound_is_kept_and_told(database: Database) -> None:
    """R-B7: a question that leads to more keys than may be read counts some of them, and says so."""
    await catalogue(database, 1, 0)
    wanted = CatalogueFilter()
    facets = facets_of(None, None)
    whole = (await counting.counted({wanted: facets}))[wanted]
    some = (await counting.counted({wanted: facets}, most=20))[wanted]
    assert (whole.complete, some.complete) == (True, False)
    assert sum(some.options["CATEGORY"].values()) == 20
    assert all(whole.options["CATEGORY"][code] >= rows for code, rows in some.options["CATEGORY"].items())


async def test_what_stayed_behind_a_change_is_counted_where_it_is_listed(database: Database) -> None:
    """R-B7: an answer that nobody can find by any more does not make its listing count among others."""
    await catalogue(database, 1, 0)
    await database["listings"].update_many({"category": "cat_0"}, {"$set": {"filterable": ["colour"]}})
    wanted = CatalogueFilter(
        category="cat_0", ranges=(Range("load", None, 110),), choices=(("colour", "red"),)
    )
    (facet,) = await acts.facets(acting(ANONYMOUS), wanted, ["colour"])
    assert sum(option["count"] for option in facet["options"]) == 0
    assert await acts.total(acting(ANONYMOUS), wanted) == 0


async def test_no_facets_ask_nothing(database: Database) -> None:
    """R-K: whoever chooses none of the facets gets none."""
    assert await acts.facets(acting(ANONYMOUS), CatalogueFilter(), []) == []


async def test_wide_questions_are_told_of_an_instant(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-B7: where more keys lead to a question than are read, whoever sees all is told what was counted before."""
    await catalogue(database, 1, 0)
    for module in (counting, kept):
        monkeypatch.setattr(module, "LIVE_MAX", 5)
    assert await kept.count_anew(NOW) > 3
    ctx = acting(ANONYMOUS)
    for wanted in (CatalogueFilter(), CatalogueFilter(category="cat_0")):
        for facet in await acts.facets(ctx, wanted, None):
            assert (facet["exact"], facet["counted_at"]) == (False, NOW), facet["code"]
            for option in facet["options"]:
                assert option["count"] == await acts.total(
                    ctx, narrowed(wanted, facet["code"], option["value"])
                )
    for wanted, codes in (
        (CatalogueFilter(region="113200000"), ["REGION"]),
        (CatalogueFilter(region="75"), ["CATEGORY"]),
    ):
        (facet,) = await acts.facets(ctx, wanted, codes)
        assert facet["counted_at"] is None
    (facet,) = await acts.facets(acting(Viewer(Role.system, client=new_id())), CatalogueFilter(), ["REGION"])
    assert (facet["options"], facet["counted_at"]) == ([], None)
    monkeypatch.setattr(kept, "LIVE_MAX", 20_000)
    assert await kept.count_anew(NOW) == 0
    assert await kept.kept_counts([CatalogueFilter()]) == {}


async def test_the_narrowest_way_is_read(database: Database) -> None:
    """R-B7: of several ways into the index the shortest is taken, also where all are longer than a few."""
    rows = [each for seed in range(8) for each in made(200, seed)]
    for row in rows:
        row.id = new_id()
    await fill(database, [row.prepared() for row in rows])
    wanted = CatalogueFilter(region="75", words=tuple(query_tokens("детский гарантия")))
    [(keys, size)] = await counting.narrowest([wanted], 20_000)
    sizes = [
        await collection("listings").count_documents({"keys": {"$in": each}}) for each in drivers(wanted)
    ]
    assert size == min(sizes)
    assert await collection("listings").count_documents({"keys": {"$in": keys}}) == size


def test_rows_of_facets() -> None:
    """R-B7: a question asks for each kind of facet by one step, whatever number of characteristics."""
    facets = facets_of(definition("cat_0"), None)
    steps: Row = counting.counting_steps(facets)
    assert set(steps) == {"all", "CATEGORY", "DIRECTION", "REGION", "options", "numbers"}
