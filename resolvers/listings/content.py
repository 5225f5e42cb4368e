"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Collection, Mapping, Sequence
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
    known = await regions_in_force(ctx)
    try:
        return checked(definition, card, known, complete=complete)
    except InvalidInput as found:
        start: Path = () if complete else place
        raise InvalidInput([replace(one, path=(*start, *one.path)) for one in found.issues]) from None


async def regions_in_force(ctx: Context) -> frozenset[str]:
    """The codes of the regions that a listing may serve today."""
    rows = await reference_rows("region", ctx.now.astimezone(ASTANA).date())
    return frozenset(row["code"] for row in rows)


def checked(definition: Category, card: CardInput, regions: Collection[str], *, complete: bool) -> Row:
    """As `checked_content`, given the regions in force; faults stand in the card."""
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    found: Card | dict[str, object] = {}
    try:
        answers = check_answers(definition, card.characteristics, complete=complete)
    except InvalidInput as wrong:
        issues.extend(wrong.issues)
    try:
        found = check_card(
            title=card.title,
            description=card.description,
            price=card.price,
            regions=card.regions,
            known_regions=regions,
            complete=complete,
        )
    except InvalidInput as wrong:
        issues.extend(wrong.issues)
    people: Row = {}
    try:
        people = {} if card.people is None else {"people": check_people(card.people, complete=complete)}
    except InvalidInput as wrong:
        issues.extend(wrong.issues)
    if issues:
        raise InvalidInput(issues)
    return {**found, "characteristics": answers, **people}


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


async def newest_definition(draft: Row) -> Category:
    """The definition that new answers follow in a draft's category; NotFound when it is gone."""
    row = await categories.current(draft["category"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)


async def definition_of(draft: Row) -> Category:
    """The definition that a draft was written for; NotFound when it is gone."""
    row = await categories.version(draft["category"], draft["definition_version"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)
