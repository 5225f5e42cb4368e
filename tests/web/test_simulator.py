import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from integrations.simulator import Journal, Simulator
from web.simulator import simulator_routes

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SMS = {"to": "+77010000001", "text": "<script>alert(1)</script> Таңдау ашылды", "language": "kk"}
KEY = {"Idempotency-Key": "key-1"}
MEASURE = {
    "id": "ES-1",
    "iin": "800517300075",
    "name": {"ru": "Трость опорная"},
    "programme": "elderly_services",
    "programme_date": "2026-02-01",
    "direction": "special_social_services",
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser before the simulated partners."""
    journal = Journal(tmp_path / "partners.sqlite3")
    async with httpx2.AsyncClient() as outside:
        simulator = Simulator(journal, lambda content: content, outside, "http://127.0.0.1:1/", lambda: NOW)
        app = Starlette(routes=simulator_routes(simulator))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
            yield made
    journal.close()


async def test_the_inbox_shows_messages_as_text(client: httpx2.AsyncClient) -> None:
    """R-H: a person reads the newest message first, in its language; nothing in a message is markup."""
    for number in (1, 2):
        sms = SMS | {"text": f"{SMS['text']} {number}"}
        answer = await client.post("/simulator/sms", json=sms, headers={"Idempotency-Key": f"key-{number}"})
        assert (answer.status_code, answer.json()) == (202, {"id": f"sms-{number}"})
    page = await client.get("/simulator/inbox")
    assert page.text.index("ашылды 2") < page.text.index("ашылды 1")
    assert "<script>" not in page.text
    assert '<p lang="kk">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    messages = (await client.get("/simulator/inbox.json")).json()["messages"]
    assert [one["key"] for one in messages] == ["key-2", "key-1"]


async def test_a_measure_is_sent_on_demand(client: httpx2.AsyncClient) -> None:
    """R-C2: Е-Собес can be told to state a measure; for the elderly it is a recommended service."""
    answer = await client.post("/simulator/esobes/measures", json=MEASURE)
    assert (answer.status_code, answer.json()) == (202, {"messageId": "ES-1.1"})
    assert (await client.get("/simulator/esobes.json")).json()["sent"][0]["message_id"] == "ES-1.1"


async def test_faults_can_be_switched(client: httpx2.AsyncClient) -> None:
    """R-I: faults are set over HTTP; a partner that is down answers 503."""
    set_ = await client.post("/simulator/faults", json={"sms_down": True})
    assert set_.json() == (await client.get("/simulator/faults")).json()
    assert (await client.post("/simulator/sms", json=SMS, headers=KEY)).status_code == 503


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("sms", json.dumps(SMS), {}, 400),
        ("sms", json.dumps(SMS | {"language": "de"}), KEY, 400),
        ("sms", "a" * 70_000, KEY, 413),
        ("esobes", "{}", KEY, 400),
        ("esobes", "0 no signature", KEY, 400),
        ("esobes/measures", "[]", {}, 400),
        ("esobes/measures", json.dumps({"id": "ES-1"}), {}, 400),
        ("esobes/measures", "a" * 70_000, {}, 413),
        ("faults", '{"late": -1}', {}, 400),
    ],
)
async def test_what_cannot_be_read_is_refused(
    client: httpx2.AsyncClient, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    """R-I: the doors refuse what breaks the contract and keep nothing of it."""
    answer = await client.post(f"/simulator/{path}", content=body, headers=headers)
    assert answer.status_code == status
    assert (await client.get("/simulator/inbox.json")).json() == {"messages": []}
    assert (await client.get("/simulator/esobes.json")).json() == {"measures": {}, "sent": []}


async def test_a_report_is_taken(client: httpx2.AsyncClient) -> None:
    """R-C6: the door for reports answers with Е-Собес's own number."""
    report = {
        "contract": "komek.esobes/1",
        "message_id": "key-1",
        "type": "measure_status",
        "sent_at": NOW.isoformat(),
        "measure": "ES-1",
        "sequence": 1,
        "cycle": 1,
        "status": "choice_open",
    }
    answer = await client.post("/simulator/esobes", json=report, headers=KEY)
    assert (answer.status_code, answer.json()) == (202, {"id": "report-1"})
