"""A supplier's cards through the API: drafted, edited, published, withdrawn."""

import asyncio
from typing import Any

import pytest

from tests.api.client import Client, changed, key
from tests.api.portal import CATEGORY, Portal, card, of_draft

SHOWN = """query($id: ID!) { node(id: $id) { ... on Listing { title { ru } version price { amount text currency }
characteristics { code value unit number boolean choices } supplier { id kind name { ru } } } } }"""


async def shown(client: Client, draft: str) -> Any:
    """What the catalogue shows under a draft's identifier."""
    return (await client.read(SHOWN, id=of_draft(draft)))["node"]


async def shown_then(client: Client, draft: str, before: Any) -> Any:
    """What the catalogue shows once it is not what was shown before."""
    return await changed(before, lambda: shown(client, draft))


async def created(client: Client, **fields: Any) -> Any:
    """A new draft."""
    return (await client.done("listingCreate", category=CATEGORY, card=card(**fields)))["draft"]


async def test_a_card_from_draft_to_catalogue_and_back(portal: Portal) -> None:
    """R-B4: a draft is never shown, publishing shows it, an edit waits for publishing, withdrawing hides it."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    assert (draft["status"], draft["version"], await shown(portal.visitor(), draft["id"])) == (
        "DRAFT",
        1,
        None,
    )

    given = {"listingId": draft["id"], "expectedVersion": 1}
    published = (await supplier.done("listingPublish", **given))["draft"]
    assert (published["status"], published["publishedVersion"]) == ("PUBLISHED", published["version"])
    first = await shown(portal.visitor(), draft["id"])
    assert first["title"]["ru"] == "Кресло-коляска"

    given = {"listingId": draft["id"], "expectedVersion": published["version"], "card": card("Другое кресло")}
    edited = (await supplier.done("listingEdit", **given))["draft"]
    assert await shown(portal.visitor(), draft["id"]) == first
    assert edited["publishedVersion"] == published["version"] < edited["version"]

    given = {"listingId": draft["id"], "expectedVersion": edited["version"]}
    again = (await supplier.done("listingPublish", **given))["draft"]
    second = await shown_then(portal.visitor(), draft["id"], first)
    assert second["title"]["ru"] == "Другое кресло"

    given = {"listingId": draft["id"], "expectedVersion": again["version"]}
    assert (await supplier.done("listingWithdraw", **given))["draft"]["status"] == "WITHDRAWN"
    assert await shown_then(portal.visitor(), draft["id"], second) is None


async def test_a_card_shows_typed_values(portal: Portal) -> None:
    """R-B2: numbers carry their unit in the reader's language, choices their names, sums are exact."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier, price="150000.01")
    found = await shown(portal.visitor("ru"), listing)
    values = {one["code"]: one for one in found["characteristics"]}
    assert (values["seat_width"]["number"], values["seat_width"]["unit"]) == (450, "мм")
    assert (values["folding"]["boolean"], values["folding"]["value"]) == (True, "да")
    assert (values["purpose"]["choices"], values["purpose"]["value"]) == (["indoor"], "комнатная")
    assert (found["price"]["amount"], found["price"]["currency"]) == ("150000.01", "KZT")
    assert found["supplier"]["kind"] == "LEGAL_ENTITY"


async def test_two_clients_edit_at_the_same_time(portal: Portal) -> None:
    """R-B5: of two edits of one version one is kept, the other gets a conflict with both versions."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    before = await portal.counts()
    given = {"listingId": draft["id"], "expectedVersion": 1}
    answers = await asyncio.gather(
        *(supplier.act("listingEdit", **given, card=card(f"Кресло {number}")) for number in range(2))
    )
    lost = next(answer for answer in answers if answer["__typename"] == "VersionConflict")
    assert sorted(answer["__typename"] for answer in answers) == ["ListingEdited", "VersionConflict"]
    assert (lost["expected"], lost["actual"], lost["path"]) == (1, 2, ["input", "expectedVersion"])
    after = await portal.counts()
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {"idempotency_keys": 1, "listing_versions": 1}


@pytest.mark.parametrize("act", ["listingEdit", "listingPublish", "listingWithdraw"])
@pytest.mark.parametrize("version", [0, -1, 2, 2**31 - 1])
async def test_another_version_than_stands(portal: Portal, act: str, version: int) -> None:
    """R-B5: an act on a version that does not stand changes nothing."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    before = await portal.counts()
    more = {"card": card()} if act == "listingEdit" else {}
    answer = await supplier.act(act, listingId=draft["id"], expectedVersion=version, **more)
    assert (answer["__typename"], answer["expected"], answer["actual"]) == ("VersionConflict", version, 1)
    assert await portal.counts() == before


async def test_a_direction_that_is_not_open(portal: Portal) -> None:
    """R-B1: nobody makes a card in a direction that the main code of activity does not open."""
    _, supplier = await portal.supplier("74300")
    before = await portal.counts()
    answer = await supplier.act("listingCreate", category=CATEGORY, card=card())
    assert (answer["__typename"], answer["code"]) == ("Refused", "DIRECTION_NOT_OPEN")
    assert await portal.counts() == before


