"""The history of a card through the API: every version kept, any two compared, any one restored."""

import asyncio
from typing import Any

import pytest

from tests.api.client import Client, key
from tests.api.portal import ANSWERS, CATEGORY, Portal, card

HISTORY = """query($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on ListingDraft {
history(first: $first, after: $after) { nodes { version act actText by byText at contentHash definitionVersion
content { title { ru } price { amount } people { name } } } pageInfo { hasNextPage endCursor } } } } }"""
CHANGES = """query($id: ID!, $from: Int!, $to: Int!) { node(id: $id) { ... on ListingDraft {
changes(from: $from, to: $to) { path label before { text amount number boolean codes }
after { text amount number boolean codes } } } } }"""
PERSON = {"name": "Айша Серік", "role": "техник", "qualification": {"kk": "Жоғары", "ru": "Высшая"}}


async def created(client: Client, **fields: Any) -> Any:
    """A new draft."""
    return (await client.done("listingCreate", category=CATEGORY, card=card(**fields)))["draft"]


async def edited(client: Client, draft: Any, **fields: Any) -> Any:
    """The draft after an edit of the version that is at hand."""
    given = {"listingId": draft["id"], "expectedVersion": draft["version"], "card": card(**fields)}
    return (await client.done("listingEdit", **given))["draft"]


