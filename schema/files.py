"""Files of suppliers: what is told of each, and leave to upload one over plain HTTP (`web/files.py`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from domain.files import FilePurpose, FileStatus
from domain.texts import text
from execution.fields import computed, record, stored, value
from resolvers import files as acts
from resolvers.context import Context
from schema.errors import answers
from schema.nodes import Node, global_id
from schema.roots import given, mutation, payload
from schema.values import status_text

Plain = Mapping[str, Any]
strawberry.enum(FilePurpose, name="FilePurpose", description="What a file is for.")
strawberry.enum(FileStatus, name="FileStatus", description="Where a file stands.")


def url(record: Plain, context: Context) -> str:
    """Where the file is served."""
    return acts.served(context, record["_id"])


def thumbnails(record: Plain) -> list[Plain]:
    """The smaller pictures, each with the file that it was made of."""
    return [{**one, "file": record["_id"]} for one in record["variants"]]


def thumbnail_url(record: Plain, context: Context) -> str:
    """Where the smaller picture is served."""
    return acts.served(context, record["file"], record["name"])


def fault(record: Plain, context: Context) -> str | None:
    """Why it was refused, in words."""
    return text(f"errors.{record['fault']}", context.language) if record["fault"] else None


@value(description="A smaller picture made of a picture.")
class FileThumbnail:
    """Of a fixed width, and never wider than the picture."""

    width: int = stored()
    height: int = stored()
    url: str = computed(thumbnail_url, reads=("file", "name"))


@record("file", description="A file that a supplier uploaded.")
class File(Node):
    """Served to everybody while a published card shows it, otherwise to its supplier with a token."""

    name: str = stored()
    purpose: FilePurpose = stored()
    content_type: str = stored(description="As found in its bytes.")
    size: int = stored(description="In bytes; a picture's changes when it is made ready.")
    width: int | None = stored(description="Of a picture, in pixels.")
    height: int | None = stored()
    url: str = computed(url, reads=("_id",), description="Answers once the file is ready.")
    thumbnails: list[FileThumbnail] = computed(thumbnails, reads=("_id", "variants"))
    status: FileStatus = stored()
    status_text: str = computed(status_text("file"), reads=("status",))
    fault: str | None = computed(fault, reads=("fault",), description="Why it was refused.")
    created_at: datetime = stored()


@given
class FileTicketInput:
    """The file as it is going to be sent: other bytes than these are refused."""

    idempotency_key: str
    purpose: FilePurpose
    file_name: str
    size: int = strawberry.field(description="In bytes, exactly.")
    content_type: str = strawberry.field(description="image/jpeg, image/png, image/webp or application/pdf.")


@payload
class FileTicketIssued:
    """PUT the bare bytes to `uploadUrl` once, with the token that GraphQL takes."""

    upload_url: str
    file_id: strawberry.ID
    size: int
    expires_at: datetime


async def file_ticket(context: Context, *, input: FileTicketInput) -> FileTicketIssued:  # noqa: A002
    """Ask for leave to upload one file."""
    asked = acts.Asked(input.purpose, input.file_name, input.size, input.content_type)
    ticket = await acts.issue(context, asked, input.idempotency_key)
    return FileTicketIssued(
        upload_url=acts.address(context, ticket),
        file_id=global_id("file", ticket["_id"]),
        size=ticket["size"],
        expires_at=ticket["expires_at"],
    )


@strawberry.type
class FileMutations:
    """What suppliers do with files."""

    file_ticket: answers("FileTicketResult", FileTicketIssued) = mutation(file_ticket)  # type: ignore[valid-type]
