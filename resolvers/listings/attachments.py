"""The documents of a card: own files that are ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents import files
from documents.base import Id, Row
from domain.errors import InvalidInput, Issue
from domain.files import FilePurpose, check_documents
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """What a supplier says of one document; the alternative text by language."""

    file: Id
    kind: FilePurpose
    alt: Mapping[str, str | None] = field(default_factory=dict)


def checked_documents(
    documents: Sequence[DocumentInput] | None, known: Mapping[Id, Row], supplier: Id | None, *, complete: bool
) -> Row:
    """The documents as a card keeps them, under their name; nothing where a card does not speak of them.

    `known` are the files that there are, `supplier` is whose card it is. InvalidInput names every fault.
    """
    if documents is None:
        return {}
    given = [{"id": one.file, "kind": one.kind, "alt": one.alt} for one in documents]
    checked = check_documents(given, known, supplier, complete=complete)
    return {"documents": [dict(one) for one in checked]}


async def use_files(ctx: Context, content: Mapping[str, Any]) -> None:
    """Keep the files of a card's content from being collected, in the transaction that stores it."""
    if not await files.mark_used({one["id"] for one in content.get("documents", ())}, ctx.now):
        raise InvalidInput([Issue("UNKNOWN_FILE", ("input", "card", "documents"))])


def documents_of(draft: Row) -> list[DocumentInput]:
    """The documents of a draft as the input that they were made from."""
    return [DocumentInput(one["id"], FilePurpose(one["kind"]), one["alt"]) for one in draft["documents"]]
