"""A portal whose staff sign in at a provider of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from integrations.development_clock import DevelopmentClock
from tests.api.client import Client
from tests.api.provider import (
    SECRET,
    Misbehaving,
    provided,
)
from tests.api.server import Server, running
from tests.api.staff import Browser


@dataclass
class Stage:
    """A portal whose staff sign in at the test's own provider."""

    server: Server
    provider: Misbehaving
    http: httpx2.AsyncClient
    clock: DevelopmentClock

    def pass_time(self, **span: float) -> None:
        """Move the clock of portal and provider."""
        self.clock.set(self.clock() + timedelta(**span))

    async def kept(self) -> dict[str, Any]:
        """What a sign-in that fails must leave as it was."""
        database = self.server.database
        counts = {name: await database[name].count_documents({}) for name in ("staff", "sessions")}
        return counts | {"members": await database["staff"].find({}).sort("_id", 1).to_list()}

    async def audited(self, act: str, **known: object) -> list[dict[str, Any]]:
        """What the sealed audit tells of an act, once it tells anything."""
        while not (found := await self.server.database["audit"].find({"act": act, **known}).to_list()):
            await asyncio.sleep(0.05)
        return found

    async def refused(self, browser: Browser, address: str) -> tuple[int, str]:
        """How the callback refuses."""
        answer = await browser.come_back(address)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert body["message"] != body["code"]
        return answer.status_code, body["code"]

    async def tried(self, subject: str = "astana") -> tuple[int, str]:
        """How a sign-in is refused that would go well otherwise."""
        browser = Browser(self.http)
        return await self.refused(browser, await browser.choose(await browser.leave(), subject))

    async def exchanged(self, **given: str) -> Any:
        """The answer of `signInStaff`."""
        return await Client(self.http).act("signInStaff", **given)

    async def signed_in(self, subject: str = "astana") -> Client:
        """An employee with a token."""
        browser = Browser(self.http)
        done = await self.exchanged(code=await browser.code(subject), verifier=browser.verifier)
        assert done["__typename"] == "SignedIn", done
        return Client(self.http, done["accessToken"], signed_in=done)


@pytest.fixture(scope="module")
async def started(mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One portal and one provider for all tests here."""
    folder: Path = tmp_path_factory.mktemp("staff") / "data"
    clock = DevelopmentClock(folder / "clock")
    async with provided(clock) as provider:
        settings = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_SECRET": SECRET, "DEMO_DATA": "false"}
        allowed = {"ALLOWED_ORIGINS": '["https://office.example"]'}
        async with running(
            mongod, f"staff_{folder.parent.name[-8:]}", folder, **settings, **allowed
        ) as server:
            provider.called_back_at(f"{server.address}/staff/callback")
            async with httpx2.AsyncClient(base_url=server.address, timeout=30) as http:
                yield Stage(server, provider, http, clock)


@pytest.fixture
def stage(started: Stage) -> Stage:
    """The provider behaves until a test tells it otherwise; a minute has passed since the last test."""
    started.provider.behave()
    started.pass_time(seconds=61)
    return started