async def history(client: Client, draft: Any, first: int = 50) -> list[Any]:
    """All versions, page by page."""
    found, after, more = [], None, True
    while more:
        asked = {"id": draft["id"], "first": first, "after": after}
        page = (await client.read(HISTORY, **asked))["node"]["history"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


async def changes(client: Client, draft: Any, since: int, until: int) -> dict[tuple[str, ...], Any]:
    """What changed, by path."""
    found = (await client.read(CHANGES, id=draft["id"], **{"from": since, "to": until}))["node"]["changes"]
    return {tuple(one["path"]): one for one in found}


async def test_every_version_is_kept(portal: Portal) -> None:
    """R-B5: each act makes one version with who did what when, read newest first and page by page."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    draft = await edited(supplier, draft, named="Другое кресло")
    for act in ("listingPublish", "listingWithdraw"):
        given = {"listingId": draft["id"], "expectedVersion": draft["version"]}
        draft = (await supplier.done(act, **given))["draft"]
    whole = await history(supplier, draft)
    assert [(one["version"], one["act"]) for one in whole] == [
        (4, "WITHDRAWN"),
        (3, "PUBLISHED"),
        (2, "EDITED"),
        (1, "CREATED"),
    ]
    assert {(one["by"], one["byText"]) for one in whole} == {("supplier", "Supplier")}
    assert [one["content"]["title"]["ru"] for one in whole] == ["Другое кресло"] * 3 + ["Кресло-коляска"]
    assert len({one["contentHash"] for one in whole}) == 2
    assert await history(supplier, draft, first=3) == whole


async def test_any_two_versions_are_compared(portal: Portal) -> None:
    """R-B5: texts, price, regions, answers and people are told one by one, as a person reads them."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    wider = [one | {"number": "460"} if one["code"] == "seat_width" else one for one in ANSWERS]
    fields = {"price": "160000.00", "regions": ["75"], "characteristics": wider, "people": [PERSON]}
    draft = await edited(supplier, draft, named="Другое кресло", **fields)
    found = await changes(supplier.speaking("ru"), draft, 1, 2)
    assert found.keys() >= {
        ("title", "ru"),
        ("title", "kk"),
        ("price",),
        ("regions", "71"),
        ("regions", "75"),
        ("characteristics", "seat_width"),
    }
    title = found["title", "ru"]
    assert (title["label"], title["before"]["text"]) == ("Название (ru)", "Кресло-коляска")
    assert (found["price",]["before"]["amount"], found["price",]["after"]["amount"]) == (
        "150000",
        "160000",
    )
    assert found["regions", "71"]["after"] is None
    assert found["regions", "75"]["after"]["text"] == "Город Алматы"
    width = found["characteristics", "seat_width"]
    assert (width["before"]["number"], width["after"]["number"], width["after"]["text"]) == (
        450,
        460,
        "460 мм",
    )
    (person,) = (one for path, one in found.items() if path[0] == "people")
    assert person["after"]["text"] == "Айша Серік, техник, Высшая"
    back = await changes(supplier.speaking("ru"), draft, 2, 1)
    assert back["price",]["before"] == found["price",]["after"]
    assert await changes(supplier, draft, 2, 2) == {}


async def test_versions_that_never_were(portal: Portal) -> None:
    """R-B5: there is nothing to compare with a version that was never kept."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    for since, until, place in ((1, 2, "to"), (0, 1, "from"), (-1, 2**31 - 1, "from")):
        asked = {"id": draft["id"], "from": since, "to": until}
        (error,) = await supplier.errors(CHANGES, **asked)
        assert (error["code"], error["path"]) == ("NOT_FOUND", [place])
    before = await portal.counts()
    given = {"listingId": draft["id"], "expectedVersion": 1, "version": 7}
    answer = await supplier.act("listingRestore", **given)
    assert (answer["__typename"], answer["path"]) == ("NotFound", ["input", "version"])
    assert await portal.counts() == before


async def test_the_loser_learns_what_the_winner_did(portal: Portal) -> None:
    """R-B5: of edits at once exactly one wins, and each conflict names the winner's changes."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    given = {"listingId": draft["id"], "expectedVersion": 1}
    answers = await asyncio.gather(
        *(
            supplier.speaking("ru").act("listingEdit", **given, card=card(price=f"{price}.00"))
            for price in (1, 2, 3, 4)
        )
    )
    kinds = sorted(answer["__typename"] for answer in answers)
    assert kinds == ["ListingEdited", *["VersionConflict"] * 3]
    (_, newest) = reversed(await history(supplier, draft))
    for lost in (answer for answer in answers if answer["__typename"] == "VersionConflict"):
        assert (lost["expected"], lost["actual"]) == (1, 2)
        assert lost["steps"] == [{"version": 2, "act": "EDITED", "by": "supplier"}]
        (change,) = lost["changes"]
        assert (change["path"], change["label"]) == (["price"], "Цена")
        assert change["before"]["text"].startswith("150")
        assert change["after"]["text"][0] == newest["content"]["price"]["amount"][0]
    assert len(await history(supplier, draft)) == 2


async def test_an_old_version_is_restored(portal: Portal) -> None:
    """R-B5: the content of any version can be the draft's again, as a new version; people included."""
    _, supplier = await portal.supplier()
    first = await created(supplier, people=[PERSON])
    draft = await edited(supplier, first, named="Другое кресло", price="1.00", people=[])
    given = {"listingId": draft["id"], "expectedVersion": 2, "version": 1, "idempotencyKey": key()}
    restored = (await supplier.done("listingRestore", **given))["draft"]
    assert restored["version"] == 3
    assert await changes(supplier, draft, 1, 3) == {}
    newest, _, oldest = await history(supplier, draft)
    assert (newest["act"], newest["contentHash"]) == ("RESTORED", oldest["contentHash"])
    assert newest["content"]["people"] == [{"name": "Айша Серік"}]
    before = await portal.counts()
    assert (await supplier.done("listingRestore", **given))["draft"] == restored
    late = await supplier.act("listingRestore", **(given | {"idempotencyKey": key()}))
    assert (late["__typename"], late["actual"]) == ("VersionConflict", 3)
    assert await portal.counts() == before


async def test_a_history_is_its_suppliers(portal: Portal) -> None:
    """R-J3: another supplier restores nothing of a card and reads nothing of its history; other roles may not ask."""
    (_, supplier), (_, other) = await portal.supplier(), await portal.supplier()
    draft = await edited(supplier, await created(supplier), named="Другое кресло")
    before = await portal.counts()
    given = {"listingId": draft["id"], "expectedVersion": 2, "version": 1}
    assert (await other.act("listingRestore", **given))["__typename"] == "NotFound"
    _, participant = await portal.participant()
    assert (await participant.act("listingRestore", **given))["__typename"] == "AccessDenied"
    assert (await portal.visitor().act("listingRestore", **given))["code"] == "SIGN_IN_REQUIRED"
    for client in (other, participant, await portal.employee("administrator"), portal.visitor()):
        assert (await client.read(HISTORY, id=draft["id"], first=5))["node"] is None
    after = await portal.counts()
    assert {name for name in after if after[name] != before[name]} <= {
        "sessions",
        "participants",
        "consents",
        "gateway_records",
        "challenges",
        "events",
        "evidence",
        "staff",
        "staff_sign_ins",
        "outbox",
        "outbox_heads",
    }
    assert len(await history(supplier, draft)) == 2


@pytest.mark.parametrize("first", [0, 101])
async def test_pages_have_their_bounds(portal: Portal, first: int) -> None:
    """R-K: a page of a history has 1 to 100 versions, and a cursor is of this list."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    (error,) = await supplier.errors(HISTORY, id=draft["id"], first=first)
    assert error["code"] == "PAGE_SIZE"
    (error,) = await supplier.errors(HISTORY, id=draft["id"], first=1, after="x")
    assert error["code"] == "BAD_CURSOR"
