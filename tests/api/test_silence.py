"""What a server says of people to its log: nothing, whatever they send and whatever breaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bson import ObjectId
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.api.client import Client
from tests.api.people import Someone
from tests.api.portal import Portal, local
from tests.api.socket import PROTOCOL, connected


def secrets_of(person: Someone) -> tuple[str, ...]:
    """What must not be written down: numbers and a name, as text and as JSON writes it."""
    return person.iin, "+77019876543", "77019876543", person.surname, json.dumps(person.surname).strip('"')


def documents(person: Someone) -> list[dict[str, Any]]:
    """Requests that carry a person's data where values, names and enums stand, right and wrong."""
    iin, phone, name = person.iin, "+77019876543", person.surname
    by_variable = "query($v: %s) { listings(first: $v) { totalCount } }"
    begin = "mutation($i: SignInBeginInput!) { signInBegin(input: $i) { __typename } }"
    return [
        {"query": f'{{ node(id: "{iin}") {{ id }} }}'},
        {"query": f'{{ listings(first: "{phone}") {{ totalCount }} }}'},
        {"query": f"{{ listings(first: {iin}) {{ totalCount }} }}"},
        {"query": f"{{ listings(sort: X{iin}) {{ totalCount }} }}"},
        {"query": f'{{ listings(after: "{name}") {{ totalCount }} }}'},
        {"query": f"{{ x{iin} }}"},
        {"query": f"query Q{iin} {{ viewer {{ role }} }}"},
        {"query": f'{{ viewer "{phone}" {name} }}'},
        {"query": f"# {iin} {name}\n{{"},
        {"query": by_variable % "Int", "variables": {"v": iin}},
        {"query": by_variable % "Int!", "variables": {"v": [phone]}},
        {"query": by_variable % f"X{iin}", "variables": {"v": name}},
        {"query": by_variable % "Int", "variables": {iin: name}},
        {"query": begin, "variables": {"i": {"identifier": iin, "consent": name}}},
        {"query": begin, "variables": {"i": {"identifier": iin, "consent": True, phone: name}}},
        {"query": begin, "variables": {"i": {"identifier": f"{iin}{phone}", "consent": True}}},
        {"query": begin, "variables": {"i": {"identifier": iin, "consent": True}}},
        {"query": "{ viewer { role } }", "operationName": iin},
        {"extensions": {"persistedQuery": {"sha256Hash": iin, "name": name}}},
        {"query": iin, "variables": iin, "extensions": name},
    ]


async def by_http(portal: Portal, person: Someone) -> None:
    """Send everything by POST and GET, in headers, addresses and bodies that are none."""
    http, iin = portal.http, person.iin
    for body in documents(person):
        await http.post("/graphql", json=body)
        await http.get("/graphql", params={name: json.dumps(value) for name, value in body.items()})
    for name in ("authorization", "accept-language", "cookie", "user-agent", "x-request-id", "accept"):
        await http.post("/graphql", json={"query": "{ viewer { role } }"}, headers={name: f"Bearer {iin}"})
    for content in (f'{{"query": "{iin}', iin, f'["{iin}"]', f"\xff{iin}", iin * 100_000):
        await http.post("/graphql", content=content, headers={"content-type": "application/json"})
        await http.post(
            "/partners/gateway", content=content, headers={"content-type": "application/pkcs7-mime"}
        )
    await http.request("PUT", f"/{iin}", params={"iin": iin})


async def by_socket(portal: Portal, person: Someone) -> None:
    """Send everything over sockets, and frames that are none."""
    address = f"{portal.server.address.replace('http', 'ws')}/graphql"
    greeting = {"type": "connection_init"}
    frames = [[greeting, {"type": "subscribe", "id": "a", "payload": body}] for body in documents(person)]
    frames += [
        [{"type": "connection_init", "payload": {"authorization": f"Bearer {person.iin}"}}],
        [greeting, {"type": "ping", "payload": {"authorization": f"Bearer {person.iin}"}}],
        [greeting, {"type": person.iin}],
        [greeting, {"type": "subscribe", "id": person.iin}],
        [greeting, [person.iin]],
    ]
    for several in frames:
        async with connect(address, subprotocols=[PROTOCOL]) as socket:
            for frame in several:
                await socket.send(json.dumps(frame))
            await answered(socket)


async def answered(socket: Any) -> None:
    """Wait until a connection says something about its operation, or ends."""
    try:
        while json.loads(await socket.recv())["type"] == "connection_ack":
            continue
    except ConnectionClosed:
        return


async def spoil(portal: Portal, supplier: Client, person: Someone) -> None:
    """Put a person's number behind the portal's back where a version and a status belong."""
    listing = await portal.published(supplier)
    spoiled = {"$set": {"status": person.iin, "version": f"{person.iin} {person.surname}"}}
    await portal.server.write_behind("listing_drafts", ObjectId(local(listing)), spoiled)


@asynccontextmanager
async def following_query(portal: Portal, client: Client, query: str) -> AsyncIterator[Any]:
    """The first answer to a query over a socket."""
    async with connected(portal, client) as socket:
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        yield json.loads(await socket.recv())


DRAFTS = "{ viewer { drafts { nodes { id status version } } } }"


async def test_nothing_personal_is_logged(portal: Portal) -> None:
    """R-J1: IIN, phone and name sent in every place by both doors, and met by internal errors, are in no log line."""
    person = portal.someone()
    _, supplier = await portal.supplier()
    await spoil(portal, supplier, person)
    codes = [error["code"] for error in await supplier.errors(DRAFTS)]
    assert codes[0] == "INTERNAL"
    async with following_query(portal, supplier, DRAFTS) as answer:
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert person.iin not in json.dumps(answer)
    await by_http(portal, person)
    await by_socket(portal, person)
    log = await asyncio.to_thread(portal.server.log.read_text, "utf-8")
    assert "internal error" in log
    assert [one for one in secrets_of(person) if one in log] == []
    assert "Traceback" not in log
