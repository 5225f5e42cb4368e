"""A closed loop of HTTP clients in a process of its own: each connection asks again once it was answered.

`python -m tests.benches.load` reads an `Errand` from standard input and prints seconds of every answer as JSON.
Nothing but sockets: what an HTTP library would cost is not measured along.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle

import uvloop


@dataclass(frozen=True, slots=True)
class Errand:
    """Whom to ask what: the bodies take turns, over so many connections, for so many seconds."""

    port: int
    bodies: list[str]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """How long each answer took, in seconds, and the time from the first question to the last answer."""

    answers: list[float]
    whole: float


def send(errand: Errand) -> Report:
    """Have the errand run in another process."""
    command = [sys.executable, "-m", "tests.benches.load"]
    done = subprocess.run(
        command, input=json.dumps(asdict(errand)).encode(), stdout=subprocess.PIPE, check=True
    )
    return Report(**json.loads(done.stdout))


def request(body: str) -> bytes:
    """A GraphQL request as bytes."""
    content = body.encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nAccept-Language: ru\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The body of the next answer; RuntimeError for anything but 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.lower().split(b"\r\n")
    if b" 200 " not in status + b" ":
        raise RuntimeError(head.decode())
    length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))
    return await reader.readexactly(length)


async def loop(errand: Errand) -> Report:
    """Run the errand here."""
    requests = cycle([request(body) for body in errand.bodies])
    begin = time.perf_counter()
    answers: list[float] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", errand.port, limit=1 << 20)
        while (asked := time.perf_counter()) < begin + errand.seconds:
            writer.write(next(requests))
            body = await answer(reader)
            answers.append(time.perf_counter() - asked)
            if b'"errors"' in body:
                raise RuntimeError(body[:500].decode())
        writer.close()

    await asyncio.gather(*(connection() for _ in range(errand.connections)))
    return Report(answers, time.perf_counter() - begin)


def once(port: int, bodies: Sequence[str]) -> list[bytes]:
    """Each body's answer, one after the other: for looking at it before it is measured."""

    async def ask() -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        found = []
        for body in bodies:
            writer.write(request(body))
            found.append(await answer(reader))
        writer.close()
        return found

    return uvloop.run(ask())


def main() -> None:
    """The process that asks."""
    report = uvloop.run(loop(Errand(**json.load(sys.stdin))))
    json.dump(asdict(report), sys.stdout)


if __name__ == "__main__":
    main()
