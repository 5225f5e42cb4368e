"""The doors of files: how much of a body is read, how long it may take, and parts of a content."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.types import Message

from auth.viewer import Viewer
from documents import files as stored
from documents.base import collection
from documents.files import contents
from domain.files import LARGEST, FilePurpose
from resolvers import files
from resolvers.context import Context
from tests.house.tree import ROOT
from tests.resolvers.stage import supplier
from web import files as doors
from web.files import file_routes
from web.ranges import Part, Unsatisfiable, part_of

PIECE = b"\xff\xd8\xff\xfe\xff\xff" + b"\x00" * 65_533
"""A comment in a JPEG: there may be any number of them."""
ON = b"\xff\xfe\xff\xff" + b"\x00" * 65_533


@pytest.fixture
async def ctx(database: object, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A supplier whose token is always good."""
    found = (await supplier())[1]

    async def known(*_: object) -> Viewer:
        return found.viewer

    monkeypatch.setattr(doors, "admitted", known)
    return found


def app(ctx: Context, seconds: float = 60) -> Starlette:
    """The doors alone."""
    return Starlette(
        routes=file_routes(lambda _request: ctx, lambda kind, row: f"{kind}:{row}", seconds=seconds)
    )


async def ticket(ctx: Context, size: int, key: str = "key-00001") -> str:
    """The place for a photo of so many bytes."""
    asked = files.Asked(FilePurpose.photo, "a.jpg", size, "image/jpeg")
    return f"{files.UPLOAD}{files.written((await files.issue(ctx, asked, key))['_id'])}"


async def answered(
    ctx: Context, path: str, pieces: Callable[[int], bytes | None], length: str = "", seconds: float = 60
) -> tuple[int, dict[str, str], int]:
    """Status, headers, and how many pieces of a body without end were taken."""
    taken, sent = 0, []

    async def receive() -> Message:
        nonlocal taken
        piece = pieces(taken)
        if piece is None:
            await asyncio.sleep(3600)
        taken += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"content-length", length.encode())], "http_version": "1.1", "scheme": "http", "server": ("test", 80),
    }  # fmt: skip
    await app(ctx, seconds)(scope, receive, send)
    said = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return sent[0]["status"], said, taken


@pytest.mark.parametrize("length", ["", str(2**20)], ids=["none", "lying"])
async def test_a_body_without_end(ctx: Context, length: str) -> None:
    """R-B8: of a body without end one piece beyond the bound is read, and no chunk of it stays."""
    path = await ticket(ctx, 2**20)
    status, headers, taken = await answered(ctx, path, lambda number: ON if number else PIECE, length)
    assert (status, headers["connection"]) == (413, "close")
    assert taken == 2**20 // len(ON) + 1
    for name in (contents.HEADS, contents.CHUNKS, contents.LOOSE, "files", "file_work"):
        assert await collection(name).count_documents({}) == 0


async def test_a_body_that_says_how_long_it_is(ctx: Context) -> None:
    """R-B8: nothing is read of a body that announces 2 GB, and its ticket stays good."""
    path = await ticket(ctx, 2**20)
    status, headers, taken = await answered(ctx, path, lambda _: PIECE, str(2**31))
    assert (status, headers["connection"], taken) == (413, "close", 0)
    assert await collection("file_tickets").count_documents({"used_at": None}) == 1


async def test_a_body_that_stands_still(ctx: Context) -> None:
    """R-B8: an upload that takes too long ends, and leaves nothing."""
    path = await ticket(ctx, 2**20)
    status, headers, _ = await answered(ctx, path, lambda number: None if number else PIECE, seconds=0.2)
    assert (status, headers["connection"]) == (408, "close")
    assert await collection(contents.CHUNKS).count_documents({}) == 0
    assert await collection(contents.LOOSE).count_documents({}) == 0


async def test_a_content_that_is_sent(ctx: Context) -> None:
    """R-B8: a public file may be kept by caches, as what it is."""
    transport = httpx2.ASGITransport(app=app(ctx))
    writer = await stored.opened(ctx.now)
    await writer.write(b"0123456789")
    await writer.close(ctx.now)
    row = stored.StoredFile(
        supplier=ctx.viewer.subject, purpose="photo", name="a.jpg", content_type="image/jpeg", size=10,
        sha256="", width=1, height=1, content=writer.content, status="ready", created_at=ctx.now, changed_at=ctx.now,
    )  # fmt: skip
    await stored.store(row)
    await collection("listings").insert_one({"documents": [{"id": row.id}]})
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get(
            f"/files/{row.id}", headers={"Range": "bytes=2-4", "Authorization": "Basic x"}
        )
        assert (answer.status_code, answer.content) == (206, b"234")
        assert answer.headers["cache-control"] == "public, max-age=86400, immutable"
        assert answer.headers["content-disposition"].startswith("inline")
        assert (await client.get(f"/files/{row.id}", headers={"If-None-Match": "*"})).status_code == 304


def oracle(first: int | None, last: int | None, total: int) -> list[int] | None:
    """The positions a range means (RFC 9110, 14.1.2), slowly; None for all."""
    if first is None:
        return list(range(total))[-last:] if last else []
    if last is not None and last < first:
        return None
    return [place for place in range(total) if first <= place and (last is None or place <= last)]


SIDES = st.none() | st.integers(0, 12)


@given(SIDES, SIDES, st.integers(0, 10))
def test_any_range(first: int | None, last: int | None, total: int) -> None:
    """R-B8: a range gives the bytes that the standard says, or says that there are none."""
    text = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    wanted = oracle(first, last, total) if (first, last) != (None, None) else None
    if wanted is None:
        assert part_of(text, total) is None
    elif wanted:
        assert part_of(text, total) == Part(wanted[0], len(wanted))
    else:
        with pytest.raises(Unsatisfiable):
            part_of(text, total)


def test_the_proxy_lets_pass_what_may_be_uploaded() -> None:
    """R-B8: the proxy's bound is the portal's, and it writes nothing of an upload to its disk."""
    conf = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    (block,) = re.findall(r"location /files/upload/ \{(.*?)\}", conf, re.DOTALL)
    assert f"client_max_body_size {LARGEST // 2**20}m;" in block
    assert "proxy_request_buffering off;" in block
