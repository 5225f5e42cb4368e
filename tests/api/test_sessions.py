"""Sessions and tokens through the API: rotated, ended, forged."""

import asyncio
import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from tests.api.client import SESSIONS as FIELDS
from tests.api.client import Client
from tests.api.portal import Portal, global_id
from tests.api.socket import following

SESSIONS = f"{{ viewer {{ {FIELDS} }} }}"


async def refreshed(client: Client, token: str) -> Any:
    """The answer to a refresh token."""
    return await client.act("signInRefresh", refreshToken=token)


@dataclass
class OtherDevice(Client):
    """The same person, or a thief, with another program."""

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return super().headers | {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}


def elsewhere(portal: Portal, token: str | None = None) -> Client:
    """Somebody at another device."""
    return OtherDevice(portal.http, token)


async def test_a_refresh_token_rotates(portal: Portal) -> None:
    """R-A8: a refresh token is good once; a spent one that comes back ends the session with all its tokens."""
    _, client = await portal.participant()
    spent = client.signed_in["refreshToken"]
    fresh = await refreshed(portal.visitor(), spent)
    assert fresh["__typename"] == "SignedIn"
    second = Client(portal.http, fresh["accessToken"])
    assert (await second.read("{ viewer { role } }"))["viewer"]["role"] == "PARTICIPANT"
    stolen = await refreshed(elsewhere(portal), spent)
    assert (stolen["__typename"], stolen["code"]) == ("AccessDenied", "REFRESH_INVALID")
    for token in (client, second):
        answer = await token.send("{ viewer { role } }")
        assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert (await refreshed(portal.visitor(), fresh["refreshToken"]))["code"] == "REFRESH_INVALID"


async def test_parallel_refreshes_of_one_token(portal: Portal) -> None:
    """R-A8: of ten exchanges of one token by one device exactly one succeeds, and the session goes on with it."""
    _, client = await portal.participant()
    token = client.signed_in["refreshToken"]
    answers = await asyncio.gather(*(refreshed(portal.visitor(), token) for _ in range(10)))
    (done,) = [answer for answer in answers if answer["__typename"] == "SignedIn"]
    assert {answer.get("code") for answer in answers} == {None, "REFRESH_SUPERSEDED"}
    assert (await refreshed(portal.visitor(), done["refreshToken"]))["__typename"] == "SignedIn"


async def test_a_stranger_with_the_name_of_a_session(portal: Portal) -> None:
    """R-A8: whoever knows a session's identifier and no token of it can't end it."""
    _, client = await portal.participant()
    token = client.signed_in["refreshToken"]
    guessed = await refreshed(elsewhere(portal), f"{token.partition('.')[0]}.{'s' * 43}")
    assert (guessed["__typename"], guessed["code"]) == ("AccessDenied", "REFRESH_INVALID")
    assert (await refreshed(portal.visitor(), token))["__typename"] == "SignedIn"


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


async def test_tokens_forged_with_public_knowledge(portal: Portal) -> None:
    """R-A8: whatever can be made of the published keys and a good token is refused by the server."""
    _, client = await portal.participant()
    published = (await portal.http.get("/.well-known/jwks.json")).json()
    good = jwt.decode(str(client.token), KeySet.import_key_set(published), algorithms=["ES256"])
    known, own = published["keys"][0], ECKey.generate_key("P-256", auto_kid=True)
    pem = ECKey.import_key(known).as_pem(private=False)
    free = jws.JWSRegistry(strict_check_header=False)
    forged = [
        f"{part(dict(good.header) | {'alg': 'none'})}.{part(good.claims)}.",
        jwt.encode(
            dict(good.header) | {"alg": "HS256"},
            good.claims,
            OctKey.import_key(base64.b64encode(pem)),
            algorithms=["HS256"],
        ),
        jwt.encode(good.header, good.claims, own, registry=free),
        jwt.encode(dict(good.header) | {"kid": own.kid}, good.claims, own, registry=free),
        jwt.encode(dict(good.header) | {"jwk": own.as_dict(private=False)}, good.claims, own, registry=free),
        str(client.signed_in["refreshToken"]),
    ]
    for token in forged:
        answer = await Client(portal.http, token).send("{ viewer { role } }")
        assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


