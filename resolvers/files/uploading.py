"""An upload: bounded and looked at while it comes, written as it comes, and kept whole or not at all."""

from collections.abc import AsyncIterator

from auth.policy import require
from documents import files
from documents.audit import intend
from documents.base import Row, in_transaction
from documents.events import emit
from documents.files import FileTicket, Writer
from domain.errors import Refused, invalid
from domain.feeds import supplier_topic
from domain.files import Arrival, Arrived, FileStatus
from domain.rate_limits import RateRule
from resolvers.context import Context
from resolvers.files.tickets import ticket_of
from resolvers.rate_limits import require_rate

ACT = "File.upload"


async def receive(ctx: Context, text: str, announced: int | None, body: AsyncIterator[bytes]) -> Row:
    """The file of a ticket, from the bytes of its body; `announced` is how many there are said to be.

    NotFound for a ticket that is not the viewer's, Refused `FILE_TICKET_SPENT` for one that was used or is
    over. A body that is too large by its own word is refused before the ticket is used up; after that,
    whatever goes wrong leaves nothing of the file.
    """
    require(ctx.viewer, "Mutation.fileTicket")
    await require_rate(ctx, RateRule.file_upload, ctx.viewer.key)
    ticket = await ticket_of(ctx, text)
    if announced is not None:
        _check_announced(announced, ticket["size"])
    if not await files.claim_ticket(ticket["_id"], ctx.now):
        raise Refused("FILE_TICKET_SPENT", ("ticket",))
    writer = await files.opened(ctx.now)
    try:
        arrived = await _written(writer, FileTicket.model_validate(_stored(ticket)), body)
        await writer.close(ctx.services.clock())
        return await _kept(ctx, ticket, writer, arrived)
    except BaseException:  # also when the client is gone, or took too long
        await files.drop(writer.content)
        raise


def _check_announced(announced: int, declared: int) -> None:
    if announced > declared:
        raise invalid("FILE_TOO_LARGE", maximum=declared)
    if announced < declared:
        raise invalid("FILE_SIZE_DIFFERS", expected=declared, actual=announced)


async def _written(writer: Writer, ticket: FileTicket, body: AsyncIterator[bytes]) -> Arrived:
    arrival = Arrival(ticket.content_type, ticket.size)
    async for data in body:
        arrival.feed(data)
        await writer.write(data)
    return arrival.finish()


def _stored(ticket: Row) -> Row:
    return {name: value for name, value in ticket.items() if name != "kind"}


async def _kept(ctx: Context, ticket: Row, writer: Writer, arrived: Arrived) -> Row:
    now = ctx.services.clock()
    size = arrived.size
    file = files.StoredFile(
        _id=ticket["_id"],
        supplier=ticket["supplier"],
        purpose=ticket["purpose"],
        name=ticket["name"],
        content_type=ticket["content_type"],
        size=arrived.length,
        sha256=arrived.sha256,
        width=size.width if size else None,
        height=size.height if size else None,
        content=writer.content,
        created_at=now,
        changed_at=now,
    )

    async def attempt() -> Row:
        if not await files.keep_content(writer.content):
            raise Refused("FILE_TICKET_SPENT", ("ticket",))
        row = await files.store(file)
        await files.begin_work(file.id)
        await intend(ACT, by=ctx.viewer.actor, at=now, subject=(files.FILE, file.id))
        await emit(
            kind="file.changed",
            subject=file.id,
            topics=[supplier_topic(file.supplier)],
            at=now,
            data={"status": FileStatus.uploaded.value},
            actor=ctx.viewer.key,
        )
        return row

    return await in_transaction(attempt)
