"""Categories, which everybody reads, and which answers of published cards are no longer for everybody."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Any

from documents import categories
from documents.base import Row
from domain.categories import Category
from domain.categories.carrying import hidden_of
from resolvers.categories.following import hashed
from resolvers.context import Context

Key = tuple[str, int]
"""A category and a version of its definition."""
Hidden = Mapping[Key, frozenset[str]]
"""Codes of answers that nobody but their supplier may read; versions without any are not in it."""


async def all_categories(_ctx: Context) -> list[Row]:
    """Every category under its newest definition."""
    return await categories.all_current()


def hidden_since(ctx: Context, cards: Sequence[Mapping[str, Any]]) -> Hidden | Awaitable[Hidden]:
    """What published cards still hold although the newest definitions hide it: at once if all are in memory.

    A change hides answers from its first moment on, while its job takes them out of the cards, or fails.
    """
    newest = ctx.loaders.categories([*{card["category"] for card in cards}])
    return _read(newest, cards) if isinstance(newest, Awaitable) else _hidden(newest, cards)


async def _read(newest: Awaitable[Sequence[Row | None]], cards: Sequence[Mapping[str, Any]]) -> Hidden:
    found = _hidden(await newest, cards)
    return await found if isinstance(found, Awaitable) else found


def _hidden(newest: Sequence[Row | None], cards: Sequence[Mapping[str, Any]]) -> Hidden | Awaitable[Hidden]:
    hiding = {row["code"]: one for row in newest if row is not None and (one := categories.known(row)).hidden}
    if not hiding:
        return {}
    keys = {(card["category"], card["definition_version"]) for card in cards}
    behind = {key for key in keys if key[0] in hiding and key[1] != hiding[key[0]].version}
    known = categories.remembered(behind)
    return _asked(behind, hiding) if known is None else _by_version(behind, known, hiding)


async def _asked(behind: Collection[Key], hiding: Mapping[str, Category]) -> Hidden:
    return _by_version(behind, await categories.by_versions(behind), hiding)


def _by_version(
    behind: Collection[Key], known: Mapping[Key, Category], hiding: Mapping[str, Category]
) -> Hidden:
    found = {key: hidden_of(known[key], hiding[key[0]]) for key in behind}
    return {key: codes for key, codes in found.items() if codes}


async def without_hidden(ctx: Context, card: Row) -> Row:
    """A published card with the answers that everybody may read, and the fingerprint of that."""
    found = hidden_since(ctx, [card])
    hidden = await found if isinstance(found, Awaitable) else found
    if not hidden:
        return card
    (codes,) = hidden.values()
    answers = [each for each in card["characteristics"] if each["code"] not in codes]
    return card | hashed(card, {"characteristics": answers})
