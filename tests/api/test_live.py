"""Live status through the API: every change in order, nothing missed, nothing of somebody else's."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from schema.doors import CHECKED_AGAIN
from tests.api.client import Client
from tests.api.people import Someone
from tests.api.portal import Portal
from tests.api.socket import PROTOCOL, Feed, connected, following


async def position(portal: Portal, topic: str) -> int:
    """The last position of a feed."""
    head = await portal.database["feed"].find_one({"topic": topic}, sort=[("seq", -1)])
    return int(head["seq"]) if head else 0


async def ordered(portal: Portal) -> tuple[Someone, Client, Client, str]:
    """A participant and a supplier with an order between them."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant()
    order = await portal.order(person, client, listing, await portal.measure(person))
    return person, client, supplier, order["id"]


def said(items: list[Any]) -> list[tuple[str, str]]:
    """What happened, and the status reached."""
    return [(item["event"], item["status"]) for item in items if item["status"]]


async def until(feed: Feed, event: str, status: str) -> list[Any]:
    """Items up to one that says so."""
    items = [await feed.item()]
    while (items[-1].get("event"), items[-1].get("status")) != (event, status):
        items.append(await feed.item())
    return items


async def test_a_participant_follows_everything_in_order(portal: Portal) -> None:
    """R-E1: a participant's feed tells of the measure and of each status of the order, in order, without gaps."""
    person, client, supplier, order = await ordered(portal)
    async with following(portal, client, "participantFeed", 0) as feed:
        first = await until(feed, "order.changed", "placed")
        await supplier.done("orderAccept", orderId=order)
        await supplier.done("orderStart", orderId=order)
        later = await until(feed, "order.changed", "in_fulfilment")
    items = first + later
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert items[0]["event"] == "participant.registered"
    assert items[1]["event"].startswith("measure.")
    orders = [status for event, status in said(items) if event == "order.changed"]
    assert orders == ["placed", "accepted", "in_fulfilment"]
    assert all(item["statusText"] for item in items if item["status"])
    assert items[-1]["node"] == {"__typename": "Order", "id": order}
    assert person.surname not in json.dumps(items, ensure_ascii=False)


async def test_a_supplier_follows_its_listings_and_orders(portal: Portal) -> None:
    """R-E1: a supplier's feed tells of its listings and its orders, live."""
    _, supplier = await portal.supplier()
    async with following(portal, supplier, "supplierFeed", 0) as feed:
        assert (await feed.item())["event"] == "supplier.registered"
        listing = await portal.published(supplier)
        assert said([await feed.item()]) == [("listing.changed", "published")]
        person, client = await portal.participant()
        order = await portal.order(person, client, listing, await portal.measure(person))
        assert said([await feed.item()]) == [("order.changed", "placed")]
        await client.done("orderCancel", orderId=order["id"])
        assert said([await feed.item()]) == [("order.changed", "cancelled")]


async def test_an_executive_body_follows_its_region(portal: Portal) -> None:
    """R-E1: a region's feed tells of measures, tasks and orders of that region."""
    body = await portal.employee("executive_body")
    async with following(portal, body, "regionFeed", await position(portal, "region:71")) as feed:
        person = await portal.person()
        measure = await portal.measure(person)
        items = [await feed.item()]
        while items[-1]["event"] != "notice_task.created":
            items.append(await feed.item())
    assert items[-1]["node"]["__typename"] == "NoticeTask"
    assert measure in {item["node"]["id"] for item in items if item["node"]}


async def test_a_feed_from_now_on(portal: Portal) -> None:
    """R-E2: without a position only what happens from now on is told."""
    _, _, supplier, order = await ordered(portal)
    async with following(portal, supplier, "supplierFeed", None) as feed:
        await feed.ping()
        await supplier.done("orderAccept", orderId=order)
        items = await until(feed, "order.changed", "accepted")
    assert ("order.changed", "placed") not in said(items) or items[0]["seq"] > 1


