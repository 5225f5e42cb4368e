"""Categories of goods and services, and the answers that listings give to their characteristics."""

from domain.categories.answers import CharacteristicValue, as_answers, check_answers
from domain.categories.capacity import Capacity, CapacityUnit
from domain.categories.definitions import Category, Characteristic
from domain.categories.parts import (
    NAMED,
    NUMBERS,
    TEXTS,
    WIDGETS,
    CharacteristicType,
    Choice,
    Direction,
    Names,
    OfferKind,
    Widget,
)
from domain.categories.readers import AnswerValue, is_readable

__all__ = [
    "NAMED",
    "NUMBERS",
    "TEXTS",
    "WIDGETS",
    "AnswerValue",
    "Capacity",
    "CapacityUnit",
    "Category",
    "Characteristic",
    "CharacteristicType",
    "CharacteristicValue",
    "Choice",
    "Direction",
    "Names",
    "OfferKind",
    "Widget",
    "as_answers",
    "check_answers",
    "is_readable",
]
