"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from documents import categories, listings
from documents.base import Id, Row
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path
from domain.listings import Card, check_card, check_people
from resolvers import regions
from resolvers.context import Context
from resolvers.listings.attachments import DocumentInput, checked_documents, documents_of

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
    known = await regions.known(ctx, card.regions)
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    checked: Card | dict[str, object] = {}
    documents: list[Row] = []
    people: Row = {}
    with _told(issues):
        answers = check_answers(definition, card.characteristics, complete=complete)
    with _told(issues):
        checked = check_card(
            title=card.title,
            description=card.description,
            price=card.price,
            regions=card.regions,
            known_regions=known,
            complete=complete,
        )
    with _told(issues):
        people = {} if card.people is None else {"people": check_people(card.people, complete=complete)}
    with _told(issues):
        documents = await checked_documents(ctx, card.documents or (), card.supplier, complete=complete)
    if issues:
        start: Path = () if complete else place
        raise InvalidInput([replace(issue, path=(*start, *issue.path)) for issue in issues])
    return {**checked, "characteristics": answers, "documents": documents, **people}


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


def over(draft: Row, card: CardInput) -> CardInput:
    """The card with what it leaves of the draft as it is."""
    return card if card.documents is not None else replace(card, documents=documents_of(draft))


async def definition_of(draft: Row) -> Category:
    """The definition that a draft was written for; NotFound when it is gone."""
    row = await categories.version(draft["category"], draft["definition_version"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)
