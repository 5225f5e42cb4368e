"""Somebody who has just cloned the portal: starts it, reads what it prints, and does exactly that."""

import asyncio
import json
import os
import re
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.e2e.first_steps import Block, Mark, Reader, parts
from tests.house.tree import ROOT

pytestmark = pytest.mark.large

LAST = "Ctrl-C stops the server"
START_SECONDS = 110


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
async def printed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """What `make run` prints on a fresh data folder; the server runs until the test is over."""
    folder = tmp_path_factory.mktemp("first-steps")
    settings = {"PORT": str(_free_port()), "DATA_FOLDER": str(folder / "data")}
    with (folder / "errors").open("wb") as errors:
        server = await asyncio.create_subprocess_exec(
            *("make", "run"),
            cwd=ROOT,
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        try:
            yield await asyncio.wait_for(_until_last_line(server), START_SECONDS)
        finally:
            server.terminate()
            await asyncio.wait_for(server.wait(), START_SECONDS)


async def _until_last_line(server: asyncio.subprocess.Process) -> str:
    assert server.stdout is not None
    said = ""
    while LAST not in said:
        line = await server.stdout.readline()
        assert line, said
        said += line.decode()
    return said


async def _command(text: str) -> str:
    """What a command prints; it must succeed."""
    shell = await asyncio.create_subprocess_shell(
        text, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, errors = await shell.communicate()
    assert shell.returncode == 0, errors.decode()
    return said.decode().strip()


class GraphiQL:
    """The page of that name, as far as the text uses it: an operation, its variables, headers, Play."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.headers: dict[str, str] = {}

    async def play(self, operation: str, variables: dict[str, Any] | None) -> Any:
        """Send the operation and return its data; there must be no errors."""
        async with httpx2.AsyncClient() as client:
            body = {"query": operation, "variables": variables}
            answer = (await client.post(self._address, json=body, headers=self.headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]


async def _do(text: str) -> Any:
    """Do what the text says from its first block to its last; the answer of the last one."""
    reader, answer, operation = Reader(), None, ""
    page = GraphiQL(re.findall(r"GraphiQL \| (\S+)", text)[0])
    for part in parts(text):
        match part:
            case Mark():
                reader.note(part, answer)
            case Block("sh", command):
                answer = await _command(reader.filled(command))
            case Block("json", values) if "Authorization" in values:
                page.headers = json.loads(reader.filled(values))
            case Block("graphql", operation):
                answer = None if "($input" in operation else await page.play(reader.filled(operation), None)
            case Block("json", values):
                answer = await page.play(operation, json.loads(reader.filled(values)))
    return answer


async def test_printed_text_leads_to_a_placed_order(printed: str) -> None:
    """Following the printed commands and operations to the letter ends in a signed, placed order."""
    answer = await _do(printed)
    assert answer["orderPlace"]["order"]["status"] == "PLACED"
    assert len(answer["orderPlace"]["order"]["evidenceIds"]) == 1


async def test_printed_addresses_answer(printed: str) -> None:
    """Every address of the table is there; only the placeholder of the document itself is not shown."""
    addresses = re.findall(r"\| (http://\S+) \|", printed)
    async with httpx2.AsyncClient(headers={"Accept": "text/html"}) as client:
        found = {address: (await client.get(address)).status_code for address in addresses}
    assert len(found) == 4
    assert set(found.values()) == {200}
    assert "«measure»" not in printed


async def test_staff_get_tokens_the_same_way(printed: str) -> None:
    """R-A8: `make token` signs each role of staff in through the whole OpenID Connect flow, without a browser."""
    address = re.findall(r"GraphiQL \| (\S+)", printed)[0]
    (port,) = set(re.findall(r"PORT=(\d+)", printed))
    for role in ("executive_body", "contact_centre", "administrator", "authorised_body"):
        page = GraphiQL(address)
        page.headers = {"Authorization": f"Bearer {await _command(f'PORT={port} make token AS={role}')}"}
        answer = await page.play("{ viewer { role } }", None)
        assert answer["viewer"]["role"] == role.upper()
