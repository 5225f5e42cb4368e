"""The socket speaks graphql-transport-ws and closes with a code whenever it does not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState
from strawberry.http.exceptions import WebSocketDisconnected
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from execution.websocket import Socket
from tests.execution.conftest import Library
from tests.execution.server import Port, door, serving

PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def connected(library: Library, **payload: object) -> AsyncIterator[ClientConnection]:
    """A connection after its acknowledgement."""
    async with connect(f"ws://{library.address}/graphql", subprotocols=[PROTOCOL]) as socket:
        await tell(socket, type="connection_init", payload=payload)
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


async def tell(socket: ClientConnection, **message: object) -> None:
    """Send a message."""
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> Any:
    """Receive a message; all messages are text."""
    frame = await socket.recv()
    assert isinstance(frame, str)
    return json.loads(frame)


async def subscribe(socket: ClientConnection, name: str, query: str, **variables: object) -> None:
    """Start an operation."""
    await tell(socket, type="subscribe", id=name, payload={"query": query, "variables": variables})


async def _until_closed(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    with suppress(ConnectionClosed):
        while True:
            yield await socket.recv()


async def closing(socket: ClientConnection) -> int:
    """The code that the server closes with."""
    async for _ignored in _until_closed(socket):
        pass
    assert socket.close_code is not None
    return socket.close_code


async def test_a_subscription_comes_in_order_and_completes(library: Library) -> None:
    """R-E1: events arrive as `next` in order, then `complete`; the id may be used again."""
    async with connected(library) as socket:
        for _ in range(2):
            await subscribe(socket, "a", "subscription($n: Int!) {counting(to: $n)}", n=2)
            heard = [await hear(socket) for _ in range(3)]
            assert [m.get("payload") for m in heard] == [
                {"data": {"counting": 0}},
                {"data": {"counting": 1}},
                None,
            ]
            assert heard[-1] == {"id": "a", "type": "complete"}


async def test_queries_and_mutations_run_too_with_contexts_of_their_own(library: Library) -> None:
    """Every operation has a fresh context of the session's viewer."""
    library.port.contexts.clear()
    async with connected(library, token="aigerim") as socket:
        for query in ("{viewer}", 'mutation {bookAdd(input: {title: "x"}) {__typename}}'):
            await subscribe(socket, "q", query)
            assert "errors" not in (await hear(socket))["payload"]
            assert (await hear(socket))["type"] == "complete"
    first, second = library.port.contexts
    assert first is not second
    assert first.viewer == second.viewer == "aigerim"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "DOCUMENT_SYNTAX"),
        ("{viewr}", "DOCUMENT_INVALID"),
        ("query($n: Int!) {echo(number: $n)}", "VARIABLES_INVALID"),
        ("subscription($n: Int!) {counting(to: $n)}", "VARIABLES_INVALID"),
        ("", "QUERY_MISSING"),
        ("fragment F on Query {viewer}", "OPERATION_UNKNOWN"),
    ],
)
async def test_a_wrong_operation_is_an_error_and_the_connection_lives(
    library: Library, query: str, code: str
) -> None:
    """Mistakes end their operation with `error`, in the same words as over HTTP."""
    async with connected(library) as socket:
        await subscribe(socket, "a", query)
        answer = await hear(socket)
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
        assert [error["extensions"]["code"] for error in errors] == [code]
        await tell(socket, type="ping")
        heard = await hear(socket)
        assert heard["type"] in {"pong", "complete"}


async def test_an_error_in_a_stream_is_masked(library: Library) -> None:
    """R-J1: an exception in a source ends the stream with INTERNAL and no text of its own."""
    async with connected(library) as socket:
        await subscribe(socket, "a", "subscription {counting(to: 0, fail: true)}")
        answer = await hear(socket)
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert "900101300123" not in json.dumps(answer)


