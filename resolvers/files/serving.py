"""Files as they are shown: to everybody on a published listing, else to their supplier and moderators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.policy import require_visible
from auth.visibility import sees
from documents import files
from documents.base import Id, Row
from domain.errors import NotFound
from domain.files import IMAGES, FileStatus
from resolvers.context import Context

READ = "File.read"


@dataclass(frozen=True, slots=True)
class Shown:
    """A content and how it is told: `tag` is another one for every other content."""

    content: Id
    length: int
    content_type: str
    name: str
    public: bool

    @property
    def tag(self) -> str:
        """A strong validator: contents never change (RFC 9110, 8.8)."""
        return f'"{self.content}"'

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it; anything else is saved."""
        return self.content_type in IMAGES


def served(ctx: Context, file: Id, variant: str | None = None) -> str:
    """Where a file or its smaller picture is served."""
    return f"{ctx.services.audience}/files/{file}{f'/{variant}' if variant else ''}"


async def shown(ctx: Context, identifier: str, variant: str | None) -> Shown:
    """A file or its smaller picture; NotFound unless the viewer may see it and a worker has found it good."""
    row = await files.get(Id(identifier)) if Id.is_valid(identifier) else None
    file = require_visible(ctx.viewer, READ, row, "id")
    smaller: Mapping[str, Row] = {one["name"]: one for one in file["variants"]}
    chosen = file if variant is None else smaller.get(variant)
    if file["status"] != FileStatus.ready or chosen is None:
        raise NotFound(("id",))
    return Shown(
        content=chosen["content"],
        length=chosen["size"],
        content_type=file["content_type"],
        name=file["name"],
        public=file["audience"] == files.EVERYBODY,
    )


async def for_documents(ctx: Context, documents: Sequence[Mapping[str, Any]]) -> list[Row | None]:
    """The files of documents of cards, as far as the viewer may see them.

    A document with `audience` stands on a published card: so everybody may see its file. One with
    `moderators` stands on a card that whoever asks was shown as it was sent or kept.
    """
    found = await files.by_ids({one["id"] for one in documents})
    rows = [
        {**found[one["id"]], **{name: one[name] for name in files.PUBLIC if name in one}}
        if one["id"] in found
        else None
        for one in documents
    ]
    return [row if sees(ctx.viewer, READ, row) else None for row in rows]
