"""Files through the API: sent with a ticket, looked at, made ready by a worker, shown to whoever may see them."""

import asyncio
from typing import Any

import httpx2
import pytest
from bson import ObjectId

from tests.api.client import Client
from tests.api.files import told
from tests.api.pictures import PLACE, pdf, picture
from tests.api.portal import CATEGORY, Portal, card, global_id, local, of_draft
from tests.api.server import PAUSE, Server
from tests.api.test_caching import asked, given, until, warm

DOCUMENTS = "documents { kind alt { ru kk } file { id url thumbnails { width url } } }"
SHOWN = f"query($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {DOCUMENTS} }} ... on ListingDraft {{ {DOCUMENTS} }} }} }}"
SHOWN_LISTING = f"query($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {DOCUMENTS} }} }} }}"
ALT = {"ru": "Кресло сбоку", "kk": "Арба бүйірінен"}


def document(file: str, kind: str = "PHOTO", **alt: str) -> dict[str, Any]:
    """A document of a card."""
    return {"fileId": file, "kind": kind, "alt": alt or ALT}


@pytest.mark.parametrize(
    ("body", "type_", "purpose"),
    [
        (picture("JPEG"), "image/jpeg", "PHOTO"),
        (picture("PNG"), "image/png", "CERTIFICATE"),
        (picture("WEBP"), "image/webp", "LICENCE"),
        (pdf(), "application/pdf", "LICENCE"),
    ],
    ids=["jpeg", "png", "webp", "pdf"],
)
async def test_each_type(portal: Portal, body: bytes, type_: str, purpose: str) -> None:
    """R-B8: each type is taken, made ready by a worker, and served to its owner without what a camera wrote into it."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(
        supplier, body, purpose=purpose, contentType=type_, fileName="C:\\tmp\\Сурет №1.exe"
    )
    found = await told(supplier, file)
    is_picture = type_ != "application/pdf"
    assert (found["status"], found["contentType"], found["purpose"]) == ("READY", type_, purpose)
    assert found["name"].startswith("Сурет №1.")
    assert (found["width"], found["height"]) == ((1600, 1200) if is_picture else (None, None))
    assert [(one["width"], one["height"]) for one in found["thumbnails"]] == (
        [(320, 240), (1024, 768)] if is_picture else []
    )
    for place in (found, *found["thumbnails"]):
        answer = await portal.http.get(place["url"], headers=supplier.headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, type_)
        assert PLACE not in answer.content
        assert b"Exif" not in answer.content
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        said = answer.headers["content-disposition"]
        assert said.startswith("inline" if is_picture else "attachment")
        assert "filename*=UTF-8''%D0%A1%D1%83%D1%80%D0%B5%D1%82%20%E2%84%961." in said
    assert (await portal.http.get(found["url"], headers=supplier.headers)).content == body or is_picture


async def test_a_picture_that_only_begins_as_one(portal: Portal) -> None:
    """R-B8: what a worker can't read is refused with a reason and served to nobody; nothing of it is kept."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(supplier, picture()[:5000])
    found = await told(supplier, file)
    assert (found["status"], found["statusText"]) == ("REFUSED", "Refused")
    assert "could not be read" in found["fault"]
    assert (await portal.http.get(found["url"], headers=supplier.headers)).status_code == 404
    answer = await supplier.act("listingCreate", category=CATEGORY, card=card(documents=[document(file)]))
    assert [(one["code"], one["path"]) for one in answer["issues"]] == [
        ("FILE_NOT_READY", ["input", "card", "documents", "0", "fileId"])
    ]
    named = {"_id": ObjectId(local(file))}
    row = await portal.database["files"].find_one(named)
    assert row is not None
    assert row["content"] is None
    assert await portal.database["file_work"].find_one(named) is None


