"""Tickets: leave for a supplier to upload one file, good once and for a quarter of an hour."""

import base64
import binascii
from dataclasses import asdict, dataclass

from auth.policy import require_visible
from documents import files
from documents.base import Id, Row, unguessable_id
from documents.encryption import blind, same
from domain.errors import NotFound, Refused
from domain.files import FILES_MAX, TICKET_LASTS, FilePurpose, check_declared, clean_name
from domain.rate_limits import RateRule
from resolvers.acts import once
from resolvers.context import Context
from resolvers.rate_limits import require_rate

UPLOAD = "/files/upload/"
_LABEL = "file ticket"
_ID = 12
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a supplier says of a file before sending it."""

    purpose: FilePurpose
    name: str
    size: int
    content_type: str


async def issue(ctx: Context, asked: Asked, key: str) -> Row:
    """A ticket for one file; InvalidInput for what would be refused anyway, Refused `FILE_QUOTA`."""
    await require_rate(ctx, RateRule.file_ticket, ctx.viewer.key)
    content_type = check_declared(asked.purpose, asked.size, asked.content_type)

    async def work() -> Row:
        supplier = ctx.viewer.subject
        if supplier is None:
            raise NotFound(("viewer",))
        if await files.count_of_supplier(supplier, FILES_MAX) >= FILES_MAX:
            raise Refused("FILE_QUOTA", ("input",), maximum=FILES_MAX)
        ticket = files.FileTicket(
            _id=unguessable_id(),
            supplier=supplier,
            purpose=asked.purpose,
            name=clean_name(asked.name, content_type),
            content_type=content_type,
            size=asked.size,
            expires_at=ctx.now.replace(microsecond=0) + TICKET_LASTS,
        )
        return await files.issue_ticket(ticket)

    return await once(ctx, "fileTicket", key, asdict(asked), work)


def address(ctx: Context, ticket: Row) -> str:
    """Where the file of a ticket goes."""
    return f"{ctx.services.audience}{UPLOAD}{written(ticket['_id'])}"


def written(ticket: Id) -> str:
    """The ticket as its supplier holds it: the identifier, and a mark that only the portal can make."""
    return base64.urlsafe_b64encode(ticket.binary + blind(_LABEL, str(ticket))).decode().rstrip("=")


async def ticket_of(ctx: Context, text: str) -> Row:
    """The viewer's own ticket that was written so; NotFound for any other."""
    try:
        whole = base64.b64decode(text[:_LONGEST] + "=" * (-len(text[:_LONGEST]) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotFound(("ticket",)) from error
    if len(whole) <= _ID or not await same(_LABEL, str(Id(whole[:_ID])), whole[_ID:]):
        raise NotFound(("ticket",))
    return dict(require_visible(ctx.viewer, "FileTicket.read", await files.ticket(Id(whole[:_ID])), "ticket"))
