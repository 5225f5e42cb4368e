"""Two servers, a worker, a proxy and three members of MongoDB: whichever dies, nothing is lost or done twice."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx2
import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect

from documents.embedded import replica
from integrations.development_ca import sign_cms
from tests.api.client import Client, base64_of, key
from tests.api.portal import CATEGORY, Portal, card, local
from tests.e2e.subscriber import Subscriber
from tests.e2e.topology import Topology, topology, until

pytestmark = pytest.mark.large

CARDS = 12
VIEWER = "{ viewer { role } }"


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Topology]:
    """The whole topology; a test that kills a part starts it again."""
    async with topology(tmp_path_factory.mktemp("topology")) as made:
        yield made


@pytest.fixture
async def portal(running: Topology) -> AsyncIterator[Portal]:
    """The portal through the proxy: a connection for each request, so that requests take turns."""
    limits = httpx2.Limits(max_keepalive_connections=0)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(running.members.url, tz_aware=True)
    async with httpx2.AsyncClient(base_url=running.address, limits=limits, timeout=60) as http:
        yield running.world(http, client)
    await client.close()


async def insisting(client: Client, name: str, **given: object) -> Any:
    """A mutation, sent again under the same key until it is answered: what a careful client does."""
    known = {"idempotencyKey": key()} | given
    while True:
        try:
            answer = await client.act(name, **known)
        except (httpx2.TransportError, AssertionError):  # no connection, or an internal error said aloud
            await asyncio.sleep(0.1)
            continue
        assert not answer["__typename"].endswith(("Conflict", "Refused", "InvalidInput")), answer
        return answer


async def publishes(supplier: Client, number: int) -> str:
    """A new card in the catalogue; its identifier."""
    created = await insisting(supplier, "listingCreate", category=CATEGORY, card=card(f"Карточка {number}"))
    draft = created["draft"]
    done = await insisting(
        supplier, "listingPublish", listingId=draft["id"], expectedVersion=draft["version"]
    )
    assert done["draft"]["status"] == "PUBLISHED"
    return str(draft["id"])


async def nothing_lost(
    running: Topology, portal: Portal, disturb: Callable[[], Coroutine[Any, Any, None]], *, at: str
) -> Subscriber:
    """Cards published one after the other with a disturbance in the middle; each is told once, in order."""
    _, supplier = await portal.supplier()
    assert supplier.token is not None
    async with Subscriber(at, "supplierFeed", supplier.token) as subscriber:
        cards = [await publishes(supplier, number) for number in range(CARDS // 2)]
        disturbance = asyncio.create_task(disturb())
        cards += [await publishes(supplier, number) for number in range(CARDS // 2, CARDS)]
        await disturbance
        await subscriber.reaches(CARDS + 1)
    registered, *told = subscriber.seen
    assert (registered["seq"], registered["event"]) == (1, "supplier.registered")
    assert [item["seq"] for item in told] == list(range(2, CARDS + 2))
    assert [item["node"]["id"] for item in told] == cards
    shown = {"_id": {"$in": [ObjectId(local(one)) for one in cards]}}
    assert await portal.database["listings"].count_documents(shown) == CARDS
    return subscriber


async def test_a_sign_in_begun_at_one_server_ends_at_the_other(running: Topology, portal: Portal) -> None:
    """R-A8: challenge and token of one server count at the other: nothing of a session lives in a process."""
    organisation = await portal.organisation()
    first, second = (httpx2.AsyncClient(base_url=running.address_of(number)) for number in (0, 1))
    async with first, second:
        begun = await Client(first).done("signInBegin", identifier=organisation.bin, consent=True)
        content = base64.b64decode(begun["content"])
        cms = base64_of(sign_cms(organisation.head, content, when=portal.clock(), key="auth"))
        done = await Client(second).done("signInComplete", challengeId=begun["challengeId"], cms=cms)
        answers = [await Client(http, done["accessToken"]).read(VIEWER) for http in (first, second)]
    assert answers == [{"viewer": {"role": "SUPPLIER"}}] * 2


async def test_a_subscriber_of_one_server_sees_what_was_done_through_the_other(
    running: Topology, portal: Portal
) -> None:
    """R-E1: a feed does not depend on the process through which things happen."""
    _, supplier = await portal.supplier()
    assert supplier.token is not None
    async with (
        Subscriber(running.address_of(0), "supplierFeed", supplier.token) as subscriber,
        httpx2.AsyncClient(base_url=running.address_of(1)) as http,
    ):
        other = Client(http, supplier.token)
        made = await publishes(other, 1)
        edited = await other.done("listingEdit", listingId=made, expectedVersion=2, card=card("Новое имя"))
        version = edited["draft"]["version"]
        await other.done("listingPublish", listingId=made, expectedVersion=version)
        await subscriber.reaches(3)
    shown = [(item["seq"], item["event"], item["status"]) for item in subscriber.seen[1:]]
    assert shown == [(2, "listing.changed", "published"), (3, "listing.changed", "published")]


@pytest.mark.long
async def test_a_primary_that_steps_down_loses_nothing(running: Topology, portal: Portal) -> None:
    """R-E2: writes go on at the new primary, and positions stay dense."""
    before = await running.members.primary()

    async def step_down() -> None:
        async with replica.direct(running.members.members[before].port) as client:
            try:
                await client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)
            except AutoReconnect:  # a member that steps down may close its connections
                return

    await nothing_lost(running, portal, step_down, at=running.address_of(0))
    assert await running.members.primary() != before


@pytest.mark.long
async def test_a_killed_primary_loses_nothing(running: Topology, portal: Portal) -> None:
    """R-E2: the same without a word of warning; afterwards the member comes back."""
    before = await running.members.primary()

    async def kill() -> None:
        await running.members.kill(before)

    await nothing_lost(running, portal, kill, at=running.address_of(1))
    await running.members.start(before)

    async def complete() -> bool:
        return sorted(await running.members.states()) == ["PRIMARY", "SECONDARY", "SECONDARY"]

    await until(complete)


@pytest.mark.long
async def test_the_subscriber_of_a_killed_server_goes_on_at_the_other(
    running: Topology, portal: Portal
) -> None:
    """R-E2: after `kill -9` of its server a subscriber resumes through the proxy and misses nothing."""
    for name in ("server0", "server1"):

        async def kill(name: str = name) -> None:
            await running.kill(name)

        subscriber = await nothing_lost(running, portal, kill, at=running.address)
        await running.start(name)
        assert 1 <= subscriber.connections <= 2


@pytest.mark.long
async def test_a_killed_worker_delivers_each_message_once_in_effect(
    running: Topology, portal: Portal
) -> None:
    """R-C2: messages in hand of a worker that dies go out again, and the gateway keeps each of them once."""
    people = [await portal.person(bmg_phone=f"+7701000{number:04}") for number in range(CARDS)]
    before = len((await portal.http.get("/simulator/inbox.json")).json()["messages"])
    outbox = portal.database["outbox"]

    async def dies_with_a_message_in_hand() -> bool:
        running.pause("worker")  # what the database shows now is what the worker has in hand
        if not await outbox.count_documents({"channel": "sms", "state": "leased"}):
            running.go_on("worker")
            return False
        await running.kill("worker")
        return True

    sending = asyncio.create_task(_all_measures(portal, people))
    for _ in range(3):
        await until(dies_with_a_message_in_hand)
        await running.start("worker")
    await sending

    async def settled() -> bool:
        return await outbox.count_documents({"state": {"$ne": "delivered"}}) == 0

    await until(settled)
    inbox = (await portal.http.get("/simulator/inbox.json")).json()["messages"]
    assert len(inbox) - before == len(people)
    assert len({message["phone"] for message in inbox[: len(people)]}) == len(people)
    told = await portal.database["measures"].count_documents({"notified_at": {"$ne": None}})
    assert told == len(people)
    assert await outbox.count_documents({"channel": "sms", "attempts": {"$gt": 1}}) > 0


async def _all_measures(portal: Portal, people: list[Any]) -> None:
    for person in people:
        await portal.measure(person)