async def test_parts_of_a_file(portal: Portal) -> None:
    """R-B8: single ranges are served as RFC 9110 says, with a validator that holds as long as the content."""
    _, supplier = await portal.supplier()
    body = pdf(1_500_000)
    asked = {"purpose": "LICENCE", "contentType": "application/pdf"}
    url = (await told(supplier, await portal.uploaded(supplier, body, **asked)))["url"]

    async def got(method: str = "GET", **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await portal.http.request(method, url, headers=supplier.headers | named)

    whole = await got()
    tag, size = whole.headers["etag"], len(body)
    assert (whole.content, whole.headers["accept-ranges"]) == (body, "bytes")
    parts = {
        "bytes=0-0": (0, 1),
        "bytes=5-": (5, size),
        "bytes=-7": (size - 7, size),
        f"bytes=-{size + 9}": (0, size),
        "bytes=524280-1048600": (524_280, 1_048_601),
        f"bytes=3-{size * 2}": (3, size),
    }
    for asked_for, (start, end) in parts.items():
        part = await got(Range=asked_for)
        assert (part.status_code, part.content) == (206, body[start:end]), asked_for
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
    for nonsense in ("bytes=5-3", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b"):
        assert (await got(Range=nonsense)).status_code == 200
    for beyond in (f"bytes={size}-", "bytes=-0"):
        none = await got(Range=beyond)
        assert (none.status_code, none.headers["content-range"]) == (416, f"bytes */{size}")
    assert (await got(Range="bytes=0-1", If_Range=tag)).status_code == 206
    assert (await got(Range="bytes=0-1", If_Range='"other"')).status_code == 200
    unchanged = await got(If_None_Match=f'"x", W/{tag}')
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
    assert (await got(If_None_Match='"x"')).status_code == 200
    head = await got("HEAD", Range="bytes=0-1")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))


class Audience:
    """Everybody who is not the file's supplier, and what they see of it and its smaller pictures."""

    def __init__(self, portal: Portal, file: str, places: list[str], strangers: list[Client]) -> None:
        self.portal, self.file, self.places, self.strangers = portal, file, places, strangers

    async def sees(self) -> bool:
        """Whether all of them see all of it, or none of them anything: answers are kept until they are told of."""
        nobody, public = (404, "no-store"), (200, "public, max-age=86400, immutable")
        async with asyncio.timeout(10):
            while (seen := await self._asked()) not in [({True}, {public}), ({False}, {nobody})]:
                await asyncio.sleep(PAUSE)
        return seen == ({True}, {public})

    async def _asked(self) -> tuple[set[bool], set[tuple[int, str]]]:
        """Whether the file is told of, and how its doors answer."""
        answers = [
            await self.portal.http.get(url, headers=one.headers)
            for one in self.strangers
            for url in self.places
        ]
        nodes = {await told(one, self.file) is not None for one in self.strangers}
        return nodes, {(one.status_code, one.headers["cache-control"]) for one in answers}


@pytest.fixture
async def strangers(portal: Portal) -> list[Client]:
    """Those who have nothing to do with a supplier."""
    _, other = await portal.supplier()
    _, participant = await portal.participant()
    return [portal.visitor(), other, participant, await portal.employee("administrator")]


async def test_who_sees_a_file(portal: Portal, strangers: list[Client]) -> None:
    """R-B8: a file is its supplier's until a listing that shows it is published, and again once it is withdrawn."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(supplier, picture())
    found = await told(supplier, file)
    places = [found["url"], *(one["url"] for one in found["thumbnails"])]
    audience = Audience(portal, file, places, strangers)
    assert not await audience.sees()

    made = card(documents=[document(file)])
    draft = (await supplier.done("listingCreate", category=CATEGORY, card=made))["draft"]
    assert not await audience.sees()
    (own,) = (await supplier.read(SHOWN, id=draft["id"]))["node"]["documents"]
    assert (own["kind"], own["alt"], own["file"]["id"]) == ("PHOTO", ALT, file)

    draft = (await supplier.done("listingPublish", listingId=draft["id"], expectedVersion=1))["draft"]
    assert await audience.sees()
    for client in (*strangers, supplier):
        assert (await client.read(SHOWN, id=of_draft(draft["id"])))["node"]["documents"] == [own]
    now = {"listingId": draft["id"], "expectedVersion": draft["version"]}
    draft = (await supplier.done("listingWithdraw", **now))["draft"]
    assert not await audience.sees()


async def test_a_file_that_a_card_shows_no_longer(portal: Portal, strangers: list[Client]) -> None:
    """R-B8: an edit without the file takes it from the public only when it is published."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(supplier, picture(size=(40, 30)))
    audience = Audience(portal, file, [(await told(supplier, file))["url"]], strangers)
    listing = await portal.published(supplier, documents=[document(file)])
    bare = {"listingId": listing, "expectedVersion": 2, "card": card(documents=[])}
    edited = (await supplier.done("listingEdit", **bare))["draft"]
    assert await audience.sees()
    await supplier.done("listingPublish", listingId=listing, expectedVersion=edited["version"])
    assert not await audience.sees()


