"""Staff signing in over HTTP, step by step, as a browser would; each step can be spoilt on the way."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

JSON = {"Accept": "application/json"}


@dataclass
class Browser:
    """One browser at a portal: its secret for the exchange, and the cookie it was given."""

    http: httpx2.AsyncClient
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = ""

    @property
    def challenge(self) -> str:
        """S256 of the verifier."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    async def leave(self, return_to: str = "/") -> str:
        """Go to the provider; the address there."""
        asked = {"return": return_to, "challenge": self.challenge}
        answer = await self.http.get("/staff/sign-in", params=asked, headers=JSON)
        assert answer.status_code == 303, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return str(answer.headers["location"])

    async def choose(self, address: str, subject: str) -> str:
        """Click on an employee; the address of the way back."""
        answer = await self.http.post(address, data={"subject": subject})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    async def come_back(self, address: str, accept: str = "application/json") -> httpx2.Response:
        """The callback's answer."""
        headers = {"Accept": accept, "Accept-Language": "en"} | (
            {"Cookie": self.cookie} if self.cookie else {}
        )
        return await self.http.get(address, headers=headers)

    async def code(self, subject: str) -> str:
        """The one-time code of a sign-in that goes well."""
        answer = await self.come_back(await self.choose(await self.leave(), subject))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["code"])


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def signed_in(http: httpx2.AsyncClient, subject: str) -> dict[str, Any]:
    """What `signInStaff` is given."""
    browser = Browser(http)
    return {"code": await browser.code(subject), "verifier": browser.verifier}
