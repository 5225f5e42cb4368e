"""Moderation through the API: sent, looked at, returned with remarks, appealed, approved; and never half shown."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.client import Client, key
from tests.api.portal import CATEGORY, Portal, card, of_draft
from tests.api.socket import following

SHOWN = "query($id: ID!) { node(id: $id) { ... on Listing { title { ru } version } } }"
DRAFT = """query($id: ID!) { node(id: $id) { ... on ListingDraft { status version publishedVersion
review { id version status statusText remarks { path text } } reviews { status appeal remarks { text } }
obstacles { code } } } }"""
QUEUE = """query($first: Int!, $after: String) { moderationQueue(first: $first, after: $after) {
nodes { id version status submittedAt cardVersion appeal category { code } supplier { id }
content { title { ru } people { name } } changes { path before { text } after { text } } }
pageInfo { hasNextPage endCursor } } }"""
REMARKS = [{"path": ["title", "ru"], "text": "Назовите модель кресла"}]


@pytest.fixture
async def moderated(portal: Portal) -> AsyncIterator[Portal]:
    """The portal while cards of TSR are looked at before they are shown."""
    async with portal.moderated():
        yield portal


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


async def test_a_card_is_shown_when_it_is_approved(moderated: Portal) -> None:
    """R-B5: publishing sends the card to the queue, nothing is shown until it is approved, and then exactly that."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("authorised_body")
    draft = await sent(supplier)
    mine = await seen(supplier, draft)
    assert (mine["status"], mine["review"]["status"]) == ("DRAFT", "IN_REVIEW")
    assert mine["obstacles"] == [{"code": "ALREADY_IN_REVIEW"}]
    assert await shown(moderated, draft) is None
    (review,) = (one for one in await waiting(moderator, 2) if one["id"] == mine["review"]["id"])
    assert review["content"]["title"]["ru"] == "Кресло-коляска"
    assert {tuple(one["path"]) for one in review["changes"]} >= {("title", "ru"), ("price",)}
    assert all(one["before"] is None for one in review["changes"])
    given = {"reviewId": review["id"], "expectedVersion": review["version"], "idempotencyKey": key()}
    done = (await moderator.done("listingApprove", **given))["review"]
    assert done["status"] == "APPROVED"
    assert (await shown(moderated, draft))["title"]["ru"] == "Кресло-коляска"
    mine = await seen(supplier, draft)
    assert (mine["status"], mine["review"], mine["obstacles"]) == ("PUBLISHED", None, [])
    before = await moderated.counts()
    assert (await moderator.done("listingApprove", **given))["review"] == done
    assert await moderated.counts() == before
    assert review["id"] not in {one["id"] for one in await waiting(moderator)}


async def test_an_edit_is_compared_with_what_was_approved(moderated: Portal) -> None:
    """R-B5: the moderator sees what changed since the last approval; the catalogue keeps what it had meanwhile."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    await step(moderator, "listingApprove", (await seen(supplier, draft))["review"])
    first = await shown(moderated, draft)
    await edit(supplier, draft, price="1.00")
    await edit(supplier, draft, named="Другое кресло")
    await publish(supplier, draft)
    assert await shown(moderated, draft) == first
    review = (await seen(supplier, draft))["review"]
    (found,) = (one for one in await waiting(moderator) if one["id"] == review["id"])
    assert sorted(one["path"] for one in found["changes"]) == [["title", "kk"], ["title", "ru"]]
    await step(moderator, "listingApprove", review)
    assert (await shown(moderated, draft))["title"]["ru"] == "Другое кресло"
    version = (await seen(supplier, draft))["version"]
    await supplier.done("listingWithdraw", listingId=draft, expectedVersion=version)
    again = (await publish(supplier, draft))["draft"]
    assert again["status"] == "PUBLISHED", "what was approved may be shown again"


async def test_remarks_are_answered(moderated: Portal) -> None:
    """R-B5: a returned card has remarks on its fields; its supplier edits it and sends it again."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    review = (await seen(supplier, draft))["review"]
    returned = (await step(moderator, "listingReturn", review, remarks=REMARKS))["review"]
    assert (returned["status"], returned["remarks"]) == ("RETURNED", REMARKS)
    mine = await seen(supplier.speaking("ru"), draft)
    assert mine["review"]["remarks"] == REMARKS
    assert mine["review"]["statusText"] == "Возвращена с замечаниями"
    assert await shown(moderated, draft) is None
    await edit(supplier, draft, named="Кресло модели 7")
    mine = await seen(supplier, draft)
    assert (mine["review"], [one["status"] for one in mine["reviews"]]) == (None, ["ANSWERED"])
    late = await step(supplier, "listingAppeal", returned, reason="Модель названа")
    assert (late["__typename"], late["expected"], late["actual"]) == ("VersionConflict", 2, 3)
    await publish(supplier, draft)
    await step(moderator, "listingApprove", (await seen(supplier, draft))["review"])
    assert (await shown(moderated, draft))["title"]["ru"] == "Кресло модели 7"


