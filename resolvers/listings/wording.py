"""Words of a question that no listing has: what they may mean, and how a word that is being typed goes on."""

from dataclasses import replace

from documents import vocabulary
from documents.base import Row
from domain.errors import invalid
from domain.search import (
    EXPANDED_MAX,
    CatalogueFilter,
    fold,
    is_near,
    last_word,
    query_tokens,
    typed_keys,
    typing_keys,
)
from resolvers.context import Context

SUGGESTED_MAX = 20


async def understood(wanted: CatalogueFilter) -> CatalogueFilter:
    """The question with each word that no listing has as any that it may mean, itself among them."""
    if not wanted.words:
        return wanted
    known = await vocabulary.known(wanted.words)
    unknown = [word for word in wanted.words if word not in known]
    if not unknown:
        return wanted
    keys = [typed_keys(word) for word in unknown]
    each = EXPANDED_MAX // len(unknown)
    meant = [
        _meant(word, rows)[:each] for word, rows in zip(unknown, await vocabulary.found_by(keys), strict=True)
    ]
    words = tuple(word for word in wanted.words if word in known)
    return replace(wanted, words=words, meant=tuple(meant))


def _meant(word: str, rows: list[Row]) -> tuple[str, ...]:
    """The word, what is one letter away, and what it begins: each the most frequent first."""
    stems = [row["_id"] for row in rows]
    near = [stem for stem in stems if is_near(word, stem)]
    begun = [
        row["_id"] for row in rows if row["_id"].startswith(word) or fold(row["written"]).startswith(word)
    ]
    return tuple(dict.fromkeys([word, *near, *begun]))


async def suggestions(_ctx: Context, text: str, first: int) -> list[str]:
    """What is being typed, with its last word completed: the words of most listings first.

    InvalidInput `TOO_LONG`, or `PAGE_SIZE` unless `first` lies within 1 to `SUGGESTED_MAX`.
    """
    if not 1 <= first <= SUGGESTED_MAX:
        raise invalid("PAGE_SIZE", "first", minimum=1, maximum=SUGGESTED_MAX)
    stems = query_tokens(text)
    before, typed = last_word(text)
    keys = typing_keys(fold(typed), *stems[-1:]) if typed else []
    if not keys:
        return []
    (begun,) = await vocabulary.found_by([keys], first)
    return list(dict.fromkeys(before + row["written"] for row in begun))
