"""Files through the API: sent with a ticket, looked at, made ready by a worker, shown to whoever may see them."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from bson import ObjectId

from tests.api.client import Client, key
from tests.api.pictures import PLACE, pdf, picture, png_header
from tests.api.portal import CATEGORY, Portal, card, global_id, local, of_draft

FILE = """query($id: ID!) { node(id: $id) { ... on File { name purpose contentType size width height url
status statusText fault thumbnails { width height url } } } }"""
DOCUMENTS = "documents { kind alt { ru kk } file { id url thumbnails { width url } } }"
SHOWN = f"query($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {DOCUMENTS} }} ... on ListingDraft {{ {DOCUMENTS} }} }} }}"
ALT = {"ru": "Кресло сбоку", "kk": "Арба бүйірінен"}
STORED = ("files", "file_work", "file_contents.files", "file_contents.chunks", "loose_contents")


async def told(client: Client, file: str) -> Any:
    """What a client reads of a file."""
    return (await client.read(FILE, id=file))["node"]


async def kept(portal: Portal) -> dict[str, int]:
    """How many rows the collections of files have."""
    return {name: await portal.database[name].count_documents({}) for name in STORED}


async def sent(portal: Portal, client: Client, url: str, body: Any, **headers: str) -> httpx2.Response:
    """The answer to an upload."""
    return await portal.http.put(url, content=body, headers=client.headers | headers)


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


async def test_another_type_than_declared(portal: Portal) -> None:
    """R-B8: what is no file of the declared type is refused, whatever it is called, and leaves nothing."""
    _, supplier = await portal.supplier()
    jpeg = picture()
    cases = [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", {}, 415, "FILE_TYPE_UNKNOWN"),
        (b"<!doctype html><script>alert(1)</script>", {}, 415, "FILE_TYPE_UNKNOWN"),
        (picture("PNG", (8, 8)), {}, 415, "FILE_TYPE_DIFFERS"),
        (jpeg, {"contentType": "image/png"}, 415, "FILE_TYPE_DIFFERS"),
        (jpeg[:3], {}, 400, "FILE_UNREADABLE"),
        (b"\xff\xd8\xff\xe1\x00\x00" + b"0" * 60, {}, 400, "FILE_UNREADABLE"),
        (png_header(60_000, 60_000), {"contentType": "image/png"}, 400, "FILE_PIXELS"),
        (png_header(8_000, 8_000), {"contentType": "image/png"}, 400, "FILE_PIXELS"),
        (b"\n" + pdf(), {"purpose": "LICENCE", "contentType": "application/pdf"}, 415, "FILE_TYPE_UNKNOWN"),
        (pdf()[:-8], {"purpose": "LICENCE", "contentType": "application/pdf"}, 400, "FILE_UNREADABLE"),
    ]
    before = await kept(portal)
    for body, asked, status, code in cases:
        ticket = await portal.ticket(supplier, body, **asked)
        answer = await sent(portal, supplier, ticket["uploadUrl"], body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body[:20]
        assert answer.json()["message"] != code
        assert await told(supplier, ticket["fileId"]) is None
    assert await kept(portal) == before


async def test_what_no_ticket_is_given_for(portal: Portal) -> None:
    """R-B8: a ticket is refused for what could not be uploaded, with everything that is wrong, and none is made."""
    _, supplier = await portal.supplier()
    before = await portal.counts()
    asked = {"purpose": "PHOTO", "fileName": "a.pdf", "size": 11 * 2**20, "contentType": "application/pdf"}
    answer = await supplier.act("fileTicket", **asked)
    assert [(one["code"], one["path"]) for one in answer["issues"]] == [
        ("FILE_TYPE_NOT_ALLOWED", ["input", "contentType"]),
        ("FILE_TOO_LARGE", ["input", "size"]),
    ]
    answer = await supplier.act("fileTicket", **(asked | {"size": 0, "contentType": "image/svg+xml"}))
    assert [one["code"] for one in answer["issues"]] == ["FILE_TYPE_NOT_ALLOWED", "FILE_EMPTY"]
    assert await portal.counts() == before


async def poured(portal: Portal, client: Client, url: str, head: str, megabytes: int) -> tuple[int, bytes]:
    """Send chunks without end over a bare socket; how many bytes went out, and the answer."""
    address = urlsplit(portal.server.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = [
        f"PUT {urlsplit(url).path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {client.token}",
    ]
    writer.write("\r\n".join([*lines, head, "", ""]).encode())
    piece = b"\xff\xd8\xff\xe0\x00\x10" + b"\x00" * (2**16 - 6)
    chunked, gone = "chunked" in head, 0
    answer = asyncio.create_task(reader.read())
    try:
        while gone < megabytes * 2**20 and not answer.done():
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if chunked else piece)
            await writer.drain()
            gone += len(piece)
    except OSError:
        pass
    try:
        return gone, await answer
    except OSError:
        return gone, b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "head",
    ["Transfer-Encoding: chunked", "Content-Length: 2147483648", "Content-Length: 65536"],
    ids=["none", "honest", "lying"],
)
async def test_far_more_than_the_bound(portal: Portal, head: str) -> None:
    """R-B8: of an upload of 2 GB no more is read than was declared, however it is announced, and nothing is left."""
    _, supplier = await portal.supplier()
    ticket = await supplier.done(
        "fileTicket",
        purpose="PHOTO",
        fileName="a.jpg",
        size=2**16 if "65536" in head else 2**20,
        contentType="image/jpeg",
    )
    before = await kept(portal)
    gone, answer = await poured(portal, supplier, ticket["uploadUrl"], head, 2048)
    assert gone < 40 * 2**20, "what the kernel holds for both sides, and no more"
    # what comes behind the bound may cost the client its answer; a JPEG of nothing but zeros is none either
    assert answer == b"" or answer.split()[1] == (b"400" if "65536" in head else b"413")
    while await kept(portal) != before:
        await asyncio.sleep(0.05)
    assert await told(supplier, ticket["fileId"]) is None


async def test_another_length_than_declared(portal: Portal) -> None:
    """R-B8: an honest length that is not the declared one is refused before anything is read or used up."""
    _, supplier = await portal.supplier()
    body = picture(size=(64, 64))
    ticket = await portal.ticket(supplier, body)
    before = await kept(portal)
    more = await sent(portal, supplier, ticket["uploadUrl"], body + b"0")
    less = await sent(portal, supplier, ticket["uploadUrl"], body[:-1])
    assert (more.status_code, more.json()["code"]) == (413, "FILE_TOO_LARGE")
    assert (less.status_code, less.json()["code"]) == (400, "FILE_SIZE_DIFFERS")
    packed = await sent(portal, supplier, ticket["uploadUrl"], body, **{"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json()["code"]) == (415, "FILE_ENCODED")
    assert await kept(portal) == before

    async def cut() -> Any:
        yield body[:-1]

    short = await sent(portal, supplier, (await portal.ticket(supplier, body))["uploadUrl"], cut())
    assert (short.status_code, short.json()["code"]) == (400, "FILE_SIZE_DIFFERS")
    assert await kept(portal) == before
    assert (await sent(portal, supplier, ticket["uploadUrl"], body)).status_code == 201


async def test_an_upload_that_breaks_off(portal: Portal) -> None:
    """R-B8: a client that goes away in the middle leaves no piece of its file, and its ticket is spent."""
    _, supplier = await portal.supplier()
    body = picture("PNG", (900, 900), compress_level=0)
    ticket = await portal.ticket(supplier, body, contentType="image/png")
    before = await kept(portal)
    address = urlsplit(portal.server.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"PUT {urlsplit(ticket['uploadUrl']).path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {supplier.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body[: 2**20])
    await writer.drain()
    chunks = portal.database["file_contents.chunks"]
    while await chunks.count_documents({}) == before["file_contents.chunks"]:
        await asyncio.sleep(0.02)
    writer.close()
    while await kept(portal) != before:
        await asyncio.sleep(0.02)
    again = await sent(portal, supplier, ticket["uploadUrl"], body)
    assert (again.status_code, again.json()["code"]) == (409, "FILE_TICKET_SPENT")
    assert reader.at_eof() or await reader.read() == b""


async def test_a_ticket_is_good_once(portal: Portal) -> None:
    """R-B8: of ten uploads with one ticket at once one is kept; a replayed ticket is refused."""
    _, supplier = await portal.supplier()
    body = picture(size=(64, 64))
    ticket = await portal.ticket(supplier, body)
    files = await portal.database["files"].count_documents({})
    answers = await asyncio.gather(*(sent(portal, supplier, ticket["uploadUrl"], body) for _ in range(10)))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 9]
    assert await portal.database["files"].count_documents({}) == files + 1
    again = await sent(portal, supplier, ticket["uploadUrl"], body)
    assert (again.status_code, again.json()["code"]) == (409, "FILE_TICKET_SPENT")
    row = {"_id": ObjectId(local(ticket["fileId"]))}
    while await portal.database["file_work"].find_one(row):
        await asyncio.sleep(0.02)


async def test_a_ticket_too_late(portal: Portal) -> None:
    """R-B8: a ticket is good for a quarter of an hour."""
    _, supplier = await portal.supplier()
    body = picture(size=(64, 64))
    ticket = await portal.ticket(supplier, body)
    row = ObjectId(local(ticket["fileId"]))
    found = await portal.database["file_tickets"].find_one({"_id": row})
    assert found is not None
    over = {"$set": {"expires_at": found["expires_at"] - timedelta(minutes=16)}}
    await portal.database["file_tickets"].update_one({"_id": row}, over)
    answer = await sent(portal, supplier, ticket["uploadUrl"], body)
    assert (answer.status_code, answer.json()["code"]) == (409, "FILE_TICKET_SPENT")


async def test_the_same_key_gives_the_same_ticket(portal: Portal) -> None:
    """R-K: a repeated request is answered with the same ticket, and no second one is made."""
    _, supplier = await portal.supplier()
    asked = {"idempotencyKey": key()}
    first = await portal.ticket(supplier, picture(), **asked)
    before = await portal.counts()
    assert await portal.ticket(supplier, picture(), **asked) == first
    assert await portal.counts() == before


async def test_a_ticket_of_somebody_else(portal: Portal) -> None:
    """R-B8: a ticket is its supplier's alone, and an invented one nobody's; the refusals change nothing."""
    _, supplier = await portal.supplier()
    _, other = await portal.supplier()
    _, participant = await portal.participant()
    body = picture(size=(64, 64))
    ticket = await portal.ticket(supplier, body)
    url = ticket["uploadUrl"]
    changed = url[:-2] + ("A" if url[-2] != "A" else "B") + url[-1]
    before = await portal.counts()
    cases = [
        (other, url, 404, "NOT_FOUND"),
        (supplier, changed, 404, "NOT_FOUND"),
        (supplier, url[:-40], 404, "NOT_FOUND"),
        (supplier, url + "é", 404, "NOT_FOUND"),
        (participant, url, 403, "ACCESS_DENIED"),
        (portal.visitor(), url, 401, "SIGN_IN_REQUIRED"),
        (Client(portal.http, "rubbish"), url, 401, "TOKEN_INVALID"),
    ]
    for client, place, status, code in cases:
        answer = await sent(portal, client, place, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await portal.counts() == before
    assert (await sent(portal, supplier, url, body)).status_code == 201


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
        """Whether all of them see all of it; else none of them sees anything."""
        answers = [
            await self.portal.http.get(url, headers=one.headers)
            for one in self.strangers
            for url in self.places
        ]
        nodes = {await told(one, self.file) is not None for one in self.strangers}
        told_by = {(one.status_code, one.headers["cache-control"]) for one in answers}
        public = (200, "public, max-age=86400, immutable")
        assert (nodes, told_by) in [({True}, {public}), ({False}, {(404, "no-store")})]
        return nodes == {True}


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
    bare = {"listingId": listing, "expectedVersion": 2, "card": card()}
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