async def test_a_card_is_sent_again_as_it_is(moderated: Portal) -> None:
    """R-B5: a return may be answered without an edit; the same card is then a review of its own."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    first = (await seen(supplier, draft))["review"]
    await step(moderator, "listingReturn", first, remarks=REMARKS)
    await publish(supplier, draft)
    mine = await seen(supplier, draft)
    assert mine["review"]["id"] != first["id"]
    assert [one["status"] for one in mine["reviews"]] == ["IN_REVIEW", "ANSWERED"]


async def test_an_appeal_is_decided_by_somebody_else(moderated: Portal) -> None:
    """R-B5: a return is appealed once; who returned the card can't decide, and an upheld return stays."""
    _, supplier = await moderated.supplier()
    one, other = [await moderated.employee(role) for role in ("administrator", "authorised_body")]
    draft = await sent(supplier)
    review = (await seen(supplier, draft))["review"]
    review = (await step(one, "listingReturn", review, remarks=REMARKS))["review"]
    review = (await step(supplier, "listingAppeal", review, reason="Модель названа в описании"))["review"]
    assert (review["status"], review["appeal"]) == ("APPEALED", "Модель названа в описании")
    before = await moderated.counts()
    for act, more in (("listingApprove", {}), ("listingReturn", {"remarks": REMARKS})):
        answer = await step(one, act, review, **more)
        assert (answer["__typename"], answer["code"]) == ("Refused", "SAME_MODERATOR")
    assert await moderated.counts() == before
    assert review["id"] in {each["id"] for each in await waiting(other)}
    review = (await step(other, "listingReturn", review, remarks=REMARKS))["review"]
    assert review["status"] == "UPHELD"
    again = await step(supplier, "listingAppeal", review, reason="Модель названа в описании")
    assert (again["__typename"], again["code"]) == ("Refused", "TRANSITION_REFUSED")
    assert await shown(moderated, draft) is None


async def test_an_appeal_is_granted(moderated: Portal) -> None:
    """R-B5: somebody else may approve what was returned, and it is shown as it was sent."""
    _, supplier = await moderated.supplier()
    draft = await sent(supplier)
    review = (await seen(supplier, draft))["review"]
    moderator = await moderated.employee("administrator")
    review = (await step(moderator, "listingReturn", review, remarks=REMARKS))["review"]
    review = (await step(supplier, "listingAppeal", review, reason="Модель названа"))["review"]
    await step(await moderated.employee("authorised_body"), "listingApprove", review)
    assert (await shown(moderated, draft))["title"]["ru"] == "Кресло-коляска"


async def test_decisions_at_once(moderated: Portal) -> None:
    """R-B5: of approvals and returns at once exactly one is made, and the catalogue shows accordingly."""
    _, supplier = await moderated.supplier()
    one, other = [await moderated.employee(role) for role in ("administrator", "authorised_body")]
    for _ in range(3):
        draft = await sent(supplier)
        review = (await seen(supplier, draft))["review"]
        tried = [
            *(step(client, "listingApprove", review) for client in (one, other)),
            *(step(client, "listingReturn", review, remarks=REMARKS) for client in (one, other)),
        ]
        answers = await asyncio.gather(*tried)
        won = [answer["review"] for answer in answers if answer["__typename"] == "ListingReviewed"]
        assert len(won) == 1
        lost = [answer for answer in answers if answer["__typename"] == "VersionConflict"]
        assert [(each["expected"], each["actual"], each["steps"]) for each in lost] == [(1, 2, [])] * 3
        assert (await shown(moderated, draft) is not None) is (won[0]["status"] == "APPROVED")


