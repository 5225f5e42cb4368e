"""Staff of the demonstration sign in at the portal's OpenID provider, without a browser."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import httpx2

from demo.server import Problem, Server

NAMES = frozenset({"executive_body", "contact_centre", "administrator", "authorised_body"})
GONE = frozenset({"STAFF_SIGN_IN_GONE", "STAFF_PROVIDER_REFUSED"})
"""A page was visited twice, because its answer got lost, or the provider was started anew in between."""


async def signed_in(server: Server, name: str) -> Any:
    """Tokens of an employee: to the provider, a click on the name there, back with a code to exchange."""
    verifier = secrets.token_urlsafe(32)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    left = _redirected(await server.visit("GET", f"/staff/sign-in?return=/&challenge={challenge}"))
    cookie = left.headers["set-cookie"].partition(";")[0]
    chosen = _redirected(await server.visit("POST", left.headers["location"], form={"subject": name}))
    back = await server.visit("GET", chosen.headers["location"], cookie)
    if not back.is_success:
        raise _problem(back)
    code = back.json()["code"]
    return await server.ask("SignInStaff", {"input": {"code": code, "verifier": verifier}})


def _redirected(answer: httpx2.Response) -> httpx2.Response:
    """The answer if it sends the browser on; Problem for a refusal."""
    if not answer.has_redirect_location:
        raise _problem(answer)
    return answer


def _problem(answer: httpx2.Response) -> Problem:
    said = answer.json()
    return Problem(said.get("code") or said.get("error", "?"), said.get("message", ""))
