"""Staff through OpenID Connect: states, codes, roles and their end, step by step as browsers go (A8)."""

import asyncio
import base64
from urllib.parse import urlsplit

import pytest

from tests.api.client import Client, document, key
from tests.api.provider import (
    unused,
)
from tests.api.staff import JSON, Browser, parameters
from tests.api.staff_stage import Stage, stage, started

__all__ = ["stage", "started"]


async def test_an_employee_signs_in(stage: Stage) -> None:
    """R-A8: code, PKCE and nonce go to the provider; roles and region come back; the session is ours."""
    browser = Browser(stage.http)
    left = await browser.leave()
    asked = parameters(left)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert min(len(asked[name]) for name in ("state", "nonce")) >= 43
    assert "openid" in asked["scope"].split()
    back = await browser.come_back(await browser.choose(left, "both"))
    done = await stage.exchanged(code=back.json()["code"], verifier=browser.verifier)
    roles = [(one["role"], one["region"]) for one in done["capacities"]]
    assert roles == [("CONTACT_CENTRE", None), ("EXECUTIVE_BODY", "71"), ("EXECUTIVE_BODY", "75")]
    seen = await Client(stage.http, done["accessToken"]).read("{ viewer { role region } }")
    assert seen["viewer"] == {"role": "CONTACT_CENTRE", "region": None}
    member = await stage.server.database["staff"].find_one({"employments.2": {"$exists": True}})
    assert member is not None
    (entry,) = await stage.audited("Mutation.signInStaff", actor=str(member["_id"]))
    assert (entry["subject"], entry["role"]) == (str(member["_id"]), "contact_centre")


async def test_the_cookie_stays_with_its_browser(stage: Stage) -> None:
    """R-A8: the browser's secret is a cookie of this host only, over TLS, out of scripts' reach, and ends."""
    asked = {"return": "/", "challenge": Browser(stage.http).challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked)
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=600"} <= set(said.split("; "))
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_a_page_gets_its_browser_back(stage: Stage) -> None:
    """R-A8: a browser returns to the page that asked, with the code where servers and logs don't see it."""
    browser = Browser(stage.http)
    left = await browser.leave("https://office.example/desk?x=1")
    answer = await browser.come_back(await browser.choose(left, "astana"), "text/html")
    parts = urlsplit(answer.headers["location"])
    assert answer.status_code == 303
    assert (f"{parts.scheme}://{parts.netloc}{parts.path}?{parts.query}") == "https://office.example/desk?x=1"
    assert parts.fragment.startswith("staff_code=")
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https://office.example.evil.example/",
        "https://office.example@evil.example/",
        "javascript:alert(1)",
        "http://[",
        "https://office.example℀/",
        "relative",
        "",
        "/\r\nSet-Cookie: a=b",
        "/" + "a" * 5_000,
    ],
)
async def test_nobody_is_sent_elsewhere(stage: Stage, address: str) -> None:
    """R-A8: the way back leads to the portal or an allowed origin, and begins nothing otherwise."""
    before = await stage.server.database["staff_sign_ins"].count_documents({})
    asked = {"return": address, "challenge": Browser(stage.http).challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "STAFF_RETURN_NOT_ALLOWED")
    assert "set-cookie" not in answer.headers
    assert await stage.server.database["staff_sign_ins"].count_documents({}) == before


@pytest.mark.parametrize("challenge", ["", "short", "a" * 44, "a" * 42 + "!"])
async def test_a_page_brings_its_own_challenge(stage: Stage, challenge: str) -> None:
    """R-A8: without a proper challenge nobody could prove afterwards that they began; nothing is begun."""
    asked = {"return": "/", "challenge": challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "STAFF_CHALLENGE_INVALID")


