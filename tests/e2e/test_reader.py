"""The independent reader: what the demonstration's verdict rests on must itself see every kind of fault."""

import json
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo import MongoClient

from demo.reader import read

Row = dict[str, Any]
MEASURE, ORDER, EVIDENCE = ObjectId("6b" * 12), ObjectId("6c" * 12), ObjectId("6d" * 12)
MEASURE_ID, ORDER_ID, EVIDENCE_ID = (
    "TWVhc3VyZTo2YjZiNmI2YjZiNmI2YjZiNmI2YjZiNmI",
    "T3JkZXI6NmM2YzZjNmM2YzZjNmM2YzZjNmM2YzZj",
    "RXZpZGVuY2U6NmQ2ZDZkNmQ2ZDZkNmQ2ZDZkNmQ2ZDZk",
)
TOPIC = "region:71"


def ledger() -> Row:
    """A script that opened a measure and placed one order."""
    events = [("measure.changed", "choice_open", MEASURE_ID), ("order.changed", "placed", ORDER_ID)]
    seen = [
        {"seq": seq, "event": event, "status": status, "node": node}
        for seq, (event, status, node) in enumerate(events, 1)
    ]
    return {
        "measures": [
            {
                "number": "ES-1",
                "identifier": MEASURE_ID,
                "cycle": 1,
                "status": "ordered",
                "reports": [["measure_status", "ordered", None], ["order_status", "ordered", "placed"]],
                "sms": ["1:choice_open"],
            }
        ],
        "orders": [
            {"identifier": ORDER_ID, "measure": MEASURE_ID, "status": "placed", "evidence": [EVIDENCE_ID]}
        ],
        "feeds": [{"name": "region", "topic": TOPIC, "expected": events, "log": {"seen": seen}}],
    }


def pages() -> dict[str, Row]:
    """What the partners got of it."""
    said = [("measure_status", None), ("order_status", {"id": "o", "status": "placed"})]
    reports = [
        {"message_id": f"r{seq}", "sequence": seq, "type": type_, "status": "ordered", "order": order}
        for seq, (type_, order) in enumerate(said, 1)
    ]
    twin = {"status": "ordered", "in_order": True, "reports": reports}
    inbox = [{"key": f"measure:{MEASURE}:1:choice_open"}]
    return {
        "/simulator/inbox.json": {"messages": inbox},
        "/simulator/esobes.json": {"measures": {"ES-1": twin}},
    }


class World:
    """What the reader reads: a database and the partners' pages, to be spoiled one by one."""

    def __init__(self, mongodb: str, name: str, folder: Path) -> None:
        self.mongodb, self.name, self._file = mongodb, name, folder / "ledger.json"
        self.ledger, self.pages = ledger(), pages()
        self.client = MongoClient[Row](mongodb)
        self.database = self.client[name]
        self._fill()

    def _fill(self) -> None:
        row = {"_id": ORDER, "measure": MEASURE, "status": "placed", "history": [{"status": "placed"}]}
        self.database.orders.insert_one(row)
        self.database.measures.insert_one(
            {"_id": MEASURE, "esobes_id": "ES-1", "status": "ordered", "cycle": 1}
        )
        self.database.evidence.insert_one({"_id": EVIDENCE, "subject": ORDER, "purpose": "application"})
        self.database.outbox.insert_one({"about": str(MEASURE), "state": "delivered"})
        for one in self.ledger["feeds"][0]["log"]["seen"]:
            data = {"status": one["status"]}
            self.database.feed.insert_one(
                {"topic": TOPIC, "seq": one["seq"], "kind": one["event"], "data": data}
            )

    def read(self) -> list[str]:
        """The reader's findings."""
        self._file.write_text(json.dumps(self.ledger))
        with served(self.pages) as url:
            return read(self._file, self.mongodb, url, self.name)


class served:  # noqa: N801 - used as a context manager
    """The pages behind an address of their own."""

    def __init__(self, answers: dict[str, Row]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(answers[self.path]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        serve, often = self._server.serve_forever, {"poll_interval": 0.02}
        threading.Thread(target=serve, kwargs=often, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
async def world(mongod: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world in which all is well."""
    made = World(mongod, f"reader_{secrets.token_hex(6)}", tmp_path)
    yield made
    made.client.drop_database(made.name)
    made.client.close()


def faults() -> Iterator[tuple[str, Callable[[World], object]]]:
    """Everything that can be lost or there twice, and what the reader says of it."""
    again = {"measure": MEASURE, "status": "placed", "history": []}
    yield "order", lambda world: world.database.orders.insert_one(dict(again))
    yield "order", lambda world: world.database.orders.delete_one({})
    yield "order", lambda world: world.database.orders.update_one({}, {"$set": {"status": "declined"}})
    yield "measure", lambda world: world.database.measures.update_one({}, {"$set": {"cycle": 2}})
    yield "evidence", lambda world: world.database.evidence.delete_one({})
    yield (
        "evidence",
        lambda world: world.database.evidence.insert_one({"subject": ORDER, "purpose": "application"}),
    )
    yield "feed", lambda world: world.ledger["feeds"][0]["log"]["seen"].pop()
    yield "feed", lambda world: world.ledger["feeds"][0]["log"]["seen"].reverse()
    yield "feed", lambda world: world.database.feed.delete_one({"seq": 2})
    yield "outbox", lambda world: world.database.outbox.update_one({}, {"$set": {"state": "leased"}})
    yield "SMS", lambda world: world.pages["/simulator/inbox.json"]["messages"].clear()
    yield (
        "SMS",
        lambda world: world.pages["/simulator/inbox.json"]["messages"].append(
            {"key": f"measure:{MEASURE}:1:choice_open"}
        ),
    )
    page = "/simulator/esobes.json"
    yield "Е-Собес", lambda world: world.pages[page]["measures"]["ES-1"]["reports"].pop()
    yield "Е-Собес", lambda world: world.pages[page]["measures"]["ES-1"]["reports"].reverse()
    yield "Е-Собес", lambda world: world.pages[page]["measures"]["ES-1"].update(status="fulfilled")
    yield "Е-Собес", lambda world: world.pages[page]["measures"].clear()


async def test_all_is_well_when_it_is(world: World) -> None:
    """A database and partners that hold what the script says give no finding."""
    assert world.read() == []


@pytest.mark.parametrize(("where", "spoil"), [*faults()])
async def test_each_loss_and_each_double_is_found(
    world: World, where: str, spoil: Callable[[World], object]
) -> None:
    """Whatever is lost, there twice, out of order or otherwise than the script says is named."""
    spoil(world)
    findings = world.read()
    assert findings
    assert {said.split(":")[0].split(" ")[0] for said in findings} == {where}