MALFORMED: dict[str, str | bytes] = {
    "not JSON": "{",
    "null": "null",
    "a list": "[]",
    "a string": '"x"',
    "no type": "{}",
    "a type that is a number": '{"type": 5}',
    "an unknown type": '{"type": "start"}',
    "a payload that is a list": '{"type": "subscribe", "id": "a", "payload": []}',
    "no payload": '{"type": "subscribe", "id": "a"}',
    "an id that is a list": '{"type": "subscribe", "id": [], "payload": {"query": "{viewer}"}}',
    "a query that is a number": '{"type": "subscribe", "id": "a", "payload": {"query": 5}}',
    "variables that are a list": '{"type": "subscribe", "id": "a", "payload": {"query": "{viewer}", "variables": []}}',
    "complete without id": '{"type": "complete"}',
    "a ping with a string": '{"type": "ping", "payload": "x"}',
    "NaN": '{"type": "subscribe", "id": "a", "payload": {"query": "{viewer}", "variables": {"n": NaN}}}',
    "a lone surrogate": '{"type": "ping", "payload": {"x": "\\ud800"}}',
    "lists in lists": "[" * 60_000,
    "an operation name that is a list": '{"type": "subscribe", "id": "a", "payload": {"query": "{viewer}", "operationName": []}}',
    "extensions that are a string": '{"type": "subscribe", "id": "a", "payload": {"query": "{viewer}", "extensions": "x"}}',
    "init with a list": '{"type": "connection_init", "payload": []}',
    "the legacy protocol": '{"type": "start", "id": "a", "payload": {"query": "{viewer}"}}',
    "bytes": b"\x00\x01",
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_frame_closes_with_4400(library: Library, frame: str | bytes) -> None:
    """What is no message of the protocol closes with 4400, before and after `connection_init`."""
    async with connected(library) as socket:
        await socket.send(frame)
        assert await closing(socket) == 4400
    async with connect(f"ws://{library.address}/graphql", subprotocols=[PROTOCOL]) as socket:
        await socket.send(frame)
        assert await closing(socket) in {4400, 4401}


async def test_the_order_of_the_protocol_is_kept(library: Library) -> None:
    """4401 before init, 4429 for two, 4409 for an id in use; init with `payload: null` is fine."""
    address = f"ws://{library.address}/graphql"
    async with connect(address, subprotocols=[PROTOCOL]) as socket:
        await subscribe(socket, "a", "{viewer}")
        assert await closing(socket) == 4401
    async with connect(address, subprotocols=[PROTOCOL]) as socket:
        await tell(socket, type="connection_init", payload=None)
        assert await hear(socket) == {"type": "connection_ack"}
        await tell(socket, type="connection_init")
        assert await closing(socket) == 4429
    async with connected(library) as socket:
        await subscribe(socket, "a", "subscription {silence}")
        await subscribe(socket, "a", "subscription {silence}")
        assert await closing(socket) == 4409


async def test_only_one_protocol_is_spoken(library: Library) -> None:
    """The legacy protocol is refused."""
    async with connect(f"ws://{library.address}/graphql", subprotocols=[Subprotocol("graphql-ws")]) as socket:
        assert await closing(socket) == 4406


async def test_a_frame_beyond_the_limit_closes(library: Library) -> None:
    """R-E5: a large frame is refused by the server with 1009."""
    async with connected(library) as socket:
        await socket.send('"' + "x" * 70_000 + '"')
        assert await closing(socket) == 1009


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://portal.example", True), ("https://evil.example", False), ("null", False)],
)
async def test_origins_are_a_setting(library: Library, origin: str, allowed: bool) -> None:
    """R-K: a browser's page on another origin may connect only when it is listed."""
    address = f"ws://{library.address}/graphql"
    if allowed:
        async with connect(address, subprotocols=[PROTOCOL], origin=Origin(origin)) as socket:
            assert socket.subprotocol == PROTOCOL
        return
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, subprotocols=[PROTOCOL], origin=Origin(origin))
    assert refused.value.response.status_code == 403


async def test_too_many_operations_are_refused_one_by_one(library: Library) -> None:
    """A connection holds a bounded number of operations; the one too many gets a typed error."""
    async with connected(library) as socket:
        for name in "abc":
            await subscribe(socket, name, "subscription {silence}")
        await subscribe(socket, "d", "subscription {silence}")
        refused = await hear(socket)
        assert (refused["id"], refused["type"]) == ("d", "error")
        assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await tell(socket, type="complete", id="a")
        await subscribe(socket, "d", "{viewer}")
        assert (await hear(socket))["payload"] == {"data": {"viewer": "anonymous"}}


async def test_a_refused_viewer_is_closed_with_4403(library: Library) -> None:
    """R-E4: an expired token at init, and a right revoked during a subscription, close with 4403."""
    async with connect(f"ws://{library.address}/graphql", subprotocols=[PROTOCOL]) as socket:
        await tell(socket, type="connection_init", payload={"token": "expired"})
        assert await closing(socket) == 4403
    async with connected(library, token="daulet") as socket:
        library.port.revoked.add("daulet")
        await subscribe(socket, "a", "subscription {counting}")
        assert await closing(socket) == 4403


async def test_a_ping_renews_the_session(library: Library) -> None:
    """R-K: a ping with a fresh token goes on as its viewer; a refused one closes with 4403."""
    async with connected(library, token="old") as socket:
        await tell(socket, type="ping", payload={"token": "new"})
        assert await hear(socket) == {"type": "pong"}
        await subscribe(socket, "a", "{viewer}")
        assert (await hear(socket))["payload"] == {"data": {"viewer": "new"}}
        await hear(socket)
        await tell(socket, type="pong", payload={})
        await tell(socket, type="ping", payload={"token": "expired"})
        assert await closing(socket) == 4403


async def test_what_nobody_expects_closes_with_1011(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken port does not leave the client waiting, and its text stays out of the log."""
    async with connected(library, token="broken") as socket:
        await subscribe(socket, "a", "{viewer}")
        assert await closing(socket) == 1011
    async with connect(f"ws://{library.address}/graphql", subprotocols=[PROTOCOL]) as socket:
        await tell(socket, type="connection_init", payload={"token": "unreadable"})
        assert await closing(socket) == 1011
    assert caplog.text.count("ZeroDivisionError in websocket") == 2
    assert "900101300123" not in caplog.text


async def test_a_socket_that_is_gone_is_left_alone() -> None:
    """Sending after the end is a disconnect, closing after the end is nothing."""
    gone = WebSocket({"type": "websocket"}, None, None)  # type: ignore[arg-type]
    gone.application_state = WebSocketState.DISCONNECTED
    socket = Socket(None, gone, gone)  # type: ignore[arg-type]
    with pytest.raises(WebSocketDisconnected):
        await socket.send_json({})
    await socket.close(4400, "again")


async def test_silence_after_the_handshake_closes_with_4408() -> None:
    """A client that never says `connection_init` is closed after the setting's time."""
    graphql = door(Port(), init_timeout=timedelta(milliseconds=50))
    app = Starlette(routes=[WebSocketRoute("/graphql", graphql)])
    async with (
        serving(app) as address,
        connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as socket,
    ):
        assert await closing(socket) == 4408


async def test_a_gone_client_leaves_no_task(library: Library) -> None:
    """R-E5: when a client vanishes, its operations end."""
    before = len(asyncio.all_tasks())
    async with connected(library) as socket:
        for name in "abc":
            await subscribe(socket, name, "subscription {silence}")
        await tell(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        socket.transport.abort()
    async with asyncio.timeout(20):
        while len(asyncio.all_tasks()) > before:
            await asyncio.sleep(0.01)
