"""Uploads through the API: bounds, types, tickets, and what is left when one of them says no."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from bson import ObjectId

from tests.api.client import Client, key
from tests.api.files import kept, sent, told
from tests.api.pictures import pdf, picture, png_header
from tests.api.portal import Portal, local


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
    assert await kept(portal) <= before


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
    while await kept(portal) - before:
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
    assert await kept(portal) <= before

    async def cut() -> Any:
        yield body[:-1]

    short = await sent(portal, supplier, (await portal.ticket(supplier, body))["uploadUrl"], cut())
    assert (short.status_code, short.json()["code"]) == (400, "FILE_SIZE_DIFFERS")
    assert await kept(portal) <= before
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
    while "file_contents.chunks" not in {name for name, _ in await kept(portal) - before}:
        await asyncio.sleep(0.02)
    writer.close()
    while await kept(portal) - before:
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
        assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert await portal.counts() == before
    assert (await sent(portal, supplier, url, body)).status_code == 201
