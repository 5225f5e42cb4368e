"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from documents import categories
from documents.base import Row
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path
from domain.listings import Card, check_card, content_hash
from resolvers import regions
from resolvers.context import Context

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class CardInput:
    """What a supplier writes on a card; price in tiyn for one unit."""

    title: Texts
    description: Texts
    price: int | None = None
    regions: Sequence[str] = ()
    characteristics: Sequence[Mapping[str, Any]] = field(default=())


async def checked_content(
    ctx: Context, definition: Category, card: CardInput, *, complete: bool = False
) -> Row:
    """The card checked against its limits and the definition; InvalidInput names every fault at once.

    Faults of a draft stand in the request; those of a `complete` card stand in the draft that is published.
    """
    known = await regions.known(ctx, card.regions)
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    checked: Card | dict[str, object] = {}
    try:
        answers = check_answers(definition, card.characteristics, complete=complete)
    except InvalidInput as found:
        issues.extend(found.issues)
    try:
        checked = check_card(
            title=card.title,
            description=card.description,
            price=card.price,
            regions=card.regions,
            known_regions=known,
            complete=complete,
        )
    except InvalidInput as found:
        issues.extend(found.issues)
    if issues:
        place: Path = () if complete else ("input", "card")
        raise InvalidInput([replace(issue, path=(*place, *issue.path)) for issue in issues])
    content = {**checked, "characteristics": answers}
    return content | {"content_hash": content_hash(content)}


def card_of(definition: Category, draft: Row) -> CardInput:
    """The draft as the input that it was made from."""
    return CardInput(
        title=draft["title"],
        description=draft["description"],
        price=draft["price"],
        regions=draft["regions"],
        characteristics=as_answers(definition, draft["characteristics"]),
    )


async def definition_of(draft: Row) -> Category:
    """The definition that a draft was written for; NotFound when it is gone."""
    row = await categories.version(draft["category"], draft["definition_version"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)
