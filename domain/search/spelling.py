"""Words that nobody has: what begins so, and what is one letter away.

Two words are one letter apart (one too many, one missing, another one, two swapped) only if they share a key:
the word itself, or the word without one of its letters. So such words are found by an index.
"""

import re

from domain.search.words import fold

EXPANDED_MAX = 16
"""Words that all the unknown words of a question may mean together."""
PREFIX_LEAST, PREFIX_MOST = 2, 12
"""Letters of a beginning."""
MEANT_LEAST = 3
"""Letters of a beginning that a question may be short of its word; fewer begin too many words."""
SPELLING_LEAST = 4
"""Letters of a word that is looked for with a mistake; shorter ones are all alike."""
SPELLING_MOST = 40

_LAST = re.compile(r"[^\W_]+\Z")


def spelling_keys(stem: str, written: str) -> list[str]:
    """The keys of a word of the vocabulary: its beginnings in each spelling, and what is near."""
    begun = {
        form[:length]
        for form in (stem, fold(written), written)
        for length in range(PREFIX_LEAST, min(len(form), PREFIX_MOST) + 1)
    }
    return sorted({f"^{each}" for each in begun} | {f"~{each}" for each in _near(stem)})


def typing_keys(*beginnings: str) -> list[str]:
    """The keys of words that begin so; none for what is too short."""
    return sorted({f"^{each[:PREFIX_MOST]}" for each in beginnings if len(each) >= PREFIX_LEAST})


def typed_keys(word: str) -> list[str]:
    """The keys of words that an unknown one may mean."""
    begun = typing_keys(word) if len(word) >= MEANT_LEAST else []
    return begun + sorted(f"~{each}" for each in _near(word))


def is_near(one: str, other: str) -> bool:
    """Whether a letter was left out, added, changed, or two neighbours were swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    place = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    swapped = (
        short[place : place + 2] == long[place : place + 2][::-1] and short[place + 2 :] == long[place + 2 :]
    )
    return swapped or short[place + 1 :] == long[place + 1 :]


def last_word(text: str) -> tuple[str, str]:
    """What was typed before the last word, and the word; no word where the text ends with none."""
    found = _LAST.search(text)
    return (text[: found.start()], found.group()) if found else (text, "")


def _near(word: str) -> set[str]:
    """The word and what it is without one of its letters; nothing of names with digits and of short words."""
    if not SPELLING_LEAST <= len(word) <= SPELLING_MOST or any(letter.isdigit() for letter in word):
        return set()
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
