"""Everybody who plays in the demonstration, with their dashboards; they stay on over all its runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from demo.dashboard import Dashboard
from demo.ledger import FeedEntry, Ledger, MeasureEntry, local
from demo.people import Part, Person
from demo.server import Server

PAUSE = 0.2
FEEDS = {
    "participant": "ParticipantFeed",
    "guardian": "ParticipantFeed",
    "supplier": "SupplierFeed",
    "executive_body": "RegionFeed",
}


class TooLong(Exception):
    """Something that had to happen has not happened in time."""


class Company:
    """People of the demonstration by their names, each signed in as a client of its own."""

    def __init__(self, server: Server, patience: float) -> None:
        self.server, self.ledger = server, Ledger()
        self.patience = patience
        parts = {"guardian": Part("participant", on_behalf=True)}
        self.people = {name: Person(server, name, parts.get(name)) for name in FEEDS}
        self.dashboards = {name: Dashboard(name, self.people[name], kind) for name, kind in FEEDS.items()}
        self.feeds: dict[str, FeedEntry] = {}

    async def arrive(self) -> None:
        """Sign in, and open a dashboard each."""
        for name, dashboard in self.dashboards.items():
            cabinet = await self.people[name].ask("Cabinet")
            self.feeds[name] = self.ledger.feed(dashboard, _topic(cabinet))
            dashboard.open()

    async def leave(self) -> None:
        """Close the dashboards."""
        for dashboard in self.dashboards.values():
            await dashboard.close()

    async def settle(self) -> None:
        """Wait until everything expected so far has come about; TooLong when it doesn't."""
        try:
            async with asyncio.timeout(self.patience):
                for name, dashboard in self.dashboards.items():
                    if dashboard.is_open:
                        await dashboard.until(self.feeds[name].shows)
                while await self._missing():
                    await asyncio.sleep(PAUSE)
        except TimeoutError as error:
            raise TooLong(f"still missing: {await self._missing() or self._unseen()}") from error

    async def _missing(self) -> list[str]:
        """Text messages and reports that have not arrived at the partners."""
        inbox = {one["key"] for one in (await self.server.get("/simulator/inbox.json"))["messages"]}
        told = (await self.server.get("/simulator/esobes.json"))["measures"]
        missing = [key for measure in self.ledger.measures for key in sms_keys(measure) if key not in inbox]
        for measure in self.ledger.measures:
            arrived = len(told.get(measure.number, {"reports": []})["reports"])
            if arrived < len(measure.reports):
                missing.append(f"{measure.number}: {arrived} of {len(measure.reports)} reports")
        return missing

    def _unseen(self) -> list[str]:
        dashboards = self.dashboards.items()
        return [name for name, one in dashboards if one.is_open and not self.feeds[name].shows(one.log)]


def sms_keys(measure: MeasureEntry) -> list[str]:
    """Idempotency keys of a measure's text messages, as the gateway got them."""
    return [f"measure:{local(measure.identifier)}:{one}" for one in measure.sms if measure.identifier]


def _topic(cabinet: Any) -> str:
    """What the reader calls this viewer's feed."""
    if cabinet["participant"]:
        return f"participant:{local(cabinet['participant']['id'])}"
    if cabinet["supplier"]:
        return f"supplier:{local(cabinet['supplier']['supplier']['id'])}"
    return f"region:{cabinet['region']}"


@asynccontextmanager
async def company(url: str, patience: float) -> AsyncIterator[Company]:
    """The company before a server, signed in; `patience` is in seconds, for one request or one effect."""
    async with Server(url, patience=patience) as server:
        players = Company(server, patience)
        try:
            await players.arrive()
            yield players
        finally:
            await players.leave()
