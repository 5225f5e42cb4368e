"""A lean closed loop of HTTP clients, in a process of its own: bytes prepared before, answers counted by length.

`python -m tests.benches.peers.client` reads an `Errand` from standard input and prints a `Report` as JSON. A
protocol on uvloop costs a fifth of what the leanest server here does, so that it may measure prepared bytes.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import uvloop

from tests.benches.tables import percentile

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

_PATIENCE = 60
"""Seconds that a single answer may take."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Whom to ask what: the bodies take turns, and each has an answer of a known length."""

    port: int
    path: str
    bodies: Sequence[str]
    lengths: Sequence[int]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """How many answers in how many seconds, and how long the median and the slowest hundredth took."""

    count: int
    whole: float
    p50: float
    p99: float


class WrongAnswerError(Exception):
    """A server answered something else than before; the measurement is void."""


def request(path: str, body: str) -> bytes:
    """A question as bytes."""
    content = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nAccept-Language: ru\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def send(errand: Errand) -> Report:
    """Have the errand run in another process; WrongAnswerError says what it met."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benches.peers.client"],
        input=json.dumps(asdict(errand)).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=errand.seconds + _PATIENCE,
    )
    found = json.loads(done.stdout)
    if "wrong" in found:
        raise WrongAnswerError(found["wrong"])
    return Report(**found)


class _Loop:
    """What the connections of an errand share."""

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.requests = [request(errand.path, body) for body in errand.bodies]
        self.taken: list[float] = []
        self.next = 0
        self.end = time.perf_counter() + errand.seconds
        self.open = errand.connections
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def closed(self) -> None:
        """One connection less."""
        self.open -= 1
        if self.open == 0 and not self.done.done():
            self.done.set_result(None)

    def wrong(self, what: str) -> None:
        """Give up."""
        if not self.done.done():
            self.done.set_exception(WrongAnswerError(what))


class _Connection(asyncio.Protocol):
    """Asks again once it was answered."""

    def __init__(self, shared: _Loop) -> None:
        self._shared = shared
        self._head = b""
        self._missing = -1
        self._turn = 0
        self._asked = 0.0
        self._is_over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask first; a transport of uvloop is none of asyncio."""
        self._transport: Any = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count what is still missing of the answer."""
        if self._missing < 0:
            data = self._begun(data)
            if self._missing < 0:
                return
        self._missing -= len(data)
        if self._missing == 0:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server must not close."""
        if not self._is_over:
            self._shared.wrong(f"the connection was closed: {exc}")

    def _ask(self) -> None:
        shared = self._shared
        self._turn = shared.next
        shared.next = (shared.next + 1) % len(shared.requests)
        self._missing, self._head = -1, b""
        self._asked = time.perf_counter()
        self._transport.write(shared.requests[self._turn])

    def _begun(self, data: bytes) -> bytes:
        """The first bytes of the body, once the head is complete and as it should be."""
        head, gap, body = (self._head + data).partition(b"\r\n\r\n")
        if not gap:
            self._head += data
            return b""
        length = _LENGTH.search(head)
        expected = self._shared.errand.lengths[self._turn]
        if head[9:12] != b"200" or length is None or int(length[1]) != expected:
            said = f"{head.decode()}\n{body[:500].decode(errors='replace')}"
            self._shared.wrong(f"{expected} bytes expected, and this came:\n{said}")
            return b""
        self._missing = expected
        return body

    def _answered(self) -> None:
        now = time.perf_counter()
        self._shared.taken.append(now - self._asked)
        if now < self._shared.end:
            self._ask()
        else:
            self._is_over = True
            self._transport.close()
            self._shared.closed()


async def loop(errand: Errand) -> Report:
    """Run the errand here."""
    began, shared = time.perf_counter(), _Loop(errand)
    running = asyncio.get_running_loop()
    for _ in range(errand.connections):
        await running.create_connection(lambda: _Connection(shared), "127.0.0.1", errand.port)
    await shared.done
    taken = shared.taken
    whole = time.perf_counter() - began
    return Report(len(taken), whole, percentile(taken, 0.5), percentile(taken, 0.99))


def main() -> None:
    """The process that asks."""
    try:
        found = asdict(uvloop.run(loop(Errand(**json.load(sys.stdin)))))
    except WrongAnswerError as error:
        found = {"wrong": str(error)}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
