"""The shipped and the made-up data hold to every rule that real data must hold to."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from domain.categories import Category, CharacteristicType, Direction, OfferKind, as_answers, check_answers
from domain.listings import check_card
from domain.measures import Programme
from domain.suppliers import SupplierKind
from domain.texts import Language, catalogue, text
from workers.seed.cards import RARE_WORDS, SeedListing, generate_listings
from workers.seed.categories import load_categories, read_categories
from workers.seed.demo import SEED, Demo, generate_demo
from workers.seed.places import atlas
from workers.seed.reference import in_force, load_reference
from workers.seed.templates import compiled

TODAY = date(2026, 11, 22)
BEFORE_ORDER_345 = date(2023, 8, 1)
LARGE = 2500


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The demonstration as of a fixed day."""
    return generate_demo(TODAY)


@pytest.fixture(scope="module")
def definitions() -> dict[str, Category]:
    """Shipped categories by code."""
    return {category.code: category for category in load_categories()}


def check_listings(listings: Iterable[SeedListing], definitions: dict[str, Category]) -> None:
    """Each card passes what publishing asks for, unchanged."""
    regions = set(atlas().places)
    for listing in listings:
        definition = definitions[listing.category]
        assert "{" not in "".join((*listing.title.values(), *listing.description.values()))
        answers = as_answers(definition, listing.characteristics)
        assert check_answers(definition, answers, complete=True) == listing.characteristics
        card = check_card(
            title=listing.title,
            description=listing.description,
            price=listing.price,
            regions=listing.regions,
            known_regions=regions,
            complete=True,
        )
        assert card["title"] == listing.title
        assert card["regions"] == listing.regions
        assert listing.direction == definition.direction


def test_categories_cover_every_direction(definitions: dict[str, Category]) -> None:
    """R-B2: every direction has categories, each with six to sixteen characteristics, some numbers to filter by."""
    assert {category.direction for category in definitions.values()} == set(Direction)
    assert len(definitions) >= 14
    for category in definitions.values():
        numbers = [item for item in category.characteristics if item.type in {"integer", "decimal"}]
        assert 6 <= len(category.characteristics) <= 16
        assert sum(item.filterable for item in numbers) >= 3
        assert any(item.required and item.highlighted for item in category.characteristics)
        assert category.kind is (OfferKind.goods if category.direction == "tsr_sale" else OfferKind.service)


def test_units_and_directions_have_names(definitions: dict[str, Category]) -> None:
    """Every unit, kind of answer and direction can be told in the three languages."""
    units = {item.unit for category in definitions.values() for item in category.characteristics if item.unit}
    keys = {f"units.{unit}" for unit in units}
    keys |= {f"directions.{direction}" for direction in Direction}
    keys |= {f"answer_types.{kind}" for kind in CharacteristicType}
    for language in Language:
        assert all(text(key, language) for key in keys)


def test_choices_of_a_category_mean_one_thing(definitions: dict[str, Category]) -> None:
    """A code that two characteristics of a category share has one name: cards word choices by code."""
    for category in definitions.values():
        names = [(one.code, one.names) for item in category.characteristics for one in item.choices]
        assert len({code for code, _ in names}) == len(set(names)), category.code


WALKER: dict[str, Any] = {
    "category": "walkers",
    "weight": 1,
    "price": [1, 2, 1],
    "series": ["Қадам"],
    "documents": [],
    "titles": [{"ru": "{model}", "kk": "{model}"}],
    "sentences": [{"ru": "{load_limit}", "kk": "{load_limit}"}],
    "values": {"height_min": [700], "height_max": [900], "load_limit": [100], "weight": [2], "width": [500]},
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"values": {**WALKER["values"], "colour": [1]}}, "no characteristic colour"),
        ({"fit": {"model_type=rollator": {"colour": [1]}}}, "no characteristic colour"),
        ({"values": {}}, "nothing about height_min"),
        ({"titles": [{"ru": "{colour}", "kk": "x"}]}, "in place of colour"),
    ],
)
def test_card_data_must_match_the_category(
    change: dict[str, Any], fault: str, definitions: dict[str, Category]
) -> None:
    """A slip in the card data stops the seed with the name of what is wrong."""
    with pytest.raises(ValueError, match=fault):
        compiled([WALKER | change], [definitions["walkers"]])


def test_each_category_needs_cards(definitions: dict[str, Category]) -> None:
    """A category that nobody wrote cards for is named."""
    with pytest.raises(ValueError, match="no cards for day_care"):
        compiled([WALKER], [definitions["walkers"], definitions["day_care"]])


def test_definitions_share_nothing(definitions: dict[str, Category]) -> None:
    """The same definition twice is refused."""
    row = definitions["walkers"].model_dump()
    with pytest.raises(ValueError, match="used twice"):
        read_categories([row, row])


