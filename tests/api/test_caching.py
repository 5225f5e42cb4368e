"""Answers kept in memory: the same as fresh ones, dropped by any write, also one past the portal."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.api.client import coined
from tests.api.freshness import Watch, watched
from tests.api.portal import Portal, of_draft
from tests.api.server import Server

PAGE = "query Shown($filter: ListingFilter) { listings(filter: $filter) { totalCount nodes { id title { ru } supplier { name { ru } } } } }"
NODE = "query One($id: ID!) { node(id: $id) { ... on Listing { title { ru } price { amount } } } }"


async def asked(
    portal: Portal, query: str, headers: dict[str, str] | None = None, **variables: Any
) -> httpx2.Response:
    """The answer of a POST as the wire has it."""
    answer = await portal.http.post(
        "/graphql", json={"query": query, "variables": variables}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer


async def warm(
    portal: Portal, query: str, headers: dict[str, str] | None = None, **variables: Any
) -> httpx2.Response:
    """The answer once it comes from memory: the third time at the latest."""
    for _ in range(2):
        await asked(portal, query, headers, **variables)
    return await asked(portal, query, headers, **variables)


async def given(server: Server) -> int:
    """How many answers came from memory until now."""
    async with httpx2.AsyncClient(base_url=server.address) as http:
        text = (await http.get("/metrics")).text
    [line] = [
        each for each in text.splitlines() if each.startswith('komek_answers_given_total{source="memory"}')
    ]
    return int(float(line.rpartition(" ")[2]))


async def until(portal: Portal, wanted: Any, query: str, **variables: Any) -> list[Any]:
    """Ask until the answer is as wanted; every answer on the way."""
    seen: list[Any] = []
    async with asyncio.timeout(30):
        while not seen or not wanted(seen[-1]):
            seen.append((await asked(portal, query, **variables)).json()["data"])
    return seen


async def published(portal: Portal, **fields: Any) -> tuple[str, str, Any]:
    """A listing with a word of its own: the word, its identifier, its row."""
    mark = coined("слово")
    _, supplier = await portal.supplier()
    shown = await portal.published(supplier, title={"ru": f"Коляска {mark}", "kk": f"Арба {mark}"}, **fields)
    row = await portal.database["listings"].find_one({"title.ru": f"Коляска {mark}"})
    assert row is not None
    return mark, of_draft(shown), row


async def test_a_repeated_question_is_answered_from_memory(portal: Portal) -> None:
    """R-K: a public answer is made once; the bytes are the same, and a client may keep them under their tag."""
    mark, _, _ = await published(portal)
    first = await asked(portal, PAGE, filter={"text": mark})
    before = await given(portal.server)
    kept = await warm(portal, PAGE, filter={"text": mark})
    assert await given(portal.server) > before
    assert kept.content == first.content
    assert kept.headers["cache-control"] == "public, no-cache"
    assert first.json()["data"]["listings"]["totalCount"] == 1


async def test_who_has_the_answer_is_told_so(portal: Portal) -> None:
    """R-K: GET with the tag of an answer gets 304 and no body (RFC 9110, 13.1.2)."""
    params = {"query": "{ regions { code } }"}
    await portal.http.get("/graphql", params=params)
    found = await portal.http.get("/graphql", params=params)
    again = await portal.http.get("/graphql", params=params, headers={"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == found.headers["etag"]
    other = await portal.http.get("/graphql", params=params, headers={"If-None-Match": '"other"'})
    assert other.content == found.content


async def test_who_signed_in_gets_an_answer_of_his_own(portal: Portal) -> None:
    """R-J3: nothing that is made for a viewer is kept, and no viewer gets what was kept for visitors."""
    mark, listing, _ = await published(portal)
    await warm(portal, PAGE, filter={"text": mark})
    _, supplier = await portal.supplier()
    headers = {"Authorization": f"Bearer {supplier.token}"}
    before = await given(portal.server)
    for _ in range(3):
        own = await asked(portal, PAGE, headers, filter={"text": mark})
        assert own.headers["cache-control"] == "no-store"
        assert [node["id"] for node in own.json()["data"]["listings"]["nodes"]] == [listing]
    assert await given(portal.server) == before
    refused = await portal.http.post(
        "/graphql",
        json={"query": PAGE, "variables": {"filter": {"text": mark}}},
        headers={"Authorization": "Bearer no"},
    )
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "query",
    ["{ viewer { role } }", "{ serviceStatus { now } }", "{ regions { code } serviceStatus { now } }"],
)
async def test_what_is_not_declared_shared_is_made_each_time(portal: Portal, query: str) -> None:
    """R-K: one field that is nobody else's makes the whole answer so."""
    assert (await warm(portal, query)).headers["cache-control"] == "no-store"


