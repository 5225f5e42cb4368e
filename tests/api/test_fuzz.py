"""Generated operations of every role against the running server: nothing it can be asked breaks it.

Each operation is sent as every role at once: what one of them may ask, another may not, and both must be told so.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import graphql
import httpx2
import pytest
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import Mode, from_schema, nodes

from domain.systems import Scope
from domain.texts import catalogue
from tests.api.portal import Portal
from tests.api.server import ROOT, running
from tests.api.systems import system

pytestmark = pytest.mark.large

STAFF = ("executive_body", "contact_centre", "administrator", "authorised_body")
SCOPES = [str(scope) for scope in Scope]
OWN = {"signOut"}
"""Mutations that end the session of whoever sends them: their own tests send them."""
ACCEPTED = "application/graphql-response+json"
PIECES = 10


@dataclass
class Crowd:
    """One client of every role, and identifiers of records that are theirs."""

    portal: Portal
    http: httpx2.Client
    tokens: dict[str, str | None] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)

    async def sign_in(self) -> None:
        """Sign everybody in, and give them an order, a measure and a listing."""
        self.portal.staff_since.clear()
        _, supplier = await self.portal.supplier()
        person, participant = await self.portal.participant()
        listing = await self.portal.published(supplier)
        measure = await self.portal.measure(person)
        order = await self.portal.order(person, participant, listing, measure)
        self.known = [listing, measure, order["id"]]
        staff = {role: (await self.portal.employee(role)).token for role in STAFF}
        program = await (await system(self.portal, *SCOPES)).token(" ".join(SCOPES))
        self.tokens = {
            "participant": participant.token,
            "supplier": supplier.token,
            **staff,
            "system": program,
            "anonymous": None,
        }

    def answers(self, query: str, pool: ThreadPoolExecutor) -> Iterator[tuple[str, httpx2.Response]]:
        """What each role is answered."""
        sent = {role: pool.submit(self._send, query, token) for role, token in self.tokens.items()}
        for role, future in sent.items():
            yield role, future.result()

    def _send(self, query: str, token: str | None) -> httpx2.Response:
        headers = {"Accept": ACCEPTED} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.http.post("/graphql", json={"query": query}, headers=headers)


@asynccontextmanager
async def gathered(mongod: str, folder: Path) -> AsyncIterator[Crowd]:
    """Everybody at a server of their own: what they do here nobody else has to bear."""
    async with (
        running(mongod, f"fuzz_{secrets.token_hex(4)}", folder) as server,
        httpx2.AsyncClient(base_url=server.address, timeout=60) as around,
    ):
        with httpx2.Client(base_url=server.address, timeout=60) as http:
            crowd = Crowd(Portal(server, around), http)
            await crowd.sign_in()
            yield crowd


def operations(known: list[str], mode: Mode) -> st.SearchStrategy[str]:
    """Documents of the schema; identifiers are real ones half the time."""
    sdl = (ROOT / "schema" / "schema.graphql").read_text("utf-8")
    scalars = {
        name: st.text(max_size=20).map(nodes.String)
        for name in re.findall(r"^scalar (\w+)", sdl, re.MULTILINE)
    }
    scalars["ID"] = (st.sampled_from(known) | st.text(max_size=20)).map(nodes.String)
    return from_schema(graphql.build_schema(sdl), custom_scalars=scalars, mode=mode).map(str)


def wrong(answer: httpx2.Response) -> object:
    """What is wrong with an answer, if anything is."""
    if answer.status_code not in {200, 400}:
        return answer.status_code
    body = answer.json()
    errors = (
        body.get("errors", [])
        if answer.headers["content-type"].startswith(ACCEPTED)
        else [{"extensions": body, **body}]
    )
    faults = [each for each in errors if not _typed(each)]
    return faults or (_internal(body) and "INTERNAL") or None


def _typed(error: Mapping[str, Any]) -> bool:
    shown = error["extensions"]
    return (
        f"errors.{shown.get('code')}" in catalogue()
        and shown["code"] != "INTERNAL"
        and isinstance(shown.get("path"), list)
        and bool(shown.get("message"))
        and shown["message"] == error["message"]
        and "Did you mean" not in str(error)
    )


def _internal(value: object) -> bool:
    """Whether a typed error of a mutation says INTERNAL."""
    if isinstance(value, dict):
        return value.get("code") == "INTERNAL" or any(_internal(each) for each in value.values())
    return isinstance(value, list) and any(_internal(each) for each in value)


def fuzz(crowd: Crowd, chance: int, examples: int, mode: Mode) -> None:
    """Send generated operations; AssertionError with the smallest that goes wrong, its role and its answer."""

    @seed(chance)
    @settings(
        max_examples=examples,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(query=operations(crowd.known, mode))
    def each(query: str) -> None:
        assume(not any(re.search(rf"\b{name}\b", query) for name in OWN))
        for role, answer in crowd.answers(query, pool):
            assert not wrong(answer), (role, answer.status_code, answer.text)

    with ThreadPoolExecutor(len(crowd.tokens)) as pool:
        each()


async def sent(mongod: str, folder: Path, chance: int, valid: int, invalid: int) -> None:
    """Send so many operations as each role, and look into the log afterwards."""
    async with gathered(mongod, folder) as crowd:
        for mode, examples in ((Mode.POSITIVE, valid), (Mode.NEGATIVE, invalid)):
            await asyncio.to_thread(fuzz, crowd, chance, examples, mode)
        log = await asyncio.to_thread(crowd.portal.server.log.read_text, "utf-8")
        assert "internal error" not in log


@pytest.mark.timeout(300)
async def test_no_operation_breaks_the_server(mongod: str, tmp_path: Path) -> None:
    """R-K: 150 generated operations a role, valid and not, end in data or typed errors, never in a 500 or INTERNAL."""
    await sent(mongod, tmp_path / "data", 1, 40, 60)


@pytest.mark.long
@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_operation_breaks_the_server_in_the_long_run(
    mongod: str, tmp_path: Path, long_seed: int, piece: int
) -> None:
    """R-K: 5,000 generated operations a role end in data or typed errors, a tenth of them in each piece."""
    await sent(mongod, tmp_path / "data", long_seed + piece, 400, 100)
