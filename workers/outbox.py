"""Delivery: takes messages from the outbox and hands them to the partners, at least once, in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from documents import outbox
from documents.changes import DatabaseFailure
from documents.outbox import Claimed, PayloadLost, Then
from domain.outbox import PermanentFailure, Receipt, TemporaryFailure, wait_before
from domain.time import Clock

log = logging.getLogger(__name__)

Handler = Callable[[str, Mapping[str, Any]], Awaitable[Receipt]]
"""Sends (key, payload) to a partner; raises TemporaryFailure or PermanentFailure. May see a key again."""

LEASE = timedelta(seconds=60)
LONGEST_SENDING = timedelta(seconds=45)
"""Shorter than the lease, so that no two senders ever have the same message in hand."""
POLL = 0.2


@dataclass(frozen=True)
class Channel:
    """How one kind of message is sent, and what else becomes true once it is settled.

    `on_delivered` and `on_refused` run inside the settling transaction and may run more than once.
    """

    send: Handler
    on_delivered: Then | None = None
    on_refused: Then | None = None
    at_once: int = 4


class Deliverer:
    """Any number of these may run, on any machines: the database decides who sends what."""

    def __init__(self, channels: Mapping[str, Channel], now: Clock, lasts: timedelta = LEASE) -> None:
        self._channels = dict(channels)
        self._now = now
        self._lasts = lasts
        self._limit = min(LONGEST_SENDING, lasts * 0.75).total_seconds()
        self._stopping = asyncio.Event()
        self._wakes = {name: asyncio.Event() for name in channels}

    async def run(self) -> None:
        """Deliver until `stop`; a channel that is slow or down doesn't hold up the others."""
        async with asyncio.TaskGroup() as group:
            for name, channel in self._channels.items():
                group.create_task(self._serve(name, channel), name=f"outbox {name}")

    def wake(self) -> None:
        """Look at once: something was just written (otherwise it is found within 0.2 s)."""
        for event in self._wakes.values():
            event.set()

    def stop(self) -> None:
        """Take nothing new, finish what is being sent, then let `run` return."""
        self._stopping.set()
        self.wake()

    async def _serve(self, name: str, channel: Channel) -> None:
        running: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping.is_set():
                claimed = await self._claim(name) if len(running) < channel.at_once else None
                if claimed is None:
                    await self._idle(name)
                    continue
                task = asyncio.create_task(self._deliver(channel, claimed))
                running.add(task)
                task.add_done_callback(running.discard)
                task.add_done_callback(self._finished(name))
            await asyncio.gather(*running, return_exceptions=True)
        finally:
            for task in running:
                task.cancel()

    async def _claim(self, name: str) -> Claimed | None:
        try:
            return await outbox.claim(name, self._now(), self._lasts)
        except DatabaseFailure as error:
            log.warning("outbox %s: nothing taken, %s", name, type(error).__name__)
            return None

    async def _idle(self, name: str) -> None:
        wake = self._wakes[name]
        try:
            await asyncio.wait_for(wake.wait(), POLL)
        except TimeoutError:
            return
        wake.clear()

    def _finished(self, name: str) -> Callable[[asyncio.Task[None]], None]:
        def note(task: asyncio.Task[None]) -> None:
            self._wakes[name].set()  # a place is free, and the next message of the aggregate may go
            error = None if task.cancelled() else task.exception()
            if error is not None:
                # Never its text: it may carry personal data. The lease runs out, then it is sent again.
                log.error("outbox %s: not settled, %s", name, type(error).__name__)

        return note

    async def _deliver(self, channel: Channel, claimed: Claimed) -> None:
        try:
            payload = await outbox.opened(claimed)
            async with asyncio.timeout(self._limit):
                receipt = await channel.send(claimed.key, payload)
        except TemporaryFailure as failure:
            await self._later(claimed, failure.code)
        except TimeoutError:
            await self._later(claimed, "TIMEOUT")
        except PermanentFailure as failure:
            await self._refused(channel, claimed, failure.code)
        except PayloadLost:
            await self._refused(channel, claimed, "PAYLOAD_LOST")
        else:
            await outbox.delivered(claimed, receipt.reference, self._now(), channel.on_delivered)

    async def _later(self, claimed: Claimed, code: str) -> None:
        log.info("outbox %s: attempt %d failed, %s", claimed.channel, claimed.attempts, code)
        await outbox.put_back(claimed, code, self._now() + wait_before(claimed.attempts))

    async def _refused(self, channel: Channel, claimed: Claimed, code: str) -> None:
        log.warning("outbox %s: refused for good, %s", claimed.channel, code)
        await outbox.buried(claimed, code, self._now(), channel.on_refused)
