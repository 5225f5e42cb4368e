"""New files: each is looked at once, and pictures are made anew by a process apart (`workers.images`)."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from documents import files
from documents.base import Row
from documents.files import Taken, Variant
from domain.files import ATTEMPTS_MAX, IMAGES, THUMBNAILS, ContentType, FileStatus
from resolvers.context import Context
from resolvers.files import Made, accept, refuse
from workers.periodic import Periodic

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=3)
"""A turn: longer than `SECONDS` and the writing of what was made."""
SECONDS: Final = 90.0
UNREADABLE_EXIT: Final = 3
Command = Sequence[str]
PAINTER: Final[Command] = (sys.executable, "-I", str(Path(__file__).with_name("images.py")))
"""Isolated: neither environment nor working folder decides what is imported."""
_FORMATS: Mapping[str, str] = {ContentType.jpeg: "JPEG", ContentType.png: "PNG", ContentType.webp: "WEBP"}
Picture = tuple[dict[str, Any], bytes]


class UnreadableError(Exception):
    """No picture, whoever looks at it."""


class BrokenError(Exception):
    """The process ended or took too long: another try may go better."""


class FileWorker(Periodic):
    """Any number of these may run: a file is one worker's at a time, and is settled once."""

    def __init__(
        self,
        context: Callable[[], Context],
        every: timedelta = timedelta(seconds=1),
        painter: Command = PAINTER,
        lasts: timedelta = LASTS,
    ) -> None:
        super().__init__(self.work, every)
        self._context = context
        self._painter = painter
        self._lasts = lasts

    async def work(self) -> None:
        """See to every file that nobody else sees to."""
        while not self._stopping.is_set() and (taken := await files.take(self._lasts)):
            await self._see_to(taken)

    async def _see_to(self, taken: Taken) -> None:
        ctx, file = self._context(), await files.get(taken.file)
        if file is None or file["status"] != FileStatus.uploaded:
            await files.end_work(taken)
        elif taken.attempt > ATTEMPTS_MAX:
            await refuse(ctx, taken, file, "FILE_UNREADABLE")
        elif file["content_type"] not in IMAGES:
            await accept(ctx, taken, file, None)
        else:
            await self._paint(ctx, taken, file)

    async def _paint(self, ctx: Context, taken: Taken, file: Row) -> None:
        try:
            pictures = await painted(
                await files.whole(file["content"]), _FORMATS[file["content_type"]], self._painter
            )
        except UnreadableError:
            await refuse(ctx, taken, file, "FILE_UNREADABLE")
        except BrokenError:
            log.warning("file %s: attempt %d broke off", file["_id"], taken.attempt)
        else:
            whole, *smaller = [await _stored(picture, ctx.now) for picture in pictures]
            await accept(ctx, taken, file, Made(whole, smaller))


async def _stored(picture: Picture, now: datetime) -> Variant:
    told, data = picture
    writer = await files.opened(now)
    await writer.write(data)
    await writer.close(now)
    return Variant(**told, content=writer.content)


async def painted(
    data: bytes, format_: str, command: Command = PAINTER, seconds: float = SECONDS
) -> list[Picture]:
    """The pictures made of one, the whole one first; see `workers.images`.

    Raises UnreadableError, or BrokenError.
    """
    try:
        answer, code = await _asked(data, (*command, format_, *map(str, THUMBNAILS)), seconds)
    except (OSError, TimeoutError) as error:
        raise BrokenError from error
    if code == UNREADABLE_EXIT:
        raise UnreadableError
    if code != 0:
        raise BrokenError
    return _parts(answer)


async def _asked(data: bytes, command: Command, seconds: float) -> tuple[bytes, int | None]:
    """What a process says to these bytes, and how it ended; it is killed when it takes too long."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},  # the master key is in ours
    )
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate(data)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return answer, process.returncode


def _parts(answer: bytes) -> list[Picture]:
    head, _, rest = answer.partition(b"\n")
    found: list[Picture] = []
    for told in json.loads(head):
        found.append((told, rest[: told["size"]]))
        rest = rest[told["size"] :]
    return found
