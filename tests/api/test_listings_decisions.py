"""Who decides about a moderated card: appeals, several at once, and those who may not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.api.moderation import QUEUE, REMARKS, publish, seen, sent, shown, step, waiting
from tests.api.portal import Portal, card


@pytest.fixture
async def moderated(portal: Portal) -> AsyncIterator[Portal]:
    """The portal while cards of TSR are looked at before they are shown."""
    async with portal.moderated():
        yield portal


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
