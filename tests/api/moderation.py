"""Cards under moderation, as their suppliers and moderators handle them."""

from typing import Any

from tests.api.client import Client, changed
from tests.api.portal import CATEGORY, Portal, card, of_draft

SHOWN = "query($id: ID!) { node(id: $id) { ... on Listing { title { ru } version } } }"
DRAFT = """query($id: ID!) { node(id: $id) { ... on ListingDraft { status version publishedVersion
review { id version status statusText remarks { path text } } reviews { status appeal remarks { text } }
obstacles { code } } } }"""
QUEUE = """query($first: Int!, $after: String) { moderationQueue(first: $first, after: $after) {
nodes { id version status submittedAt cardVersion appeal category { code } supplier { id }
content { title { ru } people { name } } changes { path before { text } after { text } } }
pageInfo { hasNextPage endCursor } } }"""
REMARKS = [{"path": ["title", "ru"], "text": "Назовите модель кресла"}]


async def sent(supplier: Client, **fields: Any) -> str:
    """A new card that a moderator has."""
    draft = (await supplier.done("listingCreate", category=CATEGORY, card=card(**fields)))["draft"]
    await publish(supplier, draft["id"])
    return str(draft["id"])


async def publish(supplier: Client, draft: str) -> Any:
    """Publish a draft as it stands."""
    version = (await seen(supplier, draft))["version"]
    return await supplier.done("listingPublish", listingId=draft, expectedVersion=version)


async def edit(supplier: Client, draft: str, **fields: Any) -> Any:
    """Edit a draft as it stands."""
    version = (await seen(supplier, draft))["version"]
    given = {"listingId": draft, "expectedVersion": version, "card": card(**fields)}
    return await supplier.done("listingEdit", **given)


async def seen(supplier: Client, draft: str) -> Any:
    """The draft as its supplier sees it."""
    return (await supplier.read(DRAFT, id=draft))["node"]


async def shown(portal: Portal, draft: str) -> Any:
    """What the catalogue shows of a draft."""
    return (await portal.visitor().read(SHOWN, id=of_draft(draft)))["node"]


async def shown_then(portal: Portal, draft: str, before: Any) -> Any:
    """What the catalogue shows once it is not what was shown before."""
    return await changed(before, lambda: shown(portal, draft))


async def waiting(moderator: Client, first: int = 100) -> list[Any]:
    """The whole queue, page by page."""
    found, after, more = [], None, True
    while more:
        page = (await moderator.read(QUEUE, first=first, after=after))["moderationQueue"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


async def step(client: Client, act: str, review: Any, **more: Any) -> Any:
    """A step of a review as it was seen."""
    return await client.act(act, reviewId=review["id"], expectedVersion=review["version"], **more)