async def test_a_draft_may_lack_what_publishing_asks_for(portal: Portal) -> None:
    """R-B4: a draft may be empty; publishing names every missing field at once."""
    _, supplier = await portal.supplier()
    empty: dict[str, Any] = {"title": {}, "description": {}}
    draft = (await supplier.done("listingCreate", category=CATEGORY, card=empty))["draft"]
    answer = await supplier.act("listingPublish", listingId=draft["id"], expectedVersion=1)
    assert answer["__typename"] == "InvalidInput"
    faults = {(issue["code"], issue["path"][-1]) for issue in answer["issues"]}
    assert {
        ("MISSING_CHARACTERISTIC", "seat_width"),
        ("MISSING_TRANSLATION", "ru"),
        ("PRICE_REQUIRED", "price"),
        ("REGION_REQUIRED", "regions"),
    } <= faults
    assert await shown(portal.visitor(), draft["id"]) is None


async def test_withdrawing_what_was_never_shown(portal: Portal) -> None:
    """R-B4: a draft can't be withdrawn."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    answer = await supplier.act("listingWithdraw", listingId=draft["id"], expectedVersion=1)
    assert (answer["__typename"], answer["code"]) == ("Refused", "TRANSITION_REFUSED")


async def test_the_same_key_repeats_the_answer(portal: Portal) -> None:
    """R-K: the same request under the same key gives the same answer and no second card."""
    _, supplier = await portal.supplier()
    given = {"idempotencyKey": key(), "category": CATEGORY, "card": card()}
    first = await supplier.act("listingCreate", **given)
    before = await portal.counts()
    assert await supplier.act("listingCreate", **given) == first
    assert await portal.counts() == before


async def test_the_same_key_for_another_request(portal: Portal) -> None:
    """R-K: a key that was used is refused for another request, and nothing is done."""
    _, supplier = await portal.supplier()
    given = {"idempotencyKey": key(), "category": CATEGORY}
    await supplier.done("listingCreate", **given, card=card())
    before = await portal.counts()
    answer = await supplier.act("listingCreate", **given, card=card("Другая"))
    assert (answer["__typename"], answer["code"]) == ("IdempotencyConflict", "IDEMPOTENCY_CONFLICT")
    assert await portal.counts() == before


async def test_the_same_key_of_somebody_else(portal: Portal) -> None:
    """R-K: a key belongs to its actor: the same one of another supplier makes another card."""
    (_, first), (_, second) = await portal.supplier(), await portal.supplier()
    given = {"idempotencyKey": key(), "category": CATEGORY, "card": card()}
    one = await first.done("listingCreate", **given)
    other = await second.done("listingCreate", **given)
    assert one["draft"]["id"] != other["draft"]["id"]


async def test_one_key_twenty_times_at_once(portal: Portal) -> None:
    """R-K: twenty requests at once under one key make one card, and each is answered with it."""
    _, supplier = await portal.supplier()
    given = {"idempotencyKey": key(), "category": CATEGORY, "card": card()}
    before = await portal.counts()
    answers = await asyncio.gather(*(supplier.done("listingCreate", **given) for _ in range(20)))
    after = await portal.counts()
    assert len({answer["draft"]["id"] for answer in answers}) == 1
    assert after["listing_drafts"] - before["listing_drafts"] == 1


async def test_a_refusal_leaves_the_key_free(portal: Portal) -> None:
    """R-K: the key of a refused request may be used for the mended one."""
    _, supplier = await portal.supplier()
    given = {"idempotencyKey": key(), "category": CATEGORY}
    refused = await supplier.act("listingCreate", **given, card=card(price="-1"))
    assert refused["code"] == "PRICE_OUT_OF_RANGE"
    await supplier.done("listingCreate", **given, card=card())


@pytest.mark.parametrize("bad", ["", "short", "a" * 101, "with space", "ключ-повтора", "a$b.c/d\\e!"])
async def test_keys_that_are_none(portal: Portal, bad: str) -> None:
    """R-K: an idempotency key has 8 to 100 plain characters."""
    _, supplier = await portal.supplier()
    answer = await supplier.act("listingCreate", idempotencyKey=bad, category=CATEGORY, card=card())
    assert (answer["__typename"], answer["code"]) == ("InvalidInput", "INVALID_IDEMPOTENCY_KEY")


async def test_a_supplier_sees_its_drafts(portal: Portal) -> None:
    """R-B4: the cabinet lists the supplier's own drafts, page by page, and nobody else's."""
    (_, supplier), (_, other) = await portal.supplier(), await portal.supplier()
    made = [(await created(supplier))["id"] for _ in range(5)]
    await created(other)
    query = """query($after: String) { viewer { drafts(first: 2, after: $after) { nodes { id status statusText }
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }"""
    seen, after, more = [], None, True
    while more:
        page = (await supplier.read(query, after=after))["viewer"]["drafts"]
        seen += [node["id"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == made[::-1]
