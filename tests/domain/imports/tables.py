"""A category with a characteristic of every type, and listings of it."""

from typing import Any

from hypothesis import strategies as st

from domain.categories import (
    Category,
    Characteristic,
    CharacteristicType,
    Choice,
    Direction,
    Names,
    OfferKind,
)
from domain.imports import columns_of


def names(word: str) -> Names:
    """The same word in three languages."""
    return Names(kk=f"{word} kk", ru=f"{word} ru", en=f"{word} en")


CHOICES = (
    Choice(code="red", names=names("Red")),
    Choice(code="blue", names=names("Blue")),
    Choice(code="gone", names=names("Gone"), retired=True),
    Choice(code="twin", names=Names(kk="Same", ru="Blue ru", en="Same")),
)


def item(code: str, kind: CharacteristicType, **more: Any) -> Characteristic:
    """A characteristic."""
    return Characteristic(id=code, code=code, names=names(code), type=kind, **more)


EVERY = Category(
    code="every",
    direction=Direction.tsr_sale,
    kind=OfferKind.goods,
    names=names("Every"),
    characteristics=(
        item("note", CharacteristicType.text, max_length=40),
        item("story", CharacteristicType.localised_text),
        item("count", CharacteristicType.integer, unit="mm", minimum=1, maximum=900),
        item("weight", CharacteristicType.decimal, decimals=3, unit="kg"),
        item("folding", CharacteristicType.boolean),
        item("since", CharacteristicType.date),
        item("colour", CharacteristicType.choice, choices=CHOICES),
        item("colours", CharacteristicType.multi_choice, choices=CHOICES),
        item("sizes", CharacteristicType.decimal, decimals=1, repeatable=True),
        item("models", CharacteristicType.text, repeatable=True),
        item("days", CharacteristicType.date, repeatable=True),
        item("place", CharacteristicType.reference, reference="places"),
        item("places", CharacteristicType.reference, reference="places", repeatable=True),
        item("price", CharacteristicType.integer),
        item("old", CharacteristicType.text, retired=True),
    ),
).knowing(
    {"places": [Choice(code="kz", names=names("Kazakhstan")), Choice(code="tr", names=names("Turkey"))]}
)
COLUMNS = columns_of(EVERY)
BY_NAME = {column.name: column for column in COLUMNS}

_LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"), include_characters="\n"), max_size=30)
_WORDS = st.one_of(
    _LINES, st.sampled_from(["=1+1", "'=1", "''@x", "-5", "+7", "@a", ";", '"', "#n", "a;b", "“”"])
)
_TEXTS = st.dictionaries(st.sampled_from(["kk", "ru", "en"]), _WORDS.map(str.strip).filter(bool))
_MODELS = _WORDS.map(lambda text: " ".join(text.replace(";", ",").split())).filter(bool)
_VALUES = {
    "note": _WORDS.map(lambda text: " ".join(text.split())).filter(bool),
    "story": _TEXTS.filter(bool),
    "count": st.integers(1, 900),
    "weight": st.integers(-(10**9), 10**9).map(lambda number: number / 1000 + 0.0),
    "folding": st.booleans(),
    "since": st.dates().map(lambda day: day.isoformat()),
    "colour": st.sampled_from(["red", "blue", "twin"]),
    "colours": st.lists(st.sampled_from(["red", "blue"]), unique=True, min_size=1),
    "sizes": st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 10 + 0.0), min_size=1, unique=True),
    "models": st.lists(_MODELS, min_size=1, max_size=5, unique=True),
    "days": st.lists(st.dates().map(lambda day: day.isoformat()), min_size=1, unique=True),
    "place": st.sampled_from(["kz", "tr"]),
    "places": st.lists(st.sampled_from(["kz", "tr"]), unique=True, min_size=1),
    "price": st.integers(-(10**12), 10**12),
}


def _answers(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"code": code, "value": value} for code, value in values.items()]


CARDS = st.fixed_dictionaries(
    {
        "title": _TEXTS,
        "description": _TEXTS,
        "price": st.none() | st.integers(1, 10**12),
        "regions": st.lists(st.sampled_from(["71", "75", "10"]), unique=True),
        "characteristics": st.fixed_dictionaries({}, optional=_VALUES).map(_answers),
    }
)
"""Content of listings as it is stored."""