async def test_an_edit_races_a_decision(moderated: Portal) -> None:
    """R-B5: while a card is edited and approved at once, what is shown was approved, or nothing is."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    for _ in range(4):
        draft = await sent(supplier)
        mine = await seen(supplier, draft)
        given = {"listingId": draft, "expectedVersion": mine["version"], "card": card("Подмена")}
        edited, decided = await asyncio.gather(
            supplier.act("listingEdit", **given), step(moderator, "listingApprove", mine["review"])
        )
        found = await shown(moderated, draft)
        kinds = {edited["__typename"], decided["__typename"]}
        assert kinds in ({"ListingEdited", "VersionConflict"}, {"VersionConflict", "ListingReviewed"})
        assert (found is None) is (decided["__typename"] == "VersionConflict")
        assert found is None or found["title"]["ru"] == "Кресло-коляска"


async def test_an_edit_takes_the_card_back(moderated: Portal) -> None:
    """R-B5: changing a card takes it off the queue, saving it as it is does not; so does withdrawing it."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    await edit(supplier, draft)
    mine = await seen(supplier, draft)
    assert mine["review"]["status"] == "IN_REVIEW"
    twice = await supplier.act("listingPublish", listingId=draft, expectedVersion=mine["version"])
    assert (twice["__typename"], twice["code"]) == ("Refused", "ALREADY_IN_REVIEW")
    await edit(supplier, draft, named="Другое кресло")
    assert [one["status"] for one in (await seen(supplier, draft))["reviews"]] == ["RETRACTED"]
    late = await step(moderator, "listingApprove", mine["review"])
    assert (late["__typename"], late["actual"]) == ("VersionConflict", 2)
    await publish(supplier, draft)
    await step(moderator, "listingApprove", (await seen(supplier, draft))["review"])
    await edit(supplier, draft, named="Третье кресло")
    await publish(supplier, draft)
    version = (await seen(supplier, draft))["version"]
    await supplier.done("listingWithdraw", listingId=draft, expectedVersion=version)
    mine = await seen(supplier, draft)
    assert (mine["status"], mine["review"], mine["reviews"][0]["status"]) == ("WITHDRAWN", None, "RETRACTED")
    assert await shown(moderated, draft) is None


@pytest.mark.parametrize(
    ("remarks", "codes"),
    [
        ([], ["REMARKS_NUMBER"]),
        ([{"path": ["title", "de"], "text": "Назовите модель"}], ["UNKNOWN_FIELD"]),
        ([{"path": ["price"], "text": "нет"}, {"path": [], "text": "а" * 1001}],
         ["TOO_SHORT", "UNKNOWN_FIELD", "TOO_LONG"]),
    ],
)  # fmt: skip
async def test_remarks_that_are_none(moderated: Portal, remarks: list[Any], codes: list[str]) -> None:
    """R-B5: remarks that name no field, or say nothing, change nothing."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    review = (await seen(supplier, draft))["review"]
    before = await moderated.counts()
    answer = await step(moderator, "listingReturn", review, remarks=remarks)
    assert (answer["__typename"], [issue["code"] for issue in answer["issues"]]) == ("InvalidInput", codes)
    assert await moderated.counts() == before
    assert (await seen(supplier, draft))["review"] == review


async def test_who_may_not(moderated: Portal) -> None:
    """R-J3: a supplier decides nothing, another supplier appeals nothing, and nobody else learns of the queue."""
    (_, supplier), (_, other) = await moderated.supplier(), await moderated.supplier()
    moderator = await moderated.employee("administrator")
    review = (await seen(supplier, await sent(supplier)))["review"]
    others = [
        supplier,
        other,
        await moderated.employee("contact_centre"),
        await moderated.employee("executive_body"),
    ]
    before = await moderated.counts()
    for client in others:
        for act, more in (("listingApprove", {}), ("listingReturn", {"remarks": REMARKS})):
            assert (await step(client, act, review, **more))["__typename"] == "AccessDenied"
        (error,) = await client.errors(QUEUE, first=1)
        assert error["code"] == "ACCESS_DENIED"
    assert (await step(other, "listingAppeal", review, reason="не моя карточка"))["__typename"] == "NotFound"
    assert (await step(moderator, "listingAppeal", review, reason="за поставщика"))[
        "__typename"
    ] == "AccessDenied"
    (error,) = await moderated.visitor().errors(QUEUE, first=1)
    assert error["code"] == "SIGN_IN_REQUIRED"
    assert await moderated.counts() == before


async def test_the_supplier_is_told(moderated: Portal) -> None:
    """R-E1: each step of a review comes to the supplier's feed with its status in words."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    draft = await sent(supplier)
    async with following(moderated, supplier, "supplierFeed", 0) as feed:
        await step(moderator, "listingApprove", (await seen(supplier, draft))["review"])
        heard = [await feed.item() for _ in range(4)]
    told = [(one["event"], one["status"]) for one in heard if one["event"].startswith("listing")]
    assert told == [
        ("listing.reviewed", "review_in_review"),
        ("listing.reviewed", "review_approved"),
        ("listing.changed", "published"),
    ]


async def test_other_directions_are_not_looked_at(portal: Portal) -> None:
    """R-B5: moderation is a dated row of reference data for a direction or for all, and off without one."""
    _, supplier = await portal.supplier()
    async with portal.moderated("sanatorium"):
        assert await portal.published(supplier)
        assert (await seen(supplier, await portal.published(supplier)))["status"] == "PUBLISHED"
    async with portal.moderated("portal"):
        draft = await sent(supplier)
        assert (await seen(supplier, draft))["status"] == "DRAFT"
    version = (await seen(supplier, draft))["version"]
    done = await supplier.done("listingPublish", listingId=draft, expectedVersion=version)
    assert done["draft"]["status"] == "PUBLISHED"
    assert (await seen(supplier, draft))["reviews"][0]["status"] == "RETRACTED"
