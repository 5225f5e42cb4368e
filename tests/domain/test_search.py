"""Words in one form, numbers in cells, and keys that questions and listings share."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.search import (
    CatalogueFilter,
    Facts,
    Part,
    Range,
    drivers,
    fold,
    listing_keys,
    query_tokens,
    tokens,
)
from domain.search.cells import DESCRIBED_LEVELS, LEVELS, WORD_LEVELS, Number, cells, cover, position
from domain.search.words import QUERY_TOKENS_MAX, TOKENS_MAX

RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
KAZAKH = RUSSIAN + "әғқңөұүһі"
AS_RUSSIAN = str.maketrans("әіңғүұқөһ", "аингуукох")
NUMBERS = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e12, 1e12))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded text stays as it is, whatever characters it began with."""
    assert fold(fold(text)) == fold(text)


@given(st.text(KAZAKH + "ё ", max_size=40))
def test_case_and_yo_do_not_matter(text: str) -> None:
    """R-B7: the same words are found in capitals and with е typed for ё."""
    assert tokens([text.upper()]) == tokens([text]) == tokens([text.replace("ё", "е")])


@given(st.text(KAZAKH + " ", max_size=40))
def test_kazakh_letters_typed_as_russian_ones_meet(text: str) -> None:
    """R-B7: a Kazakh word is found when its own letters were typed as their Russian neighbours."""
    assert tokens([text.translate(AS_RUSSIAN)]) == tokens([text])


@pytest.mark.parametrize(
    "forms",
    [
        "коляска коляски коляску коляске колясками Коляска",
        "протез протезы протезов протездер протезге протезді",
        "арба арбалар арбасы арбаға арбада арбалардың",
        "аппарат аппараты аппаратов аппараттар аппаратымен",
        "мүгедек мүгедектер мүгедектерге мугедектер",
        "құлақ құлаққа кулак кулакка құлақтың",
        "Алматы алматыда Алматыға",
        "слуховой слуховые слуховых слуховым",
    ],
)
def test_inflected_forms_share_their_stem(forms: str) -> None:
    """R-B7: a Russian or Kazakh word is found in its other cases and numbers."""
    assert len({word for form in forms.split() for word in query_tokens(form)}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("коляска", "трость"), ("арба", "орындық"), ("слух", "слюда"), ("120", "12")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    """Stems don't swallow each other."""
    assert query_tokens(one) != query_tokens(other)


def test_look_alike_letters_meet_inside_cyrillic_words() -> None:
    """A Latin с in a Cyrillic word, or a Cyrillic М in a model's name, is no reason to miss a card."""
    assert tokens(["koляcка"]) == tokens(["коляска"])
    assert tokens(["М312"]) == tokens(["m312"])


def test_names_of_models_stay_whole() -> None:
    """Latin names and numbers are not stemmed."""
    assert tokens(["Ortonica Pulse 120"]) == ["ortonica", "pulse", "120"]


def test_stop_words_and_single_letters_are_no_tokens() -> None:
    """Prepositions, postpositions and stray letters neither find nor hide anything."""
    assert tokens(["Коляска для детей и балаларға арналған, X"]) == ["коляск", "дет", "бал"]
    assert query_tokens("для и с") == []


def test_a_listing_keeps_sixteen_words_and_a_question_four() -> None:
    """Both are bounded, distinct and in the order of the text."""
    many = [f"слово{number}" for number in range(40)]
    assert tokens([" ".join(many + many)]) == many[:TOKENS_MAX]
    assert query_tokens(" ".join(many[:10])) == many[:QUERY_TOKENS_MAX]


def test_a_question_of_101_characters_is_refused() -> None:
    """The text of a question is at most 100 characters long."""
    assert query_tokens("а" * 100)
    with pytest.raises(InvalidInput) as problem:
        query_tokens("а" * 101)
    assert problem.value.code == "TOO_LONG"
    assert problem.value.params == {"maximum": 100}


@given(NUMBERS, NUMBERS)
def test_cells_keep_the_order_of_numbers(one: Number, other: Number) -> None:
    """A greater number never has a smaller cell."""
    low, high = sorted((one, other))
    assert position(low) <= position(high)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([LEVELS, WORD_LEVELS, DESCRIBED_LEVELS]))
def test_a_cover_holds_each_number_of_its_range_once(
    one: Number, other: Number, value: Number, levels: tuple[int, ...]
) -> None:
    """Every number of a range lies in exactly one cell of its cover; no number lies in two."""
    low, high = sorted((one, other))
    hits = len(set(cells(value, levels)) & set(cover(low, high, levels)))
    assert hits <= 1
    assert hits == 1 or not low <= value <= high


@given(NUMBERS, st.sampled_from([LEVELS, WORD_LEVELS, DESCRIBED_LEVELS]))
def test_an_open_side_reaches_every_number(value: Number, levels: tuple[int, ...]) -> None:
    """Without limits a cover holds everything."""
    assert set(cells(value, levels)) & set(cover(None, None, levels))
    assert set(cells(value, levels)) & set(cover(value, None, levels))
    assert set(cells(value, levels)) & set(cover(None, value, levels))


WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=3), max_size=6, unique=True)
CODES = [*(f"{number}" for number in range(10, 22)), "751100000", "751110000", "751110100", "751110300"]
PLACES = st.lists(st.sampled_from(CODES), min_size=1, unique=True)


