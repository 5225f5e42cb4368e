"""Words one letter apart, and beginnings."""

from hypothesis import given
from hypothesis import strategies as st

from domain.search import is_near, last_word, spelling_keys, spelt, typed_keys, typing_keys

LETTERS = "абвг"
WORDS = st.text(LETTERS, min_size=4, max_size=8)


def distance(one: str, other: str) -> int:
    """The slow oracle: letters added, left out, changed, or two neighbours swapped."""
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not (i and j):
                rows[i][j] = i + j
                continue
            changed = rows[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, changed)
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_near_is_a_distance_of_one(one: str, other: str) -> None:
    """R-B7: exactly the words at most one letter away are near, and these share a key."""
    assert is_near(one, other) is (distance(one, other) <= 1)
    if is_near(one, other):
        assert {*typed_keys(one)} & {*spelling_keys(other, other)}


@given(WORDS, st.integers(0, 7))
def test_one_mistake_is_found(word: str, place: int) -> None:
    """R-B7: a word typed with one letter changed, or without it, finds the word."""
    at = place % len(word)
    for typed in (word[:at] + "ж" + word[at + 1 :], word[:at] + word[at + 1 :], word[:at] + "ж" + word[at:]):
        assert is_near(typed, word)
        if len(typed) >= 4:
            assert {*typed_keys(typed)} & {*spelling_keys(word, word)}


def test_short_words_and_models_mean_themselves() -> None:
    """R-B7: short words and names with digits are looked for as they stand."""
    assert typed_keys("кот") == ["^кот"]
    assert typed_keys("во") == []
    assert typed_keys("м312") == ["^м312"]


def test_beginnings_as_written_and_as_stem() -> None:
    """R-B7: a word is found by what is typed of it, also where its stem is shorter, in folded letters."""
    keys = spelling_keys("кулак", "құлақтың")
    assert {*typing_keys("кулакты")} & {*keys}
    assert {*typing_keys("ку")} & {*keys}
    assert typing_keys("к", "") == []


def test_the_word_that_is_typed() -> None:
    """R-B7: the last word is completed, the others stay as they are."""
    assert last_word("детская коля") == ("детская ", "коля")
    assert last_word("детская ") == ("детская ", "")


def test_words_as_written() -> None:
    """R-B7: each stem with the form that it has in the text."""
    assert spelt(["Для Құлаққа"]) == [("кулак", "құлаққа")]
