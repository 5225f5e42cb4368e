"""What a supplier writes on a card, checked against its limits and its category's definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from documents import categories
from documents.base import Id, Row
from documents.reference import reference_rows
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path
from domain.listings import Card, check_card, content_hash
from domain.time import ASTANA
from resolvers.context import Context
from resolvers.listings.attachments import DocumentInput, checked_documents, documents_of, hashed

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class CardInput:
    """What a supplier writes on a card; price in tiyn for one unit."""

    title: Texts
    description: Texts
    price: int | None = None
    regions: Sequence[str] = ()
    characteristics: Sequence[Mapping[str, Any]] = field(default=())
    documents: Sequence[DocumentInput] | None = None
    """None leaves those of the draft as they are."""
    supplier: Id | None = None
    """Whose card it is; the viewer's own unless it says so."""


async def checked_content(
    ctx: Context, definition: Category, card: CardInput, *, complete: bool = False
) -> Row:
    """The card checked against its limits and the definition; InvalidInput names every fault at once.

    Faults of a draft stand in the request; those of a `complete` card stand in the draft that is published.
    """
    rows = await reference_rows("region", ctx.now.astimezone(ASTANA).date())
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    checked: Card | dict[str, object] = {}
    documents: list[Row] = []
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
    try:
        documents = await checked_documents(ctx, card.documents or (), card.supplier, complete=complete)
    except InvalidInput as found:
        issues.extend(found.issues)
    if issues:
        place: Path = () if complete else ("input", "card")
        raise InvalidInput([replace(issue, path=(*place, *issue.path)) for issue in issues])
    content = {**checked, "characteristics": answers}
    return content | {"documents": documents, "content_hash": content_hash(content | hashed(documents))}


def card_of(definition: Category, draft: Row) -> CardInput:
    """The draft as the input that it was made from."""
    return CardInput(
        title=draft["title"],
        description=draft["description"],
        price=draft["price"],
        regions=draft["regions"],
        characteristics=as_answers(definition, draft["characteristics"]),
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