@given(WORDS, PLACES, st.integers(-5, 100), st.data())
def test_every_way_into_the_index_leads_to_the_listings_that_answer(
    words: list[str], regions: list[str], width: int, data: st.DataObject
) -> None:
    """A listing that answers a question has a key in each of the question's drivers."""
    several = [data.draw(st.integers(-5, 100)), width]
    answers = [
        ("width", data.draw(st.sampled_from([width, several]))),
        ("colours", ["red", "blue"]),
        ("new", True),
    ]
    titled = words[: data.draw(st.integers(0, len(words)))]
    facts = Facts("beds", "tsr_sale", regions, titled, answers, described=words[len(titled) :])
    keys = set(listing_keys(facts))
    wanted = _question_for(words, regions, width, data)
    part = Part.titled if all({*term} & {*titled} for term in wanted.terms) else Part.described
    for leading in (*drivers(wanted), *drivers(wanted, part)):
        assert keys & set(leading)
    assert drivers(wanted)


@pytest.mark.parametrize(
    ("low", "high"), [(5, 40), (1, 64), (5, 500), (33, 60_000), (None, 30), (None, None)]
)
@pytest.mark.parametrize("meanings", [1, 2, 4, 5, 8, 16])
def test_octaves_of_descriptions_are_not_too_many(low: int | None, high: int | None, meanings: int) -> None:
    """Words of descriptions join a range by its octaves only where the server merges all keys in order."""
    term = tuple(f"word{number}" for number in range(meanings))
    asked = CatalogueFilter(category="beds", ranges=(Range("width", low, high),), meant=(term,))
    titled, whole = drivers(asked, Part.titled)[0], drivers(asked, Part.whole)[0]
    assert {*titled} < {*whole}
    assert len(whole) <= max(200, len(titled) + meanings)


def test_words_that_may_mean_the_same_lead_each_alone() -> None:
    """A listing with the one word that two terms share has no pair of them, and a key in every driver."""
    keys = set(listing_keys(Facts("beds", "tsr_sale", ["75"], ["cot"], [])))
    shared = drivers(CatalogueFilter(meant=(("bed", "cot"), ("cot", "crib"))))
    apart = drivers(CatalogueFilter(meant=(("bed", "cot"), ("soft", "crib"))))
    assert len(shared) < len(apart)
    assert all(keys & set(leading) for leading in shared)


def _question_for(words: list[str], regions: list[str], width: int, data: st.DataObject) -> CatalogueFilter:
    category = data.draw(st.sampled_from([None, "beds"]))
    low, high = width - data.draw(st.integers(0, 9)), width + data.draw(st.integers(0, 9))
    sides = data.draw(st.sampled_from([(low, high), (low, None), (None, high)]))
    ranges = (Range("width", *sides),) if category and data.draw(st.booleans()) else ()
    return CatalogueFilter(
        category=category,
        direction=data.draw(st.sampled_from([None, "tsr_sale"])),
        region=data.draw(st.sampled_from([None, *regions])),
        ranges=ranges,
        choices=(("colours", "red"),) if category and data.draw(st.booleans()) else (),
        booleans=(("new", True),) if category and data.draw(st.booleans()) else (),
        **_spoken(words, data),
    )


def _spoken(words: list[str], data: st.DataObject) -> dict[str, Any]:
    """Some of the words, as they are or as one of what each may mean."""
    asked = data.draw(st.lists(st.sampled_from(words), max_size=3, unique=True)) if words else []
    split = data.draw(st.integers(0, len(asked)))
    return {"words": tuple(asked[:split]), "meant": tuple((f"{word}1", word) for word in asked[split:])}


def test_a_listing_for_many_regions_has_one_key_for_all_of_them() -> None:
    """Serving the whole country costs no more keys than serving one region."""
    whole = listing_keys(Facts("beds", "tsr_sale", [f"{n}" for n in range(10, 30)], ["a", "b"], []))
    single = listing_keys(Facts("beds", "tsr_sale", ["10"], ["a", "b"], []))
    assert len(whole) == len(single)


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("CATEGORY_REQUIRED", lambda: CatalogueFilter(ranges=(Range("width", 1, 2),))),
        ("CATEGORY_REQUIRED", lambda: CatalogueFilter(choices=(("colour", "red"),))),
        ("CATEGORY_REQUIRED", lambda: CatalogueFilter(booleans=(("new", True),))),
        ("TOO_MANY_CONDITIONS", lambda: CatalogueFilter(category="beds", booleans=(("new", True),) * 51)),
        ("NOT_TEXT", lambda: CatalogueFilter(region="7\x00")),
        ("NOT_TEXT", lambda: CatalogueFilter(category="beds", choices=(("colour", "\ud800"),))),
        ("RANGE_NOT_FINITE", lambda: Range("width", float("nan"), None)),
        ("RANGE_NOT_FINITE", lambda: Range("width", None, float("inf"))),
    ],
)
def test_a_question_that_no_listing_can_answer_is_refused(code: str, make: object) -> None:
    """Conditions out of place are typed errors, not empty pages or crashes."""
    assert callable(make)
    with pytest.raises(InvalidInput) as problem:
        make()
    assert problem.value.code == code
