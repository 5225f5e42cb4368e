"""Answers that become their supplier's alone, while the job that takes them out has not come to a card yet."""

import asyncio
from typing import Any

from bson import ObjectId

from tests.api.categories import WALKER, changed, found, published
from tests.api.client import Client
from tests.api.portal import Portal, local, of_draft
from tests.api.server import PAUSE
from tests.api.test_catalogue_choosing import COMPARED
from tests.api.test_categories import WALKERS, added, code, draft_of

SHOWN = "query($id: ID!) { node(id: $id) { ... on Listing { characteristics { code } supplier { id } } } }"
PRICE = "query($id: ID!) { node(id: $id) { ... on Listing { price { amount } } } }"
OF_SUPPLIER = """query($id: ID!) { node(id: $id) { ... on Supplier { listings(first: 5) { nodes { id
characteristics { code } } } } } }"""


def disclosed(name: str, *, public: bool) -> dict[str, Any]:
    """The change of who reads an answer."""
    return {"disclose": {"characteristic": f"t-{name}", "public": public}}


async def before_its_job(portal: Portal, supplier: Client, name: str) -> list[Any]:
    """Two published walkers whose rows hold an answer that the newest definition hides."""
    answers = [*WALKER, {"code": name, "number": "7"}]
    drafts = [await published(supplier, WALKERS, answers) for _ in range(2)]
    listings = portal.database["listings"]
    rows = await listings.find({"_id": {"$in": [ObjectId(local(each["id"])) for each in drafts]}}).to_list()
    await changed(portal, WALKERS, disclosed(name, public=False))
    for row in rows:  # as they were before the job came to them
        assert any(each["code"] == name for each in row["characteristics"])
        await portal.server.write_behind("listings", row.pop("_id"), {"$set": row | {"price": 77_00}})
    return drafts


async def again(visitor: Client, listing: str) -> None:
    """Wait until the server knows of the row that was put back: its price tells."""
    async with asyncio.timeout(30):
        while (await visitor.read(PRICE, id=listing))["node"]["price"]["amount"] != "77":
            await asyncio.sleep(PAUSE)


async def read(visitor: Client, listing: str) -> set[str]:
    """The codes that everybody reads of a card."""
    node = (await visitor.read(SHOWN, id=listing))["node"]
    return codes([node])


def codes(nodes: list[Any]) -> set[str]:
    """What is answered of any of them."""
    return {each["code"] for node in nodes for each in node["characteristics"]}


async def test_what_is_hidden_is_read_nowhere_while_its_job_runs(portal: Portal) -> None:
    """R-B3: node, list, the supplier's page, comparison: the newest definition decides, whatever a row holds."""
    name, visitor = code(), portal.visitor()
    await changed(portal, WALKERS, added(name, "INTEGER", minimum=1, maximum=9))
    _, supplier = await portal.supplier()
    drafts = await before_its_job(portal, supplier, name)
    ids = [of_draft(each["id"]) for each in drafts]
    for listing in ids:
        await again(visitor, listing)
    assert "weight" in await read(visitor, ids[0])
    assert name not in await read(visitor, ids[0])
    assert name not in codes(await found(visitor, lambda seen: set(ids) <= set(seen), WALKERS))
    owner = (await visitor.read(SHOWN, id=ids[0]))["node"]["supplier"]["id"]
    nodes = (await visitor.read(OF_SUPPLIER, id=owner))["node"]["listings"]["nodes"]
    assert {node["id"] for node in nodes} == set(ids)
    assert name not in codes(nodes)
    compared = (await visitor.read(COMPARED, ids=ids))["listingComparison"]["rows"]
    assert {"weight", name} & {row["code"] for row in compared} == {"weight"}
    assert (await draft_of(supplier, drafts[0]))["answers"][name] == 7

    await changed(portal, WALKERS, disclosed(name, public=True))
    async with asyncio.timeout(30):
        while name not in await read(visitor, ids[0]):
            await asyncio.sleep(PAUSE)