def test_every_text_is_in_three_languages() -> None:
    """No text lacks a language."""
    assert all(set(versions) == set(Language) for versions in catalogue().values())


def test_reference_rows_do_not_overlap() -> None:
    """Two rows of one code are never in force on one day, and sums and quotas name known categories."""
    rows = sorted(load_reference(), key=lambda row: (row.type, row.code, row.valid_from))
    for earlier, later in pairwise(rows):
        if (earlier.type, earlier.code) == (later.type, later.code):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from
    codes = {category.code for category in load_categories()}
    assert {row.code for row in rows if row.type == "guaranteed_sum"} == codes
    assert {row.code for row in rows if row.type in {"annual_quota", "period_quota"}} <= codes
    assert all(row.basis or row.sample for row in rows)


def test_regions_are_the_twenty_of_kato() -> None:
    """R-C2: twenty regions with names in three languages, the same that addresses are made of."""
    regions = in_force("region", TODAY)
    assert set(regions) == set(atlas().places)
    assert len(regions) == 20
    assert all(set(row.names or {}) == set(Language) for row in regions.values())


def test_assistants_may_register_only_before_the_rule_changed() -> None:
    """R-A7: which kinds of supplier may register is dated."""
    before, today = in_force("supplier_kind", BEFORE_ORDER_345), in_force("supplier_kind", TODAY)
    assert all(before[kind].value is True for kind in SupplierKind)
    assert {kind for kind in SupplierKind if today[kind].value is True} == set(SupplierKind) - {
        SupplierKind.assistant
    }


def test_directions_of_codes_are_directions() -> None:
    """R-B1: main codes of activity open known directions, and every direction can be opened."""
    opened = [row.value for row in in_force("oked_direction", TODAY).values()]
    assert {way for ways in opened if isinstance(ways, list) for way in ways} == set(Direction)


def test_rules_read_by_the_portal_are_there() -> None:
    """R-C4: window, right to order and retention are in force today and were before the rule changed."""
    for day in (BEFORE_ORDER_345, TODAY):
        window = {code: row.value for code, row in in_force("choice_window", day).items()}
        assert window == {"months": 2, "start": "notice"}
        order = {code: row.value for code, row in in_force("who_may_order", day).items()}
        assert order == {Programme.individual_programme: True, Programme.elderly_services: False}


def test_demo_listings_are_publishable(demo: Demo, definitions: dict[str, Category]) -> None:
    """R-B4: all 500 cards pass the checks of publishing, and every category has its cards."""
    assert len(demo.listings) == 500
    check_listings(demo.listings, definitions)
    assert Counter(listing.category for listing in demo.listings).keys() == definitions.keys()


def test_descriptions_have_two_to_five_sentences(demo: Demo) -> None:
    """Descriptions read like cards: neither a word nor a page, and both languages say the same."""
    for listing in demo.listings:
        assert 60 <= len(listing.description["ru"]) <= 900
        assert listing.description.keys() == {"kk", "ru"}


def test_listings_belong_to_entitled_suppliers(demo: Demo) -> None:
    """R-B1: a supplier offers only in directions its main code opens, and only in regions it serves."""
    for listing in demo.listings:
        supplier = demo.suppliers[listing.supplier]
        assert listing.direction in supplier.directions
        assert set(listing.regions) <= set(supplier.coverage)


def test_large_set_is_publishable_and_starts_with_the_demo(
    demo: Demo, definitions: dict[str, Category]
) -> None:
    """The large set begins with the demonstration's cards, and the next 2,000 are as sound."""
    listings = list(generate_listings(demo.suppliers, LARGE, seed=SEED))
    assert listings[:500] == demo.listings
    assert listings[2000:] == list(generate_listings(demo.suppliers, LARGE, seed=SEED, start=2000))
    check_listings(listings[500:], definitions)


def test_large_set_has_common_and_rare(demo: Demo) -> None:
    """R-B7: words and regions differ in how often they come by more than ten times."""
    listings = list(generate_listings(demo.suppliers, LARGE, seed=SEED, start=500))
    words = Counter(word for each in listings for word in RARE_WORDS if f"«{word}»" in each.title["ru"])
    regions = Counter(region for each in listings for region in each.regions)
    assert max(words.values()) > 10 * min(words.values())
    assert len(words) > 100
    assert regions["75"] > regions["62"] > 0


def test_demo_is_the_same_every_time(demo: Demo) -> None:
    """The same day gives the same data; another day changes only measures."""
    assert generate_demo(TODAY) == demo
    later = generate_demo(date(2027, 3, 1))
    assert (later.suppliers, later.listings, later.participants, later.staff) == (
        demo.suppliers,
        demo.listings,
        demo.participants,
        demo.staff,
    )
    assert later.measures != demo.measures