async def test_a_client_that_was_away_misses_nothing(portal: Portal) -> None:
    """R-E2: who comes back with the last position gets everything since, once, in order."""
    _, client, supplier, order = await ordered(portal)
    async with following(portal, client, "participantFeed", 0) as feed:
        seen = await until(feed, "order.changed", "placed")
    await supplier.done("orderAccept", orderId=order)
    await supplier.done("orderStart", orderId=order)
    async with following(portal, client, "participantFeed", seen[-1]["seq"]) as feed:
        missed = await until(feed, "order.changed", "in_fulfilment")
    assert [item["seq"] for item in missed] == list(range(seen[-1]["seq"] + 1, missed[-1]["seq"] + 1))
    changes = [status for event, status in said(missed) if event == "order.changed"]
    assert changes == ["accepted", "in_fulfilment"]


async def test_a_position_that_never_was(portal: Portal) -> None:
    """R-E2: a position ahead of the feed is answered with an explicit resync, not with silence."""
    _, supplier = await portal.supplier()
    await portal.published(supplier)
    async with following(portal, supplier, "supplierFeed", 10**6) as feed:
        item = await feed.item()
    assert (item["__typename"], item["reason"]) == ("FeedResync", "ahead")


@pytest.mark.parametrize("after", [-1, -(2**31)])
async def test_positions_that_are_none(portal: Portal, after: int) -> None:
    """R-K: a negative position is refused by its code."""
    _, supplier = await portal.supplier()
    async with following(portal, supplier, "supplierFeed", after) as feed:
        message = await feed.hear()
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_POSITION"


@pytest.mark.parametrize("name", ["participantFeed", "supplierFeed", "regionFeed"])
async def test_a_feed_of_another_role(portal: Portal, name: str) -> None:
    """R-E4: each feed is its role's; nobody else reaches it."""
    _, participant = await portal.participant()
    _, supplier = await portal.supplier()
    body = await portal.employee("executive_body")
    owner = {"participantFeed": participant, "supplierFeed": supplier, "regionFeed": body}[name]
    others = [portal.visitor(), participant, supplier, body, await portal.employee("administrator")]
    for client in others:
        if client is owner:
            continue
        async with following(portal, client, name, 0) as feed:
            message = await feed.hear()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        expected = "ACCESS_DENIED" if client.token else "SIGN_IN_REQUIRED"
        assert errors[0]["extensions"]["code"] == expected


async def test_events_of_others_are_not_told(portal: Portal) -> None:
    """R-E4: what happens to another participant never comes over one's own feed."""
    _, _, other_supplier, other_order = await ordered(portal)
    _, client, supplier, order = await ordered(portal)
    async with following(portal, client, "participantFeed", 0) as feed:
        await other_supplier.done("orderAccept", orderId=other_order)
        await supplier.done("orderAccept", orderId=order)
        items = await until(feed, "order.changed", "accepted")
    assert {item["node"]["id"] for item in items if item["event"] == "order.changed"} == {order}


async def test_signing_out_ends_the_feed(portal: Portal) -> None:
    """R-E4: after signing out the next event closes the connection instead of being told."""
    _, client, supplier, order = await ordered(portal)
    async with following(portal, client, "participantFeed", 0) as feed:
        await until(feed, "order.changed", "placed")
        await client.read("mutation { signOut { __typename } }")
        await asyncio.sleep(CHECKED_AGAIN.total_seconds())  # an admission counts for so long
        await supplier.done("orderAccept", orderId=order)
        assert await feed.closed() == (4403, "SESSION_ENDED", [])


