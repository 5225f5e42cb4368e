"""The doors of development: signing as a demo person, setting the clock."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from starlette.applications import Starlette

from web.development import DemoPerson, DevelopmentTools, development_routes

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CONTENT = base64.b64encode("<b>что подписано</b>".encode()).decode()


class Tools:
    """A clock and a signer to look at."""

    def __init__(self) -> None:
        self.now = NOW

    def set(self, instant: datetime) -> None:
        """Set the clock."""
        self.now = instant

    def sign(self, person: str, content: bytes, key: str) -> bytes:
        """Name who signed what; KeyError for a stranger."""
        return {"participant": f"{person}/{key}/".encode()}[person] + content


@pytest.fixture
def tools() -> Tools:
    """Tools of one test."""
    return Tools()


@pytest.fixture
async def client(tools: Tools) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the doors."""
    people = [DemoPerson("participant", "1", "A <person>")]
    routes = development_routes(DevelopmentTools(people, tools.sign, lambda: tools.now, tools.set))
    transport = httpx2.ASGITransport(Starlette(routes=routes))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_signing_for_programs(client: httpx2.AsyncClient) -> None:
    """R-A2: a program signs as a demo person with either key."""
    for key in ("auth", "sign"):
        asked = {"person": "participant", "content": CONTENT, "key": key}
        cms = (await client.post("/dev/sign.json", json=asked)).json()["cms"]
        assert base64.b64decode(cms).startswith(f"participant/{key}/".encode())


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"person": "stranger", "content": CONTENT},
        {"person": "participant", "content": "%"},
        {"content": 5},
    ],
)
async def test_requests_that_are_none(client: httpx2.AsyncClient, asked: object) -> None:
    """R-K: what can't be signed gets 400."""
    assert (await client.post("/dev/sign.json", json=asked)).status_code == 400


async def test_signing_for_a_person(client: httpx2.AsyncClient) -> None:
    """R-A2: the page shows whom there is, what was signed, and the signature; nothing in it is markup of others."""
    page = (await client.get("/dev/sign?person=participant")).text
    assert "A &lt;person&gt;" in page
    done = await client.post("/dev/sign", data={"person": "participant", "key": "sign", "content": CONTENT})
    assert done.status_code == 200
    assert "&lt;b&gt;что подписано" in done.text
    for wrong in ({"person": "stranger", "content": CONTENT}, {"person": "participant", "content": "%"}):
        refused = await client.post("/dev/sign", data=wrong)
        assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)


async def test_the_clock_and_the_people(client: httpx2.AsyncClient, tools: Tools) -> None:
    """The clock is set to an instant or moved on; the people are listed with what they enter."""
    assert (await client.get("/dev/clock")).json() == {"now": NOW.isoformat()}
    await client.post("/dev/clock", json={"now": "2023-08-31T12:00:00+06:00"})
    assert tools.now == datetime(2023, 8, 31, 6, tzinfo=UTC)
    await client.post("/dev/clock", json={"days": 1, "seconds": 5})
    assert tools.now == datetime(2023, 9, 1, 6, tzinfo=UTC) + timedelta(seconds=5)
    assert [one["identifier"] for one in (await client.get("/dev/people")).json()] == ["1"]