async def test_places_that_are_none(portal: Portal) -> None:
    """R-B8: what is no file, no size of it or no identifier is not there."""
    _, supplier = await portal.supplier()
    url = (await told(supplier, await portal.uploaded(supplier, picture())))["url"]
    base = url.rpartition("/")[0]
    for place in (f"{base}/{'0' * 24}", f"{base}/none", f"{url}/7", f"{url}/whole", f"{base}/upload/x"):
        answer = await portal.http.get(place, headers=supplier.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), place
    assert (await portal.http.get(url, headers={"Authorization": "Bearer x"})).status_code == 401


async def test_a_picture_without_words(portal: Portal) -> None:
    """R-B8: a draft may lack the texts of its pictures; publishing names each that is missing, and shows nothing."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(supplier, picture(size=(40, 30)))
    paper = await portal.uploaded(supplier, pdf(), purpose="LICENCE", contentType="application/pdf")
    documents = [document(file, ru="Сбоку", kk=" "), {"fileId": paper, "kind": "LICENCE"}]
    made = {"category": CATEGORY, "card": card(documents=documents)}
    draft = (await supplier.done("listingCreate", **made))["draft"]
    before = await portal.counts()
    answer = await supplier.act("listingPublish", listingId=draft["id"], expectedVersion=1)
    assert [(one["code"], one["path"]) for one in answer["issues"]] == [
        ("ALT_REQUIRED", ["documents", "0", "alt", "kk"])
    ]
    assert await portal.counts() == before
    assert (await portal.visitor().read(SHOWN, id=of_draft(draft["id"])))["node"] is None
    documents[0] = document(file)
    edited = (
        await supplier.done(
            "listingEdit", listingId=draft["id"], expectedVersion=1, card=card(documents=documents)
        )
    )["draft"]
    await supplier.done("listingPublish", listingId=draft["id"], expectedVersion=edited["version"])


async def test_documents_that_can_not_be(portal: Portal) -> None:
    """R-B8: somebody else's file, one that never was, twice the same and a wrong kind are named, each at its place."""
    _, supplier = await portal.supplier()
    _, other = await portal.supplier()
    own, theirs = [await portal.uploaded(one, picture(size=(40, 30))) for one in (supplier, other)]
    paper = await portal.uploaded(supplier, pdf(), purpose="LICENCE", contentType="application/pdf")
    before = await portal.counts()
    documents = [
        document(own),
        document(theirs),
        document(global_id("File", "0" * 24)),
        document(own),
        document(paper),
    ]
    answer = await supplier.act("listingCreate", category=CATEGORY, card=card(documents=documents))
    assert [(one["code"], *one["path"][3:]) for one in answer["issues"]] == [
        ("UNKNOWN_FILE", "1", "fileId"),
        ("UNKNOWN_FILE", "2", "fileId"),
        ("DUPLICATE_DOCUMENT", "3", "fileId"),
        ("FILE_KIND", "4", "kind"),
    ]
    long = [document(own, ru="я" * 301, kk="\x00")]
    answer = await supplier.act("listingCreate", category=CATEGORY, card=card(documents=long))
    assert [(one["code"], one["path"][-1]) for one in answer["issues"]] == [
        ("NOT_TEXT", "kk"),
        ("TOO_LONG", "ru"),
    ]
    many = await supplier.act("listingCreate", category=CATEGORY, card=card(documents=[document(own)] * 21))
    assert [one["code"] for one in many["issues"]] == ["TOO_MANY_DOCUMENTS"]
    wrong = await supplier.act("listingCreate", category=CATEGORY, card=card(documents=[document("rubbish")]))
    assert (wrong["code"], wrong["path"]) == ("INVALID_ID", ["input", "card", "documents", "0", "fileId"])
    assert await portal.counts() == before


async def test_a_page_with_pictures_is_kept(portal: Portal, server: Server) -> None:
    """R-B8: a public page with its pictures comes from memory, until what it shows changes."""
    _, supplier = await portal.supplier()
    file = await portal.uploaded(supplier, picture(size=(40, 30)))
    listing = await portal.published(supplier, documents=[document(file)])
    first = await warm(portal, SHOWN_LISTING, id=of_draft(listing))
    before = await given(server)
    again = await asked(portal, SHOWN_LISTING, id=of_draft(listing))
    assert again.content == first.content
    assert await given(server) == before + 1
    (shown,) = again.json()["data"]["node"]["documents"]
    assert shown["file"]["id"] == file
    edited = await supplier.done("listingEdit", listingId=listing, expectedVersion=2, card=card(documents=[]))
    await supplier.done("listingPublish", listingId=listing, expectedVersion=edited["draft"]["version"])
    await until(portal, lambda data: data["node"]["documents"] == [], SHOWN_LISTING, id=of_draft(listing))
