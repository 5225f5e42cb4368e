"""What organisations are found by, and what a question looks for."""

import pytest

from domain.errors import InvalidInput
from domain.search.names import KEYS_MAX, LONGEST, name_keys, name_question


def test_every_beginning_of_every_word() -> None:
    """R-B7: a name is found by the beginnings of its words, however they were typed, and by no others."""
    assert name_keys(["«Ёлка»", "Қамқор"]) == ["ел", "елк", "елка", "ка", "кам", "камк", "камко", "камкор"]
    assert name_keys(["А & Б 7"]) == name_keys([]) == []


def test_bounds_of_a_name() -> None:
    """R-K: a long word counts by its beginning, and a name of any length keeps a bounded number of keys."""
    long = "протезно" * 5
    assert max(name_keys([long]), key=len) == long[:LONGEST]
    assert len(name_keys([" ".join(f"слово{number}" for number in range(500))])) == KEYS_MAX
    assert name_question(long) == ((long[:LONGEST],),)


def test_a_question() -> None:
    """R-B7: each word is looked for as it is typed or as its stem, the first four; one letter is no word."""
    assert name_question("Қамқоры ТОО") == (("камкоры", "камкор"), ("тоо",))
    assert name_question("а б") == name_question("") == ()
    assert len(name_question("один два три четыре пять")) == 4
    with pytest.raises(InvalidInput) as refused:
        name_question("а" * 101)
    assert refused.value.code == "TOO_LONG"