def part(content: object) -> str:
    """One part of a token, written by hand."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def test_an_owner_sees_and_ends_sessions(portal: Portal) -> None:
    """R-A8: sessions are listed with device, network and certificate in part; one ended is over at once."""
    person, here = await portal.participant()
    there = await portal.sign_in(person.iin, person.identity)
    listed = (await here.read(SESSIONS))["viewer"]["sessions"]
    assert [(one["current"], one["network"], one["label"]) for one in listed] == [
        (False, "127.0.…", "Recipient"),
        (True, "127.0.…", "Recipient"),
    ]
    assert all(len(one["certificate"]) == 6 for one in listed)
    done = await here.done("sessionRevoke", sessionId=listed[0]["id"])
    assert [one["current"] for one in done["sessions"]] == [True]
    answer = await there.send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert (await refreshed(portal.visitor(), there.signed_in["refreshToken"]))["code"] == "REFRESH_INVALID"


async def test_a_feed_ends_with_its_session(portal: Portal) -> None:
    """R-E4: a session ended from elsewhere closes its live feed, though nothing happens on it."""
    person, here = await portal.participant()
    there = await portal.sign_in(person.iin, person.identity)
    async with following(portal, there, "participantFeed", None) as feed:
        await feed.ping()
        await here.done("sessionRevokeOthers")
        assert await feed.closed() == (4403, "SESSION_ENDED", [])


async def test_all_other_sessions_at_once(portal: Portal) -> None:
    """R-A8: one act ends every session of the owner but the one it came with."""
    person, here = await portal.participant()
    others = [await portal.sign_in(person.iin, person.identity) for _ in range(2)]
    done = await here.done("sessionRevokeOthers")
    assert [one["current"] for one in done["sessions"]] == [True]
    assert [(await one.send("{ viewer { role } }")).status_code for one in (here, *others)] == [200, 401, 401]


async def test_sessions_of_others(portal: Portal) -> None:
    """R-A8: nobody sees or ends another's session: it is as if it were not there, and it goes on."""
    _, victim = await portal.participant()
    _, stranger = await portal.participant()
    (theirs,) = (await victim.read(SESSIONS))["viewer"]["sessions"]
    (own,) = (await stranger.read(SESSIONS))["viewer"]["sessions"]
    before = await portal.counts()
    answer = await stranger.act("sessionRevoke", sessionId=theirs["id"])
    assert (answer["__typename"], answer["path"]) == ("NotFound", ["input", "sessionId"])
    invented = await stranger.act("sessionRevoke", sessionId=global_id("Session", "0" * 24))
    assert invented | {"path": answer["path"]} == answer
    assert (await stranger.read("query($id: ID!) { node(id: $id) { id } }", id=theirs["id"]))["node"] is None
    await stranger.done("sessionRevokeOthers")
    assert (await victim.read(SESSIONS))["viewer"]["sessions"][0]["id"] == theirs["id"]
    assert own["id"] != theirs["id"]
    after = await portal.counts()
    assert after["sessions"] == before["sessions"]


async def test_a_visitor_has_no_sessions(portal: Portal) -> None:
    """R-A8: whoever is not signed in sees no sessions and ends none."""
    assert (await portal.visitor().read(SESSIONS))["viewer"]["sessions"] == []
    answer = await portal.visitor().act("sessionRevokeOthers")
    assert (answer["__typename"], answer["code"]) == ("AccessDenied", "SIGN_IN_REQUIRED")


async def test_what_is_stored_of_a_session(portal: Portal) -> None:
    """R-J1: no address, device, number or token of a session is readable in the database."""
    person, client = await portal.participant()
    row = await portal.database["sessions"].find_one({"_id": session_of(client)})
    assert row is not None
    content = b"".join(value for value in row.values() if isinstance(value, bytes)) + str(row).encode()
    secret = client.signed_in["refreshToken"].partition(".")[2]
    for told in (person.iin, "127.0.0.1", "httpx", secret):
        assert told.encode() not in content


def session_of(client: Client) -> ObjectId:
    """The session behind a client's refresh token."""
    return ObjectId(client.signed_in["refreshToken"].partition(".")[0])


async def test_acts_around_a_session_are_written_down(portal: Portal) -> None:
    """R-J2: sign-in with its certificate, renewal, sign-out and a wrong answer are entries without an IIN."""
    person, client = await portal.participant()
    session, other = session_of(client), await portal.person()
    await refreshed(portal.visitor(), client.signed_in["refreshToken"])
    await client.read("mutation { signOut { __typename } }")
    await portal.tried(person.iin, other.identity)
    await portal.server.unannounced()  # all that was written down until now is sealed
    told = await portal.database["audit"].find({"subject": str(session)}).sort("seq", 1).to_list()
    assert [row["act"] for row in told] == [
        "Mutation.signInComplete",
        "Mutation.signInRefresh",
        "Mutation.signOut",
    ]
    assert len(told[0]["details"]["certificate"]) > 10
    subject = {"act": "SignIn.refused", "subject": told[0]["actor"]}
    refused = await portal.database["audit"].find_one(subject)
    assert refused is not None
    assert refused["details"] == {"code": "SIGNATURE_OF_ANOTHER_PERSON", "locked": False}
    assert person.iin not in str([told, refused])


async def test_a_session_that_was_revoked(portal: Portal) -> None:
    """R-A8: a session ended on the server's side is over at the next request."""
    _, client = await portal.participant()
    session = ObjectId(client.signed_in["refreshToken"].partition(".")[0])
    ended = {"$set": {"revoked_at": portal.clock() - timedelta(seconds=1)}}
    await portal.server.write_behind("sessions", session, ended)
    assert (await client.send("{ viewer { role } }")).json()["code"] == "SESSION_ENDED"
