"""Files of tables over plain HTTP: bounds of uploads, and templates."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.api.portal import CATEGORY, Portal
from tests.api.tables import drafts, imported
from tests.benches.server import resident_megabytes

GIGABYTES = 2 * 2**30


async def bytes_kept(portal: Portal) -> int:
    """Pieces of files in the database."""
    return int(await portal.database["import_bytes.chunks"].count_documents({}))


async def test_two_gigabytes_that_are_announced(portal: Portal) -> None:
    """R-B6: a body of 2 GB is refused by what its header says, before a byte of it has come."""
    _, supplier = await portal.supplier()
    before = await bytes_kept(portal)
    address = urlsplit(portal.server.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST /imports/files HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {GIGABYTES}\r\n"
    writer.write(f"{head}Authorization: {supplier.headers['Authorization']}\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 413")
    assert "IMPORT_FILE_TOO_LARGE" in answer
    assert await bytes_kept(portal) == before


async def test_two_gigabytes_that_come_without_a_word(portal: Portal) -> None:
    """R-B6: a body that goes on and on is cut off at 20 MB; neither memory nor database fill with it."""
    _, supplier = await portal.supplier()
    before, memory = await bytes_kept(portal), resident_megabytes(portal.server.process.pid)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        piece = b"x" * 65_536
        while taken < GIGABYTES:
            taken += len(piece)
            yield piece

    try:
        answer = await supplier.http.post("/imports/files", content=endless(), headers=supplier.headers)
        refused = answer.status_code == 413
    except httpx2.TransportError:  # the server hung up before all was sent
        refused = True
    assert refused
    assert taken < 64 * 2**20
    assert await bytes_kept(portal) == before
    assert resident_megabytes(portal.server.process.pid) - memory < 40


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
async def test_a_template_is_for_everybody(portal: Portal, kind: str) -> None:
    """R-B6: anybody fetches the template of a category; what a supplier imports of it makes nothing."""
    visitor = portal.visitor("kk")
    answer = await visitor.http.get(f"/imports/template/{CATEGORY}.{kind}", headers=visitor.headers)
    assert answer.status_code == 200
    assert f'filename="{CATEGORY}.{kind}"' in answer.headers["content-disposition"]
    _, supplier = await portal.supplier()
    job = await imported(supplier, answer.content)
    assert (job["status"], job["done"], job["faultCount"]) == ("DONE", 0, 0)
    assert await drafts(supplier) == []


async def test_templates_that_are_none(portal: Portal) -> None:
    """R-B6: an unknown category or format has no template."""
    visitor = portal.visitor()
    for path, status, code in (
        ("no_such.csv", 400, "UNKNOWN_CATEGORY"),
        (f"{CATEGORY}.pdf", 404, "IMPORT_FILE_FORMAT"),
    ):
        answer = await visitor.http.get(f"/imports/template/{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
