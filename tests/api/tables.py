"""Tables of listings as a supplier's program sends and fetches them."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from tests.api.client import Client
from tests.api.portal import CATEGORY

Cells = Mapping[str, object]
WHOLE: Cells = {
    "title_kk": "Кресло арба",
    "title_ru": "Кресло-коляска",
    "description_kk": "Үй мен көшеге",
    "description_ru": "Для дома и улицы",
    "price": "150000,50",
    "regions": "71;75",
    "purpose": "indoor",
    "seat_width": "450",
    "load_limit": "120",
    "weight": "15,5",
    "folding": "да",
    "warranty": "24",
}
"""A row of a listing that may be published as it is."""
JOB = """query($id: ID!) { node(id: $id) { ... on Job { id work status total done refused faultCount filePath
errorCode errorMessage faults(first: 100) { nodes { position subject code path message } } } } }"""


DRAFTS = """query($first: Int!) { viewer { drafts(first: $first) { nodes { id version status title { ru kk }
price { amount } regions characteristics { code number boolean choices value } } } } }"""


async def drafts(client: Client, first: int = 100) -> list[Any]:
    """A supplier's own drafts, the newest first."""
    return list((await client.read(DRAFTS, first=first))["viewer"]["drafts"]["nodes"])


def table(*rows: Cells) -> bytes:
    """A CSV of these rows, with the columns of the first."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


async def upload(client: Client, content: bytes) -> httpx2.Response:
    """The answer to an upload."""
    return await client.http.post("/imports/files", content=content, headers=client.headers)


async def uploaded(client: Client) -> str:
    """The identifier of a table that was uploaded."""
    return str((await upload(client, b"key;title_ru\n")).json()["fileId"])


async def begun(client: Client, content: bytes, **given: Any) -> str:
    """The job of an import that was begun."""
    sent = await upload(client, content)
    assert sent.status_code == 201, sent.text
    known = {"category": CATEGORY, "policy": "REJECT_ALL", "fileId": sent.json()["fileId"]}
    return str((await client.done("listingsImport", **known | given))["job"]["id"])


async def ended(client: Client, job: str) -> Any:
    """A job once it has ended."""
    while (row := (await client.read(JOB, id=job))["node"])["status"] in {"WAITING", "RUNNING"}:
        await asyncio.sleep(0.05)
    return row


async def imported(client: Client, rows: Sequence[Cells] | bytes, **given: Any) -> Any:
    """The job of an import that has ended."""
    content = rows if isinstance(rows, bytes) else table(*rows)
    return await ended(client, await begun(client, content, **given))


async def exported(client: Client, kind: str, category: str = CATEGORY) -> bytes:
    """The table that an export made."""
    job = (await client.done("listingsExport", category=category, format=kind))["job"]["id"]
    done = await ended(client, job)
    assert (done["status"], done["errorCode"]) == ("DONE", None), done
    answer = await client.http.get(done["filePath"], headers=client.headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def faults(job: Any) -> list[tuple[int, str, str]]:
    """Row, column and code of each fault."""
    return [(one["position"], one["path"][-1], one["code"]) for one in job["faults"]["nodes"]]
