"""The portal and both simulated partners, each behind its HTTP door, with real signatures and the real outbox."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from domain.texts import Language
from integrations.development_ca import sign_cms
from integrations.esobes import HttpEsobes
from integrations.simulator import Faults, Journal, Simulator
from integrations.sms import HttpSmsGateway
from resolvers.measures import activate_choice, sms_delivered, sms_refused
from tests.resolvers.measures.conftest import IIN, World, authority, participant, rows, world
from web.partners import partner_routes
from web.simulator import simulator_routes
from workers.measures import block_ended_choices
from workers.outbox import Channel, Deliverer

__all__ = ["authority", "world"]

MEASURE = {
    "id": "ES-1",
    "iin": IIN,
    "name": {"ru": "Трость опорная"},
    "programme": "individual_programme",
    "programme_date": "2026-02-01",
    "direction": "tsr_sale",
    "region": "71",
}


@dataclass
class Town:
    """Everybody at work."""

    world: World
    simulator: Simulator
    client: httpx2.AsyncClient

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait, with the clock going on, for something that happens by itself."""
        while not await true():
            self.world.now += timedelta(milliseconds=100)
            await asyncio.sleep(0.02)

    async def status(self) -> tuple[str, int] | None:
        """Where the only measure stands on the portal."""
        found = await rows("measures")
        return (found[0]["status"], found[0]["cycle"]) if found else None

    async def told(self) -> dict[str, Any]:
        """What Е-Собес knows of the measure."""
        known: dict[str, Any] = (await self.client.get("/simulator/esobes.json")).json()["measures"]
        found: dict[str, Any] = known.get("ES-1", {"status": None, "cycle": 0})
        return found


@asynccontextmanager
async def _running(deliverer: Deliverer, simulator: Simulator) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(deliverer.run()), asyncio.create_task(simulator.run())]
    try:
        yield
    finally:
        deliverer.stop()
        simulator.stop()
        await asyncio.gather(*tasks)


@pytest.fixture
async def town(world: World, tmp_path: Path) -> AsyncIterator[Town]:
    """One server with the doors of all three, as in development."""
    app = Starlette()
    journal = Journal(tmp_path / "partners.sqlite3")
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:

        def sign(content: bytes) -> bytes:
            return sign_cms(world.esobes, content, when=world.now)

        simulator = Simulator(journal, sign, client, "http://test/partners/esobes", lambda: world.now)
        app.router.routes.extend(partner_routes(lambda _request: world.context()))
        app.router.routes.extend(simulator_routes(simulator))
        gateway = HttpSmsGateway(client, "http://test/simulator/sms")
        esobes = HttpEsobes(client, "http://test/simulator/esobes", sign)
        channels = {
            "sms": Channel(
                lambda key, said: gateway.send(key, said["to"], said["text"], Language(said["language"])),
                on_delivered=lambda settled: sms_delivered(world.context(), settled),
                on_refused=lambda settled: sms_refused(world.context(), settled),
            ),
            "esobes": Channel(esobes.deliver),
        }
        async with _running(Deliverer(channels, lambda: world.now), simulator):
            yield Town(world, simulator, client)
    journal.close()


async def test_a_measure_goes_all_the_way_round(town: Town) -> None:
    """R-C5: stated, told, blocked, activated, stated again; Е-Собес hears each step once and in order."""
    await town.world.person(bmg="+77010000001")
    await town.simulator.set_faults(Faults(twice=True, wrong_signature=True))
    await town.client.post("/simulator/esobes/measures", json=MEASURE)

    async def notified() -> bool:
        return bool(await rows("measures", notified_at={"$ne": None}))

    await town.until(notified)
    (measure,) = await rows("measures")
    town.world.now = measure["window_ends_at"]
    assert await block_ended_choices(town.world.context()) == 1
    ctx = town.world.context(participant({"_id": measure["participant"]}))
    await activate_choice(ctx, measure["_id"], "key-00001")

    async def asked() -> bool:
        return bool((await town.told())["status"] == "activation_requested")

    await town.until(asked)

    async def heard_again() -> bool:
        return await town.status() == ("choice_open", 2) and (await town.told())["cycle"] == 2

    await town.until(heard_again)
    await town.until(notified)
    told = await town.told()
    assert told["in_order"]
    assert told["deliveries"] == len(told["reports"])
    inbox = (await town.client.get("/simulator/inbox.json")).json()["messages"]
    assert [one["deliveries"] for one in inbox] == [1, 1, 1]


async def test_a_partner_that_is_down_misses_nothing(town: Town) -> None:
    """R-C6: reports wait while Е-Собес is down, however long, and then arrive in order, each once."""
    await town.simulator.set_faults(Faults(esobes_down=True))
    await town.world.say(town.world.message())
    await town.world.say(town.world.message("measure_withdrawn", 2))

    async def failed() -> bool:
        return bool(await rows("outbox", channel="esobes", failure="HTTP_503"))

    await town.until(failed)
    assert (await town.told())["status"] is None
    await town.simulator.set_faults(Faults())
    town.world.now += timedelta(days=4)

    async def told() -> bool:
        return bool((await town.told())["status"] == "ended")

    await town.until(told)
    known = await town.told()
    assert [report["status"] for report in known["reports"]] == ["choice_open", "ended"]
    assert known["in_order"]
