"""Categories of goods and services, and the answers that listings give to their characteristics."""

from domain.categories.answers import CharacteristicValue, as_answers, check_answers
from domain.categories.capacity import Capacity, CapacityUnit
from domain.categories.definitions import (
    NUMBERS,
    TEXTS,
    Category,
    Characteristic,
    CharacteristicType,
    Choice,
    Direction,
    Names,
    OfferKind,
)
from domain.categories.readers import AnswerValue, is_readable

__all__ = [
    "NUMBERS",
    "TEXTS",
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
    "as_answers",
    "check_answers",
    "is_readable",
]
