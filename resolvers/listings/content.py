"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from documents import categories, listings
from documents.base import Id, Row
from documents.reference import reference_rows
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path
from domain.listings import Card, check_card, check_people
from domain.time import ASTANA
from resolvers.context import Context

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class CardInput:
    """What a supplier writes on a card; price in tiyn for a unit; `people` None leaves them who they are."""

    title: Texts
    description: Texts
    price: int | None = None
    regions: Sequence[str] = ()
    characteristics: Sequence[Mapping[str, Any]] = field(default=())
    people: Sequence[Mapping[str, Any]] | None = None


async def checked_content(
    ctx: Context,
    definition: Category,
    card: CardInput,
    *,
    complete: bool = False,
    place: Path = ("input", "card"),
) -> Row:
    """The card checked against its limits and the definition; InvalidInput names every fault at once.

    Faults of a draft stand at a `place` of the request; those of a `complete` card in the draft that is
    published. Names of people are still in clear: `sealed_content` is what may be stored.
    """
    rows = await reference_rows("region", ctx.now.astimezone(ASTANA).date())
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
            known_regions={row["code"] for row in rows},
            complete=complete,
        )
    except InvalidInput as found:
        issues.extend(found.issues)
    people: Row = {}
    try:
        people = {} if card.people is None else {"people": check_people(card.people, complete=complete)}
    except InvalidInput as found:
        issues.extend(found.issues)
    if issues:
        start: Path = () if complete else place
        raise InvalidInput([replace(issue, path=(*start, *issue.path)) for issue in issues])
    return {**checked, "characteristics": answers, **people}


async def sealed_content(draft: Id, content: Row, current: Row | None = None) -> Row:
    """The content with its people's names sealed to a draft; who was on it by that name stays the same."""
    if "people" not in content:
        return content
    [known] = await listings.opened([current]) if current else [[]]
    return content | {"people": await listings.sealed("listing_draft", draft, content["people"], known)}


async def card_of(definition: Category, draft: Row) -> CardInput:
    """The draft or version as the input that it was made from; without people who were erased."""
    [people] = await listings.opened([draft])
    return CardInput(
        title=draft["title"],
        description=draft["description"],
        price=draft["price"],
        regions=draft["regions"],
        characteristics=as_answers(definition, draft["characteristics"]),
        people=[one for one in people if one["name"] is not None],
    )


async def definition_of(draft: Row) -> Category:
    """The definition that a draft was written for; NotFound when it is gone."""
    row = await categories.version(draft["category"], draft["definition_version"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)
