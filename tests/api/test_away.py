"""The server while its database is away: typed, retriable answers by every door, and none of them INTERNAL."""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.api.client import document
from tests.api.portal import Portal
from tests.api.server import Server, running
from tests.api.socket import PROTOCOL, Feed, following
from tests.api.wire import Wire

GRAPHQL_JSON = "application/graphql-response+json"
CATEGORIES = {"query": "{ categories { code } }"}


async def said(http: httpx2.AsyncClient, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    """Status and answer."""
    answer = await http.post("/graphql", json=body, headers=headers)
    return answer.status_code, answer.json()


async def greeted(server: Server, authorization: str) -> tuple[int, str]:
    """How a connection with a token ends."""
    address = f"{server.address.replace('http', 'ws')}/graphql"
    async with connect(address, subprotocols=[PROTOCOL]) as socket:
        await socket.send(
            json.dumps({"type": "connection_init", "payload": {"authorization": authorization}})
        )
        try:
            await socket.recv()
        except ConnectionClosed:
            return socket.close_code or 0, socket.close_reason or ""
    return 0, ""


async def test_a_database_that_is_away(mongod: str, tmp_path: Path) -> None:
    """R-L: without its database the server says UNAVAILABLE, 503 where it may, keeps who is connected, and recovers."""
    async with Wire(mongod) as wire:
        name = f"away_{secrets.token_hex(4)}"
        async with (
            running(
                f"{wire.url}&serverSelectionTimeoutMS=3000", name, tmp_path / "data", DEMO_DATA="false"
            ) as server,
            httpx2.AsyncClient(base_url=server.address, timeout=60) as http,
        ):
            portal = Portal(server, http)
            _, client = await portal.supplier()
            async with following(portal, client, "supplierFeed", 0) as feed:
                await portal.published(client)
                for _ in ("supplier.registered", "listing.changed"):
                    await feed.item()
                wire.cut()
                await away(portal, feed, {"authorization": f"Bearer {client.token}"})
                wire.mend()
                await back(http)
                assert (await feed.ping())["type"] == "pong"
            log = await asyncio.to_thread(server.log.read_text, "utf-8")
    assert "not available: " in log
    assert "internal error" not in log


async def away(portal: Portal, feed: Feed, token: dict[str, str]) -> None:
    """What every door says, all asked at once: each waits for a server of the database to be found."""
    http, begin = portal.http, {"identifier": portal.iin(), "consent": True}
    mutation = {"query": document("signInBegin"), "variables": {"input": begin}}
    new, old, act, signed_in, socket, idle = await asyncio.gather(
        said(http, CATEGORIES, accept=GRAPHQL_JSON),
        said(http, CATEGORIES),
        said(http, mutation, accept=GRAPHQL_JSON),
        said(http, {"query": "{ viewer { role } }"}, **token),
        greeted(portal.server, token["authorization"]),
        feed.ping(),
    )
    assert (new[0], old[0], act[0]) == (503, 200, 503)
    for _, answer in (new, old, act):
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAVAILABLE"]
        assert answer["data"] is None
    assert (signed_in[0], signed_in[1]["code"]) == (503, "UNAVAILABLE")
    assert socket == (1013, "UNAVAILABLE")
    assert idle["type"] == "pong"


async def back(http: httpx2.AsyncClient) -> None:
    """Wait until the server answers again."""
    while (await said(http, CATEGORIES))[1].get("errors"):
        await asyncio.sleep(0.1)
