"""Moderation through the API: sent, looked at, returned with remarks, approved; and never half shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.client import key
from tests.api.moderation import REMARKS, edit, publish, seen, sent, shown, shown_then, step, waiting
from tests.api.portal import Portal
from tests.api.socket import following


@pytest.fixture
async def moderated(portal: Portal) -> AsyncIterator[Portal]:
    """The portal while cards of TSR are looked at before they are shown."""
    async with portal.moderated():
        yield portal


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
    assert (await shown_then(moderated, draft, None))["title"]["ru"] == "Кресло-коляска"
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
    assert (await shown_then(moderated, draft, first))["title"]["ru"] == "Другое кресло"
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
    assert (await shown_then(moderated, draft, None))["title"]["ru"] == "Кресло модели 7"


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
