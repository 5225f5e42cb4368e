"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from documents import categories, files, listings
from documents.base import Id, Row
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path
from domain.files import DOCUMENTS_MAX
from domain.listings import REGIONS_MAX, Card, check_card, check_people
from resolvers import regions
from resolvers.context import Context
from resolvers.listings.attachments import DocumentInput, checked_documents, documents_of
from resolvers.reference import knowing_one

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
    documents: Sequence[DocumentInput] | None = None
    """None leaves those of the draft as they are."""
    supplier: Id | None = None
    """Whose card it is; the viewer's own unless it says so."""


@dataclass(frozen=True, slots=True)
class Known:
    """What cards may name: the regions that there are today, and files by identifier."""

    regions: Collection[str]
    files: Mapping[Id, Row]


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
    owned = replace(card, supplier=card.supplier or ctx.viewer.subject)
    known = await knowing_one(ctx, definition)
    try:
        return checked(known, owned, await known_to(ctx, [card]), complete=complete)
    except InvalidInput as found:
        start: Path = () if complete else place
        raise InvalidInput([replace(one, path=(*start, *one.path)) for one in found.issues]) from None


async def known_to(ctx: Context, cards: Iterable[CardInput]) -> Known:
    """What these cards may name, as far as it exists; of a list that is too long only its first part."""
    codes: set[str] = set()
    used: set[Id] = set()
    for card in cards:
        codes.update(card.regions[:REGIONS_MAX])
        used.update(one.file for one in (card.documents or ())[:DOCUMENTS_MAX])
    return Known(await regions.known(ctx, codes), await files.by_ids(used) if used else {})


def checked(definition: Category, card: CardInput, known: Known, *, complete: bool) -> Row:
    """As `checked_content`, of a card that says whose it is, given what there is; faults stand in it."""
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    found: Card | dict[str, object] = {}
    kept: Row = {}
    with _told(issues):
        answers = check_answers(definition, card.characteristics, complete=complete)
    with _told(issues):
        found = check_card(
            title=card.title,
            description=card.description,
            price=card.price,
            regions=card.regions,
            known_regions=known.regions,
            complete=complete,
        )
    with _told(issues):
        kept |= {} if card.people is None else {"people": check_people(card.people, complete=complete)}
    with _told(issues):
        kept |= checked_documents(card.documents, known.files, card.supplier, complete=complete)
    if issues:
        raise InvalidInput(issues)
    return {**found, "characteristics": answers, **kept}


@contextmanager
def _told(issues: list[Issue]) -> Iterator[None]:
    """Collects the faults that are found within, so that what follows is looked at as well."""
    try:
        yield
    except InvalidInput as found:
        issues.extend(found.issues)


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
        documents=documents_of(draft),
        supplier=draft["supplier"],
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
