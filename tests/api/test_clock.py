"""Another day: a server of its own, on a copy of the data, with its clock set by the development door."""

import secrets
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.client import Client
from tests.api.portal import Portal, card
from tests.api.server import Server, copy, running, stopped
from workers.seed.named import DEMO_ASSISTANT

pytestmark = pytest.mark.large


@pytest.fixture(scope="module")
async def elsewhen(
    server: Server, mongod: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Portal]:
    """A second portal whose clock may be set."""
    name, folder = f"then_{secrets.token_hex(4)}", tmp_path_factory.mktemp("then") / "data"
    await copy(server, name, folder)
    async with (
        running(mongod, name, folder) as own,
        httpx2.AsyncClient(base_url=own.address, timeout=60) as http,
    ):
        yield Portal(own, http)


async def set_clock(portal: Portal, **asked: object) -> None:
    """Use the door of the development profile."""
    answer = await portal.http.post("/dev/clock", json=asked)
    assert answer.status_code == 200, answer.text
    await portal.database["rate_limits"].delete_many({})  # what was counted in another year


async def test_an_expired_token(elsewhen: Portal) -> None:
    """R-A8: an access token ends after ten minutes, and a refresh token brings a new one."""
    _, client = await elsewhen.participant()
    await set_clock(elsewhen, seconds=601)
    answer = await client.send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_EXPIRED")
    fresh = await elsewhen.visitor().done("signInRefresh", refreshToken=client.signed_in["refreshToken"])
    seen = await Client(elsewhen.http, fresh["accessToken"]).read("{ viewer { role } }")
    assert seen["viewer"]["role"] == "PARTICIPANT"


async def test_an_expired_challenge(elsewhen: Portal) -> None:
    """R-A1: a challenge is good for five minutes."""
    person = await elsewhen.person()
    challenge = await elsewhen.challenge(person.iin)
    await set_clock(elsewhen, seconds=301)
    answer = await elsewhen.visitor().act("signInComplete", **elsewhen.answer(person.identity, challenge))
    assert (answer["__typename"], answer["code"]) == ("Refused", "CHALLENGE_GONE")


async def test_an_expired_session(elsewhen: Portal) -> None:
    """R-A8: a session ends after half a day, and no refresh token prolongs it."""
    _, client = await elsewhen.participant()
    await set_clock(elsewhen, days=1)
    answer = await elsewhen.visitor().act("signInRefresh", refreshToken=client.signed_in["refreshToken"])
    assert answer["code"] == "REFRESH_INVALID"


async def test_an_assistant_before_the_rule_changed(elsewhen: Portal) -> None:
    """R-A7: before 2023-09-01 a plain individual assistant registers and may offer assistance, nothing else."""
    await set_clock(elsewhen, now="2023-08-31T12:00:00+06:00")
    client = await elsewhen.sign_in(DEMO_ASSISTANT.iin, elsewhen.cast.person(DEMO_ASSISTANT))
    assert [one["role"] for one in client.signed_in["capacities"]] == ["SUPPLIER"]
    seen = await client.read("{ viewer { supplier { supplier { kind directions } particulars { code } } } }")
    assert seen["viewer"]["supplier"]["supplier"] == {"kind": "ASSISTANT", "directions": ["ASSISTANT"]}
    codes = {one["code"] for one in seen["viewer"]["supplier"]["particulars"]}
    assert {"address", "person", "no_psychiatric_record"} <= codes


ASSISTANCE = "individual_assistant"


async def test_an_assistant_after_the_rule_changed(elsewhen: Portal) -> None:
    """R-A7: since 2023-09-01 an assistant registered before signs in and sees the cabinet, and begins nothing new."""
    await set_clock(elsewhen, now="2023-09-01T12:00:00+06:00")
    client = await elsewhen.sign_in(DEMO_ASSISTANT.iin, elsewhen.cast.person(DEMO_ASSISTANT))
    seen = await client.read("{ viewer { supplier { supplier { kind } } drafts { nodes { id } } } }")
    assert seen["viewer"]["supplier"]["supplier"]["kind"] == "ASSISTANT"
    refused = await client.act("listingCreate", category=ASSISTANCE, card=card(characteristics=[]))
    assert (refused["__typename"], refused["code"]) == ("Refused", "SUPPLIER_KIND_WINDING_UP")
    assert "№ 345, п. 2(10)" in refused["message"]


async def test_the_server_ends_when_told(elsewhen: Portal) -> None:
    """R-L: a server that is told to end does so by itself."""
    code = await stopped(elsewhen.server)
    assert code == 130
    assert "Traceback" not in elsewhen.server.log.read_text()
