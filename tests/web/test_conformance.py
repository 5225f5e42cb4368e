"""Suites and clients of others against the real portal: GraphQL over HTTP, and graphql-transport-ws."""

import asyncio
import json
import secrets
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.client import Client, document
from tests.api.conftest import portal, server
from tests.api.portal import Portal
from tests.api.server import Server, answering, running, started
from tests.web.node import Script, node

__all__ = ["portal", "server"]

AUDITS = 61


@pytest.mark.web
async def test_graphql_over_http_is_kept_to_the_letter(server: Server) -> None:
    """R-K: every server audit of graphql-http passes, those of SHOULD and MAY included, for both media types."""
    async with node("audit.mjs", f"{server.address}/graphql") as script:
        results = await script.line()
    assert [one for one in results if one["status"] != "ok"] == []
    assert len({one["id"] for one in results}) == len(results) == AUDITS


def socket_of(server: Server) -> str:
    """Where the server's sockets are."""
    return f"{server.address.replace('http', 'ws')}/graphql"


async def told(script: Script, operations: list[dict[str, Any]]) -> list[Any]:
    """What became of operations."""
    script.tell(json.dumps(operations))
    return [await script.line() for _ in operations]


def code(answer: Any) -> str:
    """The code of the error that ended an operation, before it began or while it ran."""
    errors = answer.get("errors") or answer["results"][0]["errors"]
    return str(errors[0]["extensions"]["code"])


@pytest.mark.web
async def test_the_clients_own_library_speaks_to_the_portal(portal: Portal) -> None:
    """R-K: graphql-ws's own client gets queries, mutations, subscriptions and errors over one connection."""
    _, supplier = await portal.supplier()
    await portal.published(supplier)
    begin = {"identifier": portal.iin(), "consent": True}
    operations: list[dict[str, Any]] = [
        {"query": "{ viewer { role } }"},
        {"query": document("signInBegin"), "variables": {"input": begin}},
        {"query": "subscription { supplierFeed(after: 0) { seq } }", "take": 1},
        {"query": "{ viewr }"},
        {"query": "subscription { regionFeed(after: 0) { seq } }"},
        {"query": "query($n: Int!) { listings(first: $n) { totalCount } }", "variables": {"n": "x"}},
        {"query": "{ viewer { role } }"},
    ]
    async with node("operations.mjs", socket_of(portal.server), f"Bearer {supplier.token}") as script:
        query, mutation, feed, unknown, denied, coerced, again = await told(script, operations)
    role = {"results": [{"data": {"viewer": {"role": "SUPPLIER"}}}]}
    assert query == again == role
    assert mutation["results"][0]["data"]["signInBegin"]["__typename"] == "SignInChallenge"
    assert feed["results"] == [{"data": {"supplierFeed": {"seq": 1}}}]
    codes = [code(one) for one in (unknown, denied, coerced)]
    assert codes == ["DOCUMENT_INVALID", "ACCESS_DENIED", "VARIABLES_INVALID"]


@pytest.mark.web
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
async def test_the_clients_own_library_goes_on_where_it_was(
    mongod: str, tmp_path: Path, ending: signal.Signals
) -> None:
    """R-E2: a server that is killed or stopped costs graphql-ws's own client no event and shows none twice."""
    name, folder = f"web_{secrets.token_hex(4)}", tmp_path / "data"
    async with running(mongod, name, folder) as first, httpx2.AsyncClient(base_url=first.address) as http:
        around = Portal(first, http)
        _, supplier = await around.supplier()
        await around.published(supplier)
        arguments = (socket_of(first), f"Bearer {supplier.token}", "supplierFeed")
        async with node("subscriber.mjs", *arguments) as script:
            before = await script.until("seq")
            first.process.send_signal(ending)
            await asyncio.to_thread(first.process.wait)
            broken = await script.until("closed")
            port = first.address.rpartition(":")[2]
            own = {"PORT": port, "DATA_FOLDER": str(folder), "MONGODB_URL": mongod, "DATABASE": name}
            second = started(folder, own)
            try:
                after = await gone_on(
                    around, supplier, script, Server(first.address, folder, first.database, second, first.log)
                )
            finally:
                second.terminate()
                await asyncio.to_thread(second.wait)
    assert broken[-1]["closed"] in {1001, 1006, 1012}
    seen = [one["seq"] for one in before + broken if "seq" in one]
    assert [one["connected"] for one in before + after if "connected" in one] == [0, seen[-1]]
    seen += [one["seq"] for one in after if "seq" in one]
    assert seen == list(range(1, len(seen) + 1))


async def gone_on(around: Portal, supplier: Client, script: Script, second: Server) -> list[Any]:
    """What the client says while the next server runs and two more listings are published."""
    await answering(second)
    lines: list[Any] = []
    for _ in range(2):
        await around.published(supplier)
        lines += await script.until("seq")
    script.tell("")
    lines += await script.rest()
    return lines