async def test_languages_do_not_mix(portal: Portal) -> None:
    """R-K: each language has answers of its own."""
    query = "{ categories { name { text } } }"
    texts = {
        language: (await warm(portal, query, {"Accept-Language": language})).json()["data"]["categories"][0][
            "name"
        ]["text"]
        for language in ("kk", "ru", "en")
    }
    assert len(set(texts.values())) == 3


async def test_errors_are_not_kept(portal: Portal) -> None:
    """R-K: an answer with an error is nobody's but who asked."""
    answer = await warm(portal, PAGE, filter={"ranges": [{"code": "seat_width", "minimum": 1}]})
    assert answer.json()["errors"][0]["extensions"]["code"] == "CATEGORY_REQUIRED"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_withdrawn_listing_goes_from_its_page_and_from_the_count(portal: Portal) -> None:
    """R-B4: what a supplier takes back is gone from answers that were kept."""
    mark = coined("слово")
    _, supplier = await portal.supplier()
    draft = await portal.published(supplier, title={"ru": f"Коляска {mark}", "kk": f"Арба {mark}"})
    await warm(portal, PAGE, filter={"text": mark, "category": "wheelchairs_manual"})
    await supplier.done("listingWithdraw", listingId=draft, expectedVersion=2)
    seen = await until(
        portal,
        lambda data: data["listings"]["totalCount"] == 0,
        PAGE,
        filter={"text": mark, "category": "wheelchairs_manual"},
    )
    assert seen[-1]["listings"]["nodes"] == []


async def test_writes_past_the_portal_count_too(portal: Portal) -> None:
    """R-E3: whoever writes, the answer follows, and never goes back."""
    mark, listing, row = await published(portal)
    await warm(portal, NODE, id=listing)
    await warm(portal, PAGE, filter={"text": mark})
    await portal.server.write_behind("listings", row["_id"], {"$set": {"title.ru": "Переименовано"}})
    seen = await until(portal, lambda data: data["node"]["title"]["ru"] == "Переименовано", NODE, id=listing)
    assert {each["node"]["title"]["ru"] for each in seen} <= {f"Коляска {mark}", "Переименовано"}
    await until(
        portal,
        lambda data: data["listings"]["nodes"][0]["title"]["ru"] == "Переименовано",
        PAGE,
        filter={"text": mark},
    )
    again = await asked(portal, NODE, id=listing)
    assert again.json()["data"]["node"]["title"]["ru"] == "Переименовано"


async def test_a_supplier_renamed_is_renamed_on_every_page(portal: Portal) -> None:
    """R-B7: suppliers in memory follow the database, for visitors and for who signed in."""
    mark, _, row = await published(portal)
    await warm(portal, PAGE, filter={"text": mark})
    _, reader = await portal.supplier()
    headers = {"Authorization": f"Bearer {reader.token}"}
    await warm(portal, PAGE, headers, filter={"text": mark})
    await portal.server.write_behind("suppliers", row["supplier"], {"$set": {"name.ru": "Новое имя"}})

    def renamed(data: Any) -> bool:
        return bool(data["listings"]["nodes"][0]["supplier"]["name"]["ru"] == "Новое имя")

    await until(portal, renamed, PAGE, filter={"text": mark})
    async with asyncio.timeout(30):
        while not renamed((await asked(portal, PAGE, headers, filter={"text": mark})).json()["data"]):
            await asyncio.sleep(0.01)


async def test_no_answer_is_older_than_one_that_was_seen(portal: Portal) -> None:
    """R-E3: 60 random writes past the portal under reading clients; the long run does 2,000 over failovers."""
    mark = coined("слово")
    _, supplier = await portal.supplier()
    for number in range(5):
        await portal.published(
            supplier, title={"ru": f"Коляска {mark} {number}", "kk": f"Арба {mark} {number}"}
        )
    rows = await portal.database["listings"].distinct("_id", {"title.ru": {"$regex": mark}})
    assert len(rows) == 5

    async def behind(row: Any, change: dict[str, Any]) -> None:
        await portal.server.write_behind("listings", row, change)

    before = await given(portal.server)
    await watched(Watch(portal.http, rows, {"text": mark}), 60, behind, seed=60)
    assert await given(portal.server) > before