async def test_a_refusal_of_the_provider(stage: Stage) -> None:
    """R-A8: an error that comes with a good state ends the sign-in, with a sentence for the reader."""
    browser = Browser(stage.http)
    state = parameters(await browser.leave())["state"]
    answer = await browser.come_back(f"/staff/callback?state={state}&error=access_denied", "text/html")
    assert (answer.status_code, "refused the sign-in" in answer.text) == (409, True)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    again = await stage.refused(browser, f"/staff/callback?state={state}&code=x")
    assert again == (409, "STAFF_SIGN_IN_GONE")


async def test_a_callback_of_another_provider(stage: Stage) -> None:
    """R-A8: an issuer in the answer must be ours, so that no other provider's answer is taken for it."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    asked = stage.provider.asked["token"]
    assert await stage.refused(browser, f"{back}&iss=https://evil.example") == (409, "STAFF_TOKEN_INVALID")
    assert stage.provider.asked["token"] == asked


async def test_a_state_is_good_once(stage: Stage) -> None:
    """R-A8: of twenty parallel returns with one state one gets a code, and none does later."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    answers = await asyncio.gather(*(browser.come_back(back) for _ in range(20)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 19
    assert await stage.refused(browser, back) == (409, "STAFF_SIGN_IN_GONE")


async def test_a_state_of_another_browser(stage: Stage) -> None:
    """R-A8: a state counts only in the browser that began, and stays good for that one."""
    browser, other = Browser(stage.http), Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    await other.leave()
    before = await stage.kept()
    for stranger in (other, Browser(stage.http)):
        assert await stage.refused(stranger, back) == (409, "STAFF_SIGN_IN_GONE")
    assert await stage.kept() == before
    assert (await browser.come_back(back)).status_code == 200


@pytest.mark.parametrize("query", ["", "?state=", "?state=unknown&code=x", f"?state={'x' * 9_000}&code=x"])
async def test_a_state_that_nobody_gave(stage: Stage, query: str) -> None:
    """R-A8: a return without a sign-in is refused before the provider is asked anything."""
    asked, browser = dict(stage.provider.asked), Browser(stage.http)
    assert await stage.refused(browser, f"/staff/callback{query}") == (409, "STAFF_SIGN_IN_GONE")
    assert stage.provider.asked == asked


