"""Documents on a card: licences, certificates and photos, each a file with a text for who can't see it."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from documents.base import Row
from documents.files import PUBLIC
from domain.files import FilePurpose
from execution.fields import batched, stored, value
from resolvers import files as acts
from resolvers.context import Context
from schema.files import File
from schema.values import LocalisedText

Plain = Mapping[str, Any]


def published_documents(record: Plain) -> list[Plain]:
    """The documents of a published card: whoever sees it sees them."""
    return [{**one, **PUBLIC} for one in record["documents"]]


def previewed_documents(record: Plain) -> list[Plain]:
    """The documents of a card that is not published: whoever was shown the card, its moderators as well."""
    return [{**one, "moderators": True} for one in record["documents"]]


def files_of(context: Context, records: Sequence[Plain]) -> Awaitable[Sequence[Row | None]]:
    """The files of many documents."""
    return acts.for_documents(context, records)


@value(description="A licence, certificate or photo on a card.")
class ListingDocument:
    """`alt` is for whoever can't see the picture."""

    kind: FilePurpose = stored()
    alt: LocalisedText = stored()
    file: File | None = batched(files_of, reads=("id", *PUBLIC))
