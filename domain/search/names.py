"""Names of organisations: what one is found by, and what a question looks for; by the beginnings of words."""

from collections.abc import Iterable, Iterator

from domain.errors import Path
from domain.search.words import LEAST_STEM, QUERY_TOKENS_MAX, check_question, folded_words, stem

SHORTEST, LONGEST = 2, 16
"""Letters of the beginnings that a name is found by; of a longer word the first `LONGEST` count."""
KEYS_MAX = 200
"""More keys of one name are not kept."""


def name_keys(names: Iterable[str]) -> list[str]:
    """What a name in its languages is found by: every beginning of each of its words."""
    found: dict[str, None] = {}
    for name in names:
        for word in folded_words(name):
            ends = range(SHORTEST, min(len(word), LONGEST) + 1)
            found |= dict.fromkeys(word[:end] for end in ends)
    return list(found)[:KEYS_MAX]


def name_question(text: str, path: Path = ("text",)) -> tuple[tuple[str, ...], ...]:
    """For each of the first words of a question what it is looked for as: as it is typed, or as its stem.

    Words of one letter are not looked for, nor stems that would begin too much. InvalidInput `TOO_LONG`.
    """
    check_question(text, path)
    words = [word for word in folded_words(text) if len(word) >= SHORTEST][:QUERY_TOKENS_MAX]
    return tuple(tuple(dict.fromkeys(_meant(word))) for word in words)


def _meant(word: str) -> Iterator[str]:
    yield word[:LONGEST]
    if len(root := stem(word)) >= LEAST_STEM:
        yield root[:LONGEST]