async def test_a_state_that_has_expired(stage: Stage) -> None:
    """R-A8: whoever stays away for more than ten minutes begins again."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    stage.pass_time(minutes=10)
    assert await stage.refused(browser, back) == (409, "STAFF_SIGN_IN_GONE")


async def test_a_code_of_the_provider_is_good_once(stage: Stage) -> None:
    """R-A8: a code that somebody else brings back in their own sign-in is refused by PKCE."""
    thief, victim = Browser(stage.http), Browser(stage.http)
    stolen = parameters(await victim.choose(await victim.leave(), "administrator"))["code"]
    state = parameters(await thief.leave())["state"]
    before = await stage.kept()
    address = f"/staff/callback?state={state}&code={stolen}"
    assert await stage.refused(thief, address) == (409, "STAFF_PROVIDER_REFUSED")
    assert await stage.kept() == before


async def test_the_code_for_the_page(stage: Stage) -> None:
    """R-A8: our code needs the secret of the page that began, works once among twenty, and for a minute."""
    browser = Browser(stage.http)
    code = await browser.code("astana")
    before = await stage.kept()
    refused = await stage.exchanged(code=code, verifier=unused())
    assert refused["code"] == "STAFF_SIGN_IN_GONE"
    assert (await stage.exchanged(code=unused(), verifier=browser.verifier))["code"] == "STAFF_SIGN_IN_GONE"
    assert await stage.kept() == before
    tries = [stage.exchanged(code=code, verifier=browser.verifier) for _ in range(20)]
    done = [one["__typename"] for one in await asyncio.gather(*tries)]
    assert (done.count("SignedIn"), done.count("Refused")) == (1, 19)
    late = await browser.code("astana")
    stage.pass_time(seconds=61)
    assert (await stage.exchanged(code=late, verifier=browser.verifier))["code"] == "STAFF_SIGN_IN_GONE"


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("nobody", "STAFF_WITHOUT_ROLE"),
        ("nowhere", "STAFF_REGION_UNKNOWN"),
        ("elsewhere", "STAFF_REGION_UNKNOWN"),
    ],
)
async def test_claims_that_give_no_role(stage: Stage, subject: str, code: str) -> None:
    """R-A8: without a role of ours, or a region for it, nobody is signed in or written down."""
    before = await stage.kept()
    assert await stage.tried(subject) == (409, code)
    assert await stage.kept() == before


async def test_a_role_that_was_taken_away(stage: Stage) -> None:
    """R-A8: the next sign-in brings other roles, and the sessions of before end at their next use."""
    stage.provider.employ("mover", komek_role="executive_body", komek_region="71")
    first = await stage.signed_in("mover")
    assert (await first.read("{ viewer { region } }"))["viewer"]["region"] == "71"
    stage.provider.employ("mover", komek_role="executive_body", komek_region="75")
    second = await stage.signed_in("mover")
    assert (await first.send("{ viewer { region } }")).status_code == 401
    stage.provider.employ("mover")
    assert await stage.tried("mover") == (409, "STAFF_WITHOUT_ROLE")
    assert (await second.send("{ viewer { region } }")).status_code == 401
    (entry,) = await stage.audited("StaffMember.signInRefused")
    assert entry["details"] == {"code": "STAFF_WITHOUT_ROLE"}


async def test_an_employee_is_deactivated(stage: Stage) -> None:
    """R-A8: an administrator ends an employee's access: sessions stop, and the provider's word opens none."""
    stage.provider.employ("leaver", komek_role="contact_centre")
    employee, administrator = await stage.signed_in("leaver"), await stage.signed_in("administrator")
    given = {"idempotencyKey": key(), "staffId": employee.signed_in["capacities"][0]["subject"]}
    query = """mutation($input: StaffDeactivateInput!) { staffDeactivate(input: $input) {
    __typename ... on StaffDeactivated { staffId } ... on Error { code } } }"""
    refused = await employee.read(query, input=given)
    assert refused["staffDeactivate"]["code"] == "ACCESS_DENIED"
    assert (await employee.read("{ viewer { role } }"))["viewer"]["role"] == "CONTACT_CENTRE"
    browser = Browser(stage.http)
    waiting = await browser.code("leaver")
    done = await administrator.read(query, input=given)
    assert done["staffDeactivate"]["staffId"] == given["staffId"]
    assert await administrator.read(query, input=given) == done
    assert (await employee.send("{ viewer { role } }")).status_code == 401
    renewed = await Client(stage.http).act("signInRefresh", refreshToken=employee.signed_in["refreshToken"])
    assert (
        renewed["__typename"] != "SignedIn"
        or (await Client(stage.http, renewed["accessToken"]).send("{ viewer { role } }")).status_code == 401
    )
    late = await stage.exchanged(code=waiting, verifier=browser.verifier)
    assert late["code"] == "STAFF_DEACTIVATED"
    assert await stage.tried("leaver") == (409, "STAFF_DEACTIVATED")
    unknown = given | {
        "idempotencyKey": key(),
        "staffId": base64.urlsafe_b64encode(b"StaffMember:" + b"0" * 24).decode(),
    }
    assert (await administrator.read(query, input=unknown))["staffDeactivate"]["code"] == "NOT_FOUND"


async def test_no_sign_in_writes_past_the_audit(stage: Stage) -> None:
    """R-J2: whatever signing in writes, well or refused, has its intent in the same transaction."""
    await stage.signed_in()
    await stage.tried("nobody")
    assert await stage.server.unannounced() == []


async def test_the_documents_of_the_mutation(stage: Stage) -> None:
    """R-K: signing in takes no idempotency key, for its result is never stored."""
    assert "idempotencyKey" not in document("signInStaff")
    before = await stage.server.database["idempotency_keys"].count_documents({})
    await stage.signed_in()
    assert await stage.server.database["idempotency_keys"].count_documents({}) == before