async def test_an_ended_authority_ends_the_feed(portal: Portal) -> None:
    """R-A6: when a guardian's authority ends, nothing of the ward is told any more."""
    ward, guardian = await portal.person(), await portal.person()
    authority = {"authority": "guardian", "basis": "Постановление", "valid_from": "2024-01-01T00:00:00Z"}
    await portal.gateway("authority", authority | {"representative": guardian.iin, "ward": ward.iin})
    own = await portal.sign_in(guardian.iin, guardian.identity)
    given = {"refreshToken": own.signed_in["refreshToken"], "capacity": 1}
    acting = Client(portal.http, (await own.done("signInActAs", **given))["accessToken"])
    async with following(portal, acting, "participantFeed", 0) as feed:
        await portal.measure(ward)
        await feed.item()
        latest = await portal.database["representations"].find_one({}, sort=[("_id", -1)])
        assert latest is not None
        ended = {"$set": {"revoked_at": portal.clock()}}
        await portal.server.write_behind("representations", latest["_id"], ended)
        await asyncio.sleep(CHECKED_AGAIN.total_seconds())
        await portal.measure(ward)
        code, reason, _ = await feed.closed()
    assert (code, reason) == (4403, "AUTHORITY_ENDED")
    answer = await acting.send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHORITY_ENDED")


async def test_a_renewed_token_keeps_the_feed(portal: Portal) -> None:
    """R-K: a ping with a fresh token renews the connection; the feed keeps its position."""
    _, client, supplier, order = await ordered(portal)
    async with following(portal, client, "participantFeed", 0) as feed:
        seen = await until(feed, "order.changed", "placed")
        fresh = await portal.visitor().done("signInRefresh", refreshToken=client.signed_in["refreshToken"])
        assert (await feed.ping(authorization=f"Bearer {fresh['accessToken']}"))["type"] == "pong"
        await supplier.done("orderAccept", orderId=order)
        later = await until(feed, "order.changed", "accepted")
    assert later[0]["seq"] == seen[-1]["seq"] + 1


@pytest.mark.parametrize("token", ["Bearer x", "x", "Basic x", 5, {"a": 1}])
async def test_connections_with_tokens_that_never_were(portal: Portal, token: object) -> None:
    """R-K: a connection with what is no token is closed with 4403 before it is acknowledged."""
    address = portal.server.address.replace("http", "ws")
    async with connect(f"{address}/graphql", subprotocols=[PROTOCOL]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": token}}))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_queries_run_over_sockets_too(portal: Portal) -> None:
    """R-K: a query over the socket runs as the viewer of the connection."""
    person, client = await portal.participant()
    async with connected(portal, client) as socket:
        payload = {"query": "{ viewer { role participant { iin } } }"}
        await socket.send(json.dumps({"id": "q", "type": "subscribe", "payload": payload}))
        message = json.loads(await socket.recv())
    assert message["payload"]["data"]["viewer"]["participant"]["iin"] == person.iin


async def test_a_silent_feed_ends_with_its_session(portal: Portal) -> None:
    """R-A6: a feed that nothing happens on is closed by itself once its session is revoked, without an event."""
    _, client = await portal.supplier()
    async with following(portal, client, "supplierFeed", None) as feed:
        await feed.ping()
        await client.read("mutation { signOut { __typename } }")
        assert await feed.closed() == (4403, "SESSION_ENDED", [])


async def test_a_silent_feed_ends_with_its_authority(portal: Portal) -> None:
    """R-A6: when the authority ends, the guardian's silent feed does as well, and the guardian's own goes on."""
    ward, guardian = await portal.person(), await portal.person()
    authority = {"authority": "guardian", "basis": "Постановление", "valid_from": "2024-01-01T00:00:00Z"}
    await portal.gateway("authority", authority | {"representative": guardian.iin, "ward": ward.iin})
    own = await portal.sign_in(guardian.iin, guardian.identity)
    given = {"refreshToken": own.signed_in["refreshToken"], "capacity": 1}
    acting = Client(portal.http, (await own.done("signInActAs", **given))["accessToken"])
    async with (
        following(portal, acting, "participantFeed", None) as feed,
        following(portal, own, "participantFeed", None) as other,
    ):
        await feed.ping()
        latest = await portal.database["representations"].find_one({}, sort=[("_id", -1)])
        assert latest is not None
        ended = {"$set": {"revoked_at": portal.clock()}}
        await portal.server.write_behind("representations", latest["_id"], ended)
        assert await feed.closed() == (4403, "AUTHORITY_ENDED", [])
        assert (await other.ping())["type"] == "pong"
