import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.esobes import Statement
from integrations.simulator import Down, Faults, Journal, MeasureWish, Simulator

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
WISH = {
    "id": "ES-1",
    "iin": "800517300075",
    "name": {"ru": "Трость опорная"},
    "programme": "individual_programme",
    "programme_date": "2026-02-01",
    "direction": "tsr_sale",
    "region": "71",
}


class _Portal:
    """The portal's door: answers as told, remembers what arrived."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[bytes] = []
        self.now = NOW

    async def door(self, request: Request) -> Response:
        self.got.append(await request.body())
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    def names(self) -> list[str]:
        """Identifiers of the messages that arrived properly signed, in order."""
        return [json.loads(body)["message_id"] for body in self.got if body.endswith(b"}")]


class _World:
    """A simulator over a journal, and the portal it talks to."""

    def __init__(self, file: Path) -> None:
        self.portal = _Portal()
        app = Starlette(routes=[Route("/partners/esobes", self.portal.door, methods=["POST"])])
        self.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app))
        self.journal = Journal(file)
        self.simulator = Simulator(
            self.journal,
            lambda content: content,
            self.client,
            "http://portal.test/partners/esobes",
            lambda: self.portal.now,
        )

    async def send(self, **wish: Any) -> str:
        return await self.simulator.send_measure(MeasureWish.model_validate_json(json.dumps(WISH | wish)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[_World]:
    """Partners with an empty journal."""
    made = _World(tmp_path / "partners.sqlite3")
    yield made
    made.journal.close()


def _report(sequence: int = 1, type_: str = "measure_status", **changes: Any) -> bytes:
    report = {
        "contract": "komek.esobes/1",
        "message_id": f"key-{sequence}",
        "type": type_,
        "sent_at": NOW.isoformat(),
        "measure": "ES-1",
        "sequence": sequence,
        "cycle": 1,
        "status": "choice_open",
    }
    return json.dumps(report | changes).encode()


SMS = json.dumps({"to": "+77010000001", "text": "Сообщение", "language": "ru"}).encode()


async def test_a_key_counts_deliveries_but_has_one_effect(world: _World) -> None:
    """R-I: a message delivered twice under one key is kept once, and both deliveries are counted."""
    numbers = {await world.simulator.take_sms("key-1", SMS) for _ in range(3)}
    reports = {await world.simulator.take_report("key-1", _report()) for _ in range(2)}
    assert (len(numbers), len(reports)) == (1, 1)
    (sms,) = await world.simulator.inbox()
    assert (sms["text"], sms["deliveries"]) == ("Сообщение", 3)
    (measure,) = (await world.simulator.esobes())["measures"].values()
    assert (len(measure["reports"]), measure["deliveries"], measure["in_order"]) == (1, 2, True)


async def test_fulfilment_fills_in_from_the_reports(world: _World) -> None:
    """R-C6: the twin keeps each measure's status and orders, and sees whether reports came in order."""
    order = {"id": "order-1", "status": "placed"}
    await world.simulator.take_report("a", _report(1))
    await world.simulator.take_report("b", _report(2, "order_status", status="ordered", order=order))
    view = (await world.simulator.esobes())["measures"]["ES-1"]
    assert (view["status"], view["orders"], view["in_order"]) == ("ordered", {"order-1": "placed"}, True)
    await world.simulator.take_report("d", _report(4))
    assert not (await world.simulator.esobes())["measures"]["ES-1"]["in_order"]


async def test_an_activation_comes_back_in_the_queue_once(world: _World) -> None:
    """R-C5: an activation is answered after a while by the measure under a new revision, once per request."""
    await world.send()
    await world.simulator.send_due()
    for _ in range(2):
        await world.simulator.take_report("key-1", _report(1, "activation_requested"))
    assert await world.simulator.send_due() == 0
    world.portal.now += timedelta(seconds=2)
    assert await world.simulator.send_due() == 1
    assert await world.simulator.send_due() == 0
    first, second = (json.loads(body) for body in world.portal.got)
    assert second["type"] == "measure_reactivated"
    assert second["measure"] == first["measure"] | {"revision": 2}


