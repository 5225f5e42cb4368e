"""Staff signing in at npm's certified oidc-provider: somebody else's reading of the specification."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import ECKey, KeySet

from documents.embedded.folder import free_port
from tests.api.client import Client
from tests.api.server import running
from tests.api.staff import Browser
from tests.web.node import node

SECRET = "a secret of at least thirty-two characters"
_FORM = re.compile(r'<form[^>]*action="([^"]+)"')


async def chosen(browser: Browser, address: str, subject: str) -> str:
    """Log in and agree, as a person does on the provider's pages; the address of the way back."""
    async with httpx2.AsyncClient(follow_redirects=False) as pages:
        answer = await pages.get(address)
        for form in ({"prompt": "login", "login": subject, "password": "any"}, {"prompt": "consent"}):
            page = await _followed(pages, answer, browser)
            found = _FORM.search(page.text)
            assert found is not None, page.text
            answer = await pages.post(found[1], data=form)
        return str((await _followed(pages, answer, browser)).headers["location"])


async def _followed(pages: httpx2.AsyncClient, answer: httpx2.Response, browser: Browser) -> httpx2.Response:
    """Where redirections end: at a page, or at the way back to the portal."""
    portal = str(browser.http.base_url)
    while answer.has_redirect_location and not answer.headers["location"].startswith(portal):
        answer = await pages.get(str(answer.url.join(answer.headers["location"])))
    return answer


def kept(keys: KeySet, folder: Path) -> Path:
    """The portal's own keys as the file that a setting names."""
    folder.mkdir()
    file = folder / "client.json"
    file.write_text(json.dumps(keys.as_dict(private=True)))
    return file


@asynccontextmanager
async def signing_in(mongod: str, folder: Path, client: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A portal whose staff sign in at oidc-provider, which authenticates the portal as one of its clients."""
    keys = KeySet([ECKey.generate_key("P-256", auto_kid=True)])
    own = kept(keys, folder)
    port = str(free_port())
    known = {"by-secret": {"OIDC_CLIENT_SECRET": SECRET}, "by-key": {"OIDC_CLIENT_KEYS": str(own)}}[client]
    settings = {"OIDC_ISSUER": f"http://127.0.0.1:{port}", "OIDC_CLIENT_ID": client, "DEMO_DATA": "false"}
    async with running(mongod, f"oidc_{port}", folder / "data", **settings, **known) as server:
        callback, jwks = f"{server.address}/staff/callback", json.dumps(keys.as_dict(private=False))
        async with node("oidc.mjs", port, callback, jwks) as script:
            assert await script.line() == {"issuer": settings["OIDC_ISSUER"]}
            async with httpx2.AsyncClient(base_url=server.address, timeout=30) as http:
                yield http


@pytest.mark.web
@pytest.mark.parametrize("client", ["by-secret", "by-key"])
async def test_staff_sign_in_at_a_certified_provider(mongod: str, tmp_path: Path, client: str) -> None:
    """R-A8: code, PKCE, nonce, ID token, and both ways to authenticate pass the certified oidc-provider."""
    async with signing_in(mongod, tmp_path / "run", client) as http:
        for subject, region in (("executive_body", "71"), ("administrator", None)):
            browser = Browser(http)
            back = await browser.come_back(await chosen(browser, await browser.leave(), subject))
            assert back.status_code == 200, back.text
            given = {"code": back.json()["code"], "verifier": browser.verifier}
            done = await Client(http).done("signInStaff", **given)
            seen = await Client(http, done["accessToken"]).read("{ viewer { role region } }")
            assert seen["viewer"] == {"role": subject.upper(), "region": region}
        nobody = Browser(http)
        refused = await nobody.come_back(await chosen(nobody, await nobody.leave(), "nobody"))
        assert refused.json()["code"] == "STAFF_WITHOUT_ROLE"


@pytest.mark.web
async def test_codes_and_verifiers_at_a_certified_provider(mongod: str, tmp_path: Path) -> None:
    """R-A8: what another browser was given is refused by the certified provider, too: PKCE binds the code."""
    async with signing_in(mongod, tmp_path / "run", "by-secret") as http:
        thief, victim = Browser(http), Browser(http)
        stolen = await chosen(victim, await victim.leave(), "administrator")
        code = dict(httpx2.URL(stolen).params)["code"]
        state = dict(httpx2.URL(await thief.leave()).params)["state"]
        refused = await thief.come_back(f"/staff/callback?state={state}&code={code}")
        assert refused.json()["code"] == "STAFF_PROVIDER_REFUSED"
