"""Sessions and tokens through the API: rotated, ended, forged."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from tests.api.client import Client
from tests.api.portal import Portal


async def refreshed(client: Client, token: str) -> Any:
    """The answer to a refresh token."""
    return await client.act("signInRefresh", refreshToken=token)


async def test_a_refresh_token_rotates(portal: Portal) -> None:
    """R-A8: a refresh token is good once; a spent one that comes back ends the session with all its tokens."""
    _, client = await portal.participant()
    spent = client.signed_in["refreshToken"]
    fresh = await refreshed(portal.visitor(), spent)
    assert fresh["__typename"] == "SignedIn"
    second = Client(portal.http, fresh["accessToken"])
    assert (await second.read("{ viewer { role } }"))["viewer"]["role"] == "PARTICIPANT"
    stolen = await refreshed(portal.visitor(), spent)
    assert (stolen["__typename"], stolen["code"]) == ("AccessDenied", "REFRESH_INVALID")
    for token in (client, second):
        answer = await token.send("{ viewer { role } }")
        assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert (await refreshed(portal.visitor(), fresh["refreshToken"]))["code"] == "REFRESH_INVALID"


async def test_parallel_refreshes_of_one_token(portal: Portal) -> None:
    """R-A8: of ten exchanges of one refresh token at once at most one succeeds."""
    _, client = await portal.participant()
    token = client.signed_in["refreshToken"]
    answers = await asyncio.gather(*(refreshed(portal.visitor(), token) for _ in range(10)))
    assert [answer["__typename"] for answer in answers].count("SignedIn") == 1


@pytest.mark.parametrize("token", ["", ".", "x", "a" * 24 + ".x", "0" * 24, "0" * 24 + ".", "é" * 4000])
async def test_refresh_tokens_that_never_were(portal: Portal, token: str) -> None:
    """R-A8: whatever is no refresh token is refused as one."""
    answer = await refreshed(portal.visitor(), token)
    assert (answer["__typename"], answer["code"]) == ("AccessDenied", "REFRESH_INVALID")


async def test_signing_out(portal: Portal) -> None:
    """R-A8: after signing out neither access nor refresh token is good."""
    _, client = await portal.participant()
    assert await client.read("mutation { signOut { __typename } }") == {
        "signOut": {"__typename": "SignedOut"}
    }
    answer = await client.send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await refreshed(portal.visitor(), client.signed_in["refreshToken"]))["code"] == "REFRESH_INVALID"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer x",
        "Bearer",
        "Bearer a.b.c",
        "Basic eDp5",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "a" * 9000,
    ],
)
async def test_tokens_that_never_were(portal: Portal, header: str) -> None:
    """R-A8: whatever is no token of the portal gets 401 with the code, path and message of a problem."""
    headers = {"Authorization": header, "Accept-Language": "ru"}
    answer = await portal.http.post("/graphql", json={"query": "{ viewer { role } }"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_tampered_token(portal: Portal) -> None:
    """R-A8: a token with one changed sign in its claims is refused."""
    _, client = await portal.participant()
    head, claims, signature = str(client.token).split(".")
    other = f"{head}.{claims[:-2]}{'A' if claims[-2] != 'A' else 'B'}{claims[-1]}.{signature}"
    answer = await Client(portal.http, other).send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


async def test_a_session_that_was_revoked(portal: Portal) -> None:
    """R-A8: a session ended on the server's side is over at the next request."""
    _, client = await portal.participant()
    session = ObjectId(client.signed_in["refreshToken"].partition(".")[0])
    ended = {"$set": {"revoked_at": portal.clock() - timedelta(seconds=1)}}
    await portal.server.write_behind("sessions", session, ended)
    assert (await client.send("{ viewer { role } }")).json()["code"] == "SESSION_ENDED"