async def test_an_activation_of_an_unknown_measure_is_only_kept(world: _World) -> None:
    """R-I: the twin can't send a measure it never stated, unless it was told of it."""
    await world.simulator.take_report("key-1", _report(1, "activation_requested"))
    assert (await world.simulator.esobes())["sent"] == []
    statement = Statement.model_validate_json(json.dumps(WISH | {"revision": 1}))
    await world.simulator.know(statement)
    await world.simulator.take_report("key-2", _report(2, "activation_requested"))
    assert [one["message_id"] for one in (await world.simulator.esobes())["sent"]] == ["ES-1.2"]


async def test_what_the_portal_has_not_answered_is_sent_again(world: _World) -> None:
    """R-I: a portal that fails gets the same message again until it answers; a refusal is final."""
    world.portal.statuses = [503, 500, 200]
    await world.send()
    for _ in range(4):
        await world.simulator.send_due()
        world.portal.now += timedelta(seconds=1)
    assert world.portal.names() == ["ES-1.1"] * 3
    world.portal.statuses = [409]
    await world.send(quantity=2)
    for _ in range(2):
        await world.simulator.send_due()
        world.portal.now += timedelta(seconds=1)
    sent = (await world.simulator.esobes())["sent"]
    assert [one["answers"] for one in sent] == [["503", "500", "200"], ["409"]]


async def test_faults_on_demand(world: _World) -> None:
    """R-I: late, twice, out of order, a wrong signature first, and down; they outlive a restart."""
    faults = Faults(late=5, twice=True, out_of_order=True, wrong_signature=True)
    await world.simulator.set_faults(faults)
    for quantity in (1, 2):
        await world.send(quantity=quantity)
    assert await world.simulator.send_due() == 0
    world.portal.now += timedelta(seconds=5)
    assert await world.simulator.send_due() == 2
    assert world.portal.names() == ["ES-1.2"] * 2 + ["ES-1.1"] * 2
    assert len(world.portal.got) == 6
    assert await world.simulator.faults() == faults

    await world.simulator.set_faults(Faults(esobes_down=True, sms_down=True))
    with pytest.raises(Down):
        await world.simulator.take_report("key-1", _report())
    with pytest.raises(Down):
        await world.simulator.take_sms("key-1", SMS)
    assert await world.simulator.inbox() == []


async def test_the_pump_runs_until_it_is_stopped(world: _World) -> None:
    """R-I: queued messages go out by themselves; a portal that can't be reached stops nothing."""
    world.client._transport = httpx2.AsyncHTTPTransport()
    running = asyncio.create_task(world.simulator.run())
    await world.send()
    while not (await world.simulator.esobes())["sent"][0]["attempts"]:
        await asyncio.sleep(0.05)
    world.simulator.stop()
    await running
    assert (await world.simulator.esobes())["sent"][0]["answers"] == ["0"]


@pytest.mark.parametrize("wish", [{"iin": "1"}, {"direction": "space"}, {"name": {"kk": "Таяқ"}}])
async def test_a_measure_that_breaks_the_contract_is_not_sent(world: _World, wish: dict[str, Any]) -> None:
    """R-I: the twin itself keeps to the contract and leaves nothing of what doesn't."""
    with pytest.raises(ValidationError):
        await world.send(**wish)
    assert (await world.simulator.esobes())["sent"] == []


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from integrations.simulator import Journal
journal = Journal(Path(sys.argv[1]))
sms = {"to": "+77010000001", "text": "text", "language": "ru"}
for number in range(100_000):
    with journal.transaction() as writing:
        writing.add_sms(f"key-{number}", sms, datetime.now(UTC))
    print(number, flush=True)
"""


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """R-I: after kill -9 everything that was answered is there, once, and the journal goes on."""
    file = tmp_path / "partners.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    ) as writer:
        assert writer.stdout is not None
        answered = [int(writer.stdout.readline()) for _ in range(20)][-1]
        os.kill(writer.pid, signal.SIGKILL)
    journal = Journal(file)
    with journal.transaction() as reading:
        keys = [row["key"] for row in reversed(reading.sms())]
    assert keys == [f"key-{number}" for number in range(len(keys))]
    assert len(keys) > answered
    with journal.transaction() as writing:
        assert writing.add_sms("key-0", {"to": "", "text": "", "language": "ru"}, NOW) == 1
    journal.close()


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    """R-I: what fails halfway is undone."""
    journal = Journal(tmp_path / "partners.sqlite3")
    with pytest.raises(TypeError), journal.transaction() as writing:
        writing.set_faults({"late": 1, "twice": object()})
    with journal.transaction() as reading:
        assert reading.faults() == {}
    journal.close()
