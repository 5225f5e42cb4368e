"""Small shapes: money exact to the tiyn, texts in a language that exists."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from strawberry.exceptions import StrawberryInputCoercionError

from auth.viewer import ANONYMOUS, Viewer
from documents.base import new_id
from domain.errors import InvalidInput
from domain.identity import Role
from domain.texts import Language
from loaders import Loaders
from resolvers.context import Context
from schema.listings.mutations import tiyn
from schema.values import acted_by, amount, as_decimal, in_language, money_of


def reading(language: Language) -> Context:
    """A context as far as texts need it."""
    return Context(None, ANONYMOUS, language, None, Loaders())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "language", "text"),
    [
        ({"kk": "Қ", "ru": "Р", "en": "E"}, Language.en, "E"),
        ({"kk": "Қ", "ru": "Р"}, Language.en, "Р"),
        ({"kk": "Қ"}, Language.ru, "Қ"),
        ({"en": "E", "kk": None}, Language.kk, "E"),
        ({}, Language.kk, ""),
    ],
)
def test_the_language_that_is_there(record: dict[str, Any], language: Language, text: str) -> None:
    """R-K: a text in the language asked for, else in Russian, Kazakh, English, whichever is there."""
    assert in_language(record, reading(language)) == text


def test_money_is_exact() -> None:
    """R-K: tiyn become tenge without floating point; a missing sum stays missing."""
    assert amount({"tiyn": 15_000_001}) == Decimal("150000.01")
    assert money_of("price")({"price": None}) is None
    assert money_of("price")({"price": 5}) == {"tiyn": 5}


@pytest.mark.parametrize(
    "given", ["0.001", "1." + "0" * 40 + "1", "1e-400", "NaN", "Infinity", "-Infinity", "1e30", "sNaN"]
)
def test_sums_that_are_none(given: str) -> None:
    """R-B4: fractions of a tiyn and absurd sums are refused."""
    with pytest.raises(InvalidInput) as refused:
        tiyn(Decimal(given), "input", "card", "price")
    assert refused.value.code == "PRICE_OUT_OF_RANGE"


def test_sums_that_are() -> None:
    """R-B4: tenge are whole tiyn; nothing is nothing."""
    assert tiyn(Decimal("150000.01")) == 15_000_001
    assert tiyn(Decimal("1." + "0" * 40)) == 100
    assert tiyn(Decimal(-10)) == -1_000, "whose range the card checks"
    assert tiyn(None) is None


@pytest.mark.parametrize(
    "given", ["1_000", "\u0661\u0662", "１２", " 1", "1 ", "1\n", "", "0x1", "1,5", True, [1]]
)
def test_what_is_no_decimal(given: object) -> None:
    """R-K: a number with anything but ASCII digits is refused rather than guessed."""
    with pytest.raises(StrawberryInputCoercionError):
        as_decimal(given)


@pytest.mark.parametrize("given", ["1", "-1.50", "+.5", "5.", "1e-7", "2E+3", 7, 0.1, 1e-7])
def test_what_is_a_decimal(given: object) -> None:
    """R-K: every digit that was written counts."""
    assert as_decimal(given) == Decimal(str(given))


PERSON = Viewer(Role.participant, new_id())
GUARDIAN = Viewer(Role.participant, new_id(), representative=new_id())
SUPPLIER = Viewer(Role.supplier, new_id())


@pytest.mark.parametrize(
    ("viewer", "record", "said"),
    [
        (PERSON, {"by": f"participant:{new_id()}"}, "Вы"),
        (PERSON, {"by": "participant:a/b", "representative": new_id()}, "Ваш представитель"),
        (PERSON, {"by": "participant", "on_behalf": True}, "Ваш представитель"),
        (PERSON, {"by": "supplier:a", "representative": None}, "Поставщик"),
        (GUARDIAN, {"by": "participant", "on_behalf": True}, "Законный представитель"),
        (GUARDIAN, {"by": "participant:a"}, "Получатель"),
        (SUPPLIER, {"by": "participant:a/b", "representative": new_id()}, "Законный представитель"),
        (SUPPLIER, {"by": "participant:a"}, "Получатель"),
    ],
)
def test_histories_say_who_and_on_whose_behalf(viewer: Viewer, record: dict[str, Any], said: str) -> None:
    """R-A6: a step is told as one's own, as one's representative's, or by its role; never by a name."""
    assert acted_by(record, replace(reading(Language.ru), viewer=viewer)) == said
