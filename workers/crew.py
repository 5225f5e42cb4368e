"""Everything that works without a client asking, together: beside the server, or as a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from domain.audit import Seal
from domain.texts import Language
from integrations.esobes import EsobesClient
from integrations.mail import MailGateway
from integrations.sms import SmsGateway
from resolvers import categories
from resolvers.context import Context
from resolvers.imports import EXPORT, IMPORT
from resolvers.measures import sms_delivered, sms_refused
from workers.audit import Sealer
from workers.capacity import CapacityClock
from workers.catalogue import CatalogueKeeper
from workers.evidence import EvidenceClock
from workers.feeds import Sequencer
from workers.files import FileWorker
from workers.housekeeping import Housekeeper
from workers.imports import listings_export, listings_import
from workers.jobs import JobRunner, Work
from workers.listings import ListingClock
from workers.measures import ChoiceClock
from workers.outbox import Channel, Deliverer


class Worker(Protocol):
    """Runs until it is told to stop."""

    async def run(self) -> None:
        """Work until `stop`."""

    def stop(self) -> None:
        """Finish what is in hand and let `run` return."""


@dataclass(frozen=True, slots=True)
class Partners:
    """Where messages go."""

    sms: SmsGateway
    mail: MailGateway
    esobes: EsobesClient


WORKS: Mapping[str, Work] = {
    EXPORT: listings_export,
    IMPORT: listings_import,
    categories.WORK: categories.carry,
}
"""What jobs can be about."""


def crew(context: Callable[[], Context], partners: Partners, seal: Seal, lease: timedelta) -> list[Worker]:
    """All workers; a sender that falls silent keeps a message for `lease`."""
    clock = context().services.clock
    channels = {
        "sms": Channel(
            lambda key, said: partners.sms.send(key, said["to"], said["text"], Language(said["language"])),
            on_delivered=lambda settled: sms_delivered(context(), settled),
            on_refused=lambda settled: sms_refused(context(), settled),
        ),
        "email": Channel(
            lambda key, said: partners.mail.send(
                key, said["to"], said["subject"], said["text"], Language(said["language"])
            )
        ),
        "esobes": Channel(partners.esobes.deliver),
    }
    deliverer = Deliverer(channels, clock, lease)
    choices = ChoiceClock(context, timedelta(seconds=1))
    return [
        Sequencer(clock),
        Sealer(clock, seal),
        deliverer,
        choices,
        CapacityClock(context),
        EvidenceClock(context),
        ListingClock(context, timedelta(seconds=1)),
        FileWorker(context),
        Housekeeper(clock),
        JobRunner(context, WORKS),
        CatalogueKeeper(clock),
    ]


@asynccontextmanager
async def working(workers: Sequence[Worker]) -> AsyncIterator[None]:
    """Let them run while the context is open; a worker that breaks ends it."""
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(worker.run())
        try:
            yield
        finally:
            for worker in workers:
                worker.stop()
