"""An administrator who changes definitions, and what tests ask about categories and their jobs."""

import asyncio
from typing import Any

from tests.api.client import Client
from tests.api.portal import Portal, card

FORM = """{ categories { code version current groups { code name { ru } } characteristics { definitionId code
name { ru } type unit unitText minimum maximum decimals pattern required filterable facetable public retired
group help { text } widget choices { code retired } when { definitionId flag options minimum maximum } } } }"""
JOB = """query($id: ID!, $after: String) { node(id: $id) { ... on Job { id status done refused total faultCount
errorCode faults(first: 100, after: $after) { nodes { position subject code path message }
pageInfo { hasNextPage endCursor } } } } }"""
FOUND = """query($filter: ListingFilter!) { listings(first: 100, filter: $filter) { totalCount nodes { id
characteristics { code number value unit } } } }"""
REASON = "решение комиссии № 12"
WALKER: list[dict[str, Any]] = [
    {"code": "model_type", "choice": "rollator"},
    {"code": "height_min", "number": "700"},
    {"code": "height_max", "number": "900"},
    {"code": "load_limit", "number": "120"},
    {"code": "weight", "number": "7.5"},
    {"code": "folding", "boolean": True},
]
CANE: list[dict[str, Any]] = [
    {"code": "model_type", "choice": "cane"},
    {"code": "height_min", "number": "700"},
    {"code": "height_max", "number": "900"},
    {"code": "load_limit", "number": "120"},
    {"code": "weight", "number": "400"},
]


def named(text: str) -> dict[str, str]:
    """One name in three languages."""
    return {"kk": text, "ru": text, "en": text}


async def form(client: Client, code: str) -> Any:
    """A category as everybody reads it."""
    found = (await client.read(FORM))["categories"]
    (one,) = (each for each in found if each["code"] == code)
    return one


async def changed(portal: Portal, category: str, *changes: Any, **other: Any) -> Any:
    """The job of a change that is made, once it is done."""
    administrator = await portal.employee("administrator")
    seen = (await form(administrator, category))["version"]
    given: Any = {"category": category, "expectedVersion": seen, "changes": list(changes), "reason": REASON}
    made = await administrator.done("categoryChange", **given | other)
    return await ended(administrator, made["job"]["id"])


async def ended(client: Client, job: str) -> Any:
    """A job, once it has ended."""
    async with asyncio.timeout(60):
        while True:
            found = (await client.read(JOB, id=job))["node"]
            if found["status"] in {"DONE", "FAILED", "CANCELLED"}:
                return found | {"faults": await faults(client, job)}
            await asyncio.sleep(0.05)


async def faults(client: Client, job: str) -> list[Any]:
    """Everything that a job found wrong, page by page."""
    found: list[Any] = []
    after, more = None, True
    while more:
        page = (await client.read(JOB, id=job, after=after))["node"]["faults"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


async def published(supplier: Client, category: str, answers: list[Any], **fields: Any) -> Any:
    """The draft of a new listing in the catalogue."""
    made = await supplier.done(
        "listingCreate", category=category, card=card(characteristics=answers, **fields)
    )
    given = {"listingId": made["draft"]["id"], "expectedVersion": made["draft"]["version"]}
    return (await supplier.done("listingPublish", **given))["draft"]


async def found(client: Client, wanted: Any, category: str, **asked: Any) -> list[Any]:
    """What a filter finds, once it is as wanted: answers follow a change a moment later."""
    async with asyncio.timeout(30):
        while True:
            answer = await client.ask(FOUND, filter={"category": category, **asked})
            nodes = answer["data"]["listings"]["nodes"] if "errors" not in answer else []
            if wanted([each["id"] for each in nodes]):
                return list(nodes)
            await asyncio.sleep(0.05)
