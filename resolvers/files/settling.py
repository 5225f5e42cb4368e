"""What comes of a file: ready with what a worker made of it, or refused; once, whoever else worked on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents import files
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.events import emit
from documents.files import Taken, Variant
from domain.audit import system_actor
from domain.feeds import supplier_topic
from domain.files import FileAction, FileStatus, advance
from resolvers.context import Context

ACT = "File.settle"
WORKER = system_actor("files")


@dataclass(frozen=True, slots=True)
class Made:
    """The picture that is shown instead of the one that came, and the smaller ones."""

    whole: Variant
    smaller: Sequence[Variant]


class _OverError(Exception):
    """Ends the transaction: somebody else has settled the file, or has the turn now."""


async def accept(ctx: Context, taken: Taken, file: Row, made: Made | None) -> bool:
    """Show a file from now on; what was uploaded goes where there is something made of it.

    False when the turn was over: then nothing has changed, and what was made is dropped.
    """
    if made is None:
        return await _settled(ctx, taken, file, FileAction.accept, {})
    new = [made.whole.content, *(one.content for one in made.smaller)]
    changes = {
        **made.whole.model_dump(include={"width", "height", "size", "content"}),
        "variants": [one.model_dump() for one in made.smaller],
    }
    done = await _settled(ctx, taken, file, FileAction.accept, changes, new)
    for content in () if done else new:
        await files.drop(content)
    return done


async def refuse(ctx: Context, taken: Taken, file: Row, code: str) -> bool:
    """Never show a file; its bytes go. False when the turn was over."""
    return await _settled(ctx, taken, file, FileAction.refuse, {"fault": code, "content": None})


async def _settled(
    ctx: Context,
    taken: Taken,
    file: Row,
    action: FileAction,
    changes: Mapping[str, Any],
    new: Sequence[Id] = (),
) -> bool:
    now, standing = ctx.services.clock(), FileStatus(file["status"])
    status = advance(standing, action)

    async def attempt() -> None:
        if not await files.end_work(taken) or not all([await files.keep_content(one) for one in new]):
            raise _OverError
        written = {**changes, "status": status.value, "changed_at": now}
        if await files.settle(file["_id"], standing, written) is None:
            raise _OverError
        await files.loosen([file["content"]] if "content" in changes else [], now)
        await intend(
            ACT, by=WORKER, at=now, subject=(files.FILE, file["_id"]), details={"status": status.value}
        )
        await emit(
            kind="file.changed",
            subject=file["_id"],
            topics=[supplier_topic(file["supplier"])],
            at=now,
            data={"previous": standing.value, "status": status.value},
            actor=ctx.viewer.key,
        )

    try:
        await in_transaction(attempt)
    except _OverError:
        return False
    return True
