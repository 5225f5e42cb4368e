"""Words of titles and of questions, brought to one form: Russian and Kazakh, however they were typed.

The form depends on the letters alone, never on a language that somebody declared: a Kazakh word typed with
Russian letters must meet the same word typed properly. The stemmer may merge a few words too many; the
portal prefers a card too many to a card not found.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from unicodedata import normalize

import Stemmer

from domain.errors import InvalidInput, Issue, Path

TOKENS_MAX = 16
"""Distinct words kept of a listing's titles: each pair of them is an index key."""
DESCRIBED_MAX = 32
"""Distinct words kept of a listing's descriptions beside those of its titles: each is a few index keys."""
QUERY_TOKENS_MAX = 4
QUERY_LENGTH_MAX = 100

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_MIXED = re.compile(r"[Ѐ-ӿ0-9]")
_LOOK_ALIKE = str.maketrans("aekmhopctyxbi", "аекмнорстухви")
_KAZAKH = str.maketrans("әғқңөұүһіё", "агкноуухие")

_STOP_WORDS = """
а без бы в во да для до за и из или к как ко ли на не ни но о об от по под при с со то у через
арналган ар бар бен бойынша де гана кейин мен немесе осы пен туралы ушин жане
a an and at by for from in of on or the to with
"""
_STOP = frozenset(_STOP_WORDS.split())

# Endings of Kazakh nouns left on a stem after the Russian stemmer has passed: plural (with possessive),
# genitive, ablative, instrumental, then the single consonants of possessive, dative and locative.
_KAZAKH_ENDING = re.compile(r"(?:[лдт][ае]р|[ндт][ыи]н|[ндт][ае]н|[мбп]ен|(?<=[аеиоуыэюя])с|(?<=к)к|[гд])$")
LEAST_STEM = 4
_ROUNDS = 4


def fold(text: str) -> str:
    """The text in one spelling: NFKC, lower case, ё as е, Kazakh letters as their Russian neighbours.

    Latin letters that look like Cyrillic ones are taken for those in words that hold Cyrillic letters or
    digits. Folding a folded text changes nothing.
    """
    lowered = normalize("NFKC", normalize("NFKC", text).casefold())
    return _WORD.sub(lambda found: _folded_word(found.group()), lowered)


def folded_words(text: str) -> list[str]:
    """The distinct words of a text, folded and otherwise whole: for whoever looks for their beginnings."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))


def tokens(titles: Iterable[str]) -> list[str]:
    """The distinct words of a listing's titles in order of appearance, at most `TOKENS_MAX`."""
    return _distinct(_words(titles), TOKENS_MAX)


def described(descriptions: Iterable[str], titled: Collection[str]) -> list[str]:
    """The words of descriptions that stand in no title, at most `DESCRIBED_MAX`, each language's in turn."""
    apart = [dict.fromkeys(_words([text])) for text in descriptions]
    in_turn = (word for words in zip_longest(*apart) for word in words if word is not None)
    return _distinct((word for word in in_turn if word not in titled), DESCRIBED_MAX)


def query_tokens(text: str, path: Path = ("text",)) -> list[str]:
    """The first `QUERY_TOKENS_MAX` distinct words of a question; empty when only stop words were typed.

    InvalidInput `TOO_LONG` when the text has more than `QUERY_LENGTH_MAX` characters.
    """
    check_question(text, path)
    return _distinct(_words([text]), QUERY_TOKENS_MAX)


def check_question(text: str, path: Path) -> None:
    """InvalidInput `TOO_LONG` when the text of a question has more than `QUERY_LENGTH_MAX` characters."""
    if len(text) > QUERY_LENGTH_MAX:
        raise InvalidInput([Issue("TOO_LONG", path, {"maximum": QUERY_LENGTH_MAX})])


def spelt(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Each word of the texts as its stem, and as it is written in lower case."""
    found = []
    for text in texts:
        for written in _WORD.findall(normalize("NFKC", text)):
            found += [(stem, written.lower()) for stem in _words([written])]
    return found


def _distinct(words: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(words))[:most]


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in _WORD.findall(fold(text)):
            if word not in _STOP and (len(word) > 1 or word.isdigit()):
                yield stem(word)


def _folded_word(word: str) -> str:
    if not _MIXED.search(word):
        return word
    return word.translate(_LOOK_ALIKE).translate(_KAZAKH)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word; names with digits and Latin words stay whole."""
    if not _CYRILLIC.search(word) or any(letter.isdigit() for letter in word):
        return word
    found = word
    for _ in range(_ROUNDS):
        shorter = _without_ending(_RUSSIAN.stemWord(found))
        if shorter == found:
            break
        found = shorter
    return found


def _without_ending(stem: str) -> str:
    shorter = _KAZAKH_ENDING.sub("", stem)
    return shorter if len(shorter) >= LEAST_STEM else stem


_RUSSIAN = Stemmer.Stemmer("russian")
