"""Whoever may not go on is told so within half a second, event or none, for the price of one question."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from execution.watch import Watch
from tests.execution.conftest import Library
from tests.execution.test_websocket import closing, connected, subscribe

EVERY = timedelta(milliseconds=1)


async def test_a_silent_subscription_ends_with_its_session(library: Library) -> None:
    """R-A6: a subscription that no event reaches is closed with 4403 and the reason when its viewer is revoked."""
    async with connected(library, token="silent") as socket:
        await subscribe(socket, "a", "subscription {silence}")
        library.port.revoked.add("silent")
        assert await closing(socket) == 4403
        assert socket.close_reason == "SESSION_ENDED"


async def test_a_connection_without_operations_ends_as_well(library: Library) -> None:
    """R-A6: an open connection is a session that was revoked, too."""
    async with connected(library, token="idle") as socket, connected(library, token="other") as other:
        library.port.revoked.add("idle")
        assert await closing(socket) == 4403
        await other.ping()
        assert other.close_code is None


class One:
    """A connection."""

    def __init__(self, session: object) -> None:
        self.session = session
        self.reasons: list[str] = []

    async def end(self, reason: str) -> None:
        """Remember why."""
        self.reasons.append(reason)


class Asked:
    """Says what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.questions: list[list[object]] = []
        self.answers: dict[int, str] = {}
        self.trouble: list[Exception] = []
        self.meanwhile: Any = lambda: None

    async def ended(self, sessions: Sequence[Any]) -> Mapping[int, str]:
        """Answer."""
        self.questions.append(list(sessions))
        if self.trouble:
            raise self.trouble.pop()
        self.meanwhile()
        return self.answers

    async def again(self) -> None:
        """Wait for two more questions: what the first of them led to has happened."""
        number = len(self.questions) + 2
        while len(self.questions) < number:
            await asyncio.sleep(0.001)


async def test_all_connections_are_one_question() -> None:
    """R-E3: however many are open, each turn asks once; with the last one the asking ends, and begins anew."""
    asked = Asked()
    watch, connections = Watch(asked, EVERY), [One(n) for n in range(100)]
    for each in connections:
        watch.add(each)
    await asked.again()
    assert [sorted(map(str, one)) for one in asked.questions[-1:]] == [sorted(map(str, range(100)))]
    for each in connections:
        watch.discard(each)
    await asyncio.sleep(0.01)
    number = len(asked.questions)
    await asyncio.sleep(0.01)
    assert len(asked.questions) == number
    watch.add(connections[0])
    watch.discard(connections[0])
    watch.add(connections[1])
    await asked.again()
    assert asked.questions[-1] == [1]
    watch.discard(connections[1])


async def test_a_session_renewed_meanwhile_is_spared() -> None:
    """An answer about the token before says nothing of the connection that has a fresh one by now."""
    asked, connection = Asked(), One("old")
    watch = Watch(asked, EVERY)
    asked.answers = {0: "TOKEN_EXPIRED"}
    asked.meanwhile = lambda: setattr(connection, "session", object())
    watch.add(connection)
    await asked.again()
    assert connection.reasons == []
    asked.meanwhile = lambda: None
    await asked.again()
    assert "TOKEN_EXPIRED" in connection.reasons
    watch.discard(connection)


async def test_trouble_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    """A question that fails is logged without its text, and the next turn asks again."""
    asked, connection = Asked(), One("s")
    asked.trouble = [ZeroDivisionError("900101300123")]
    watch = Watch(asked, EVERY)
    with caplog.at_level(logging.ERROR):
        watch.add(connection)
        await asked.again()
    assert "ZeroDivisionError in websocket.watch" in caplog.text
    assert "900101300123" not in caplog.text
    watch.discard(connection)
