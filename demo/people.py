"""People of the demonstration: each signs in as any client of the portal does, staff at their provider."""

import base64
from dataclasses import dataclass
from typing import Any

from demo import staff
from demo.server import NotSignedIn, Problem, Server, Values

GONE = frozenset({"CHALLENGE_GONE", "REFRESH_INVALID", *staff.GONE})
"""What was answered before: by ourselves, when the answer got lost on its way."""


@dataclass(frozen=True, slots=True)
class Part:
    """In which capacity somebody acts: the role, and whether on behalf of a ward."""

    role: str
    on_behalf: bool = False


class Person:
    """Somebody with a certificate, signed in through one server in one capacity."""

    def __init__(self, server: Server, name: str, part: Part | None = None) -> None:
        self.server, self.name = server, name
        self._part = part or Part(name)
        self._tokens: Any = None

    async def token(self) -> str:
        """An access token, made at first use; `renew` makes the next one."""
        if self._tokens is None:
            await self.sign_in()
        return str(self._tokens["accessToken"])

    async def ask(self, operation: str, variables: Values | None = None) -> Any:
        """The answer of an operation done as this person; a session that has ended is begun anew."""
        try:
            return await self.server.ask(operation, variables, await self.token())
        except NotSignedIn:
            await self.renew()
            return await self.server.ask(operation, variables, await self.token())

    async def act(self, operation: str, key: str, **values: Any) -> Any:
        """The answer of a mutation: done once for its idempotency key, however often it has to be sent."""
        return await self.ask(operation, {"input": {"idempotencyKey": key, **values}})

    async def sign(self, content: str, key: str = "sign") -> str:
        """CMS in Base64 by this person's certificate over a content in Base64."""
        return await self.server.sign(self.name, base64.b64decode(content), key)

    async def renew(self) -> None:
        """Exchange the refresh token; sign in again when the session is over."""
        try:
            self._tokens = await self.server.ask(
                "SignInRefresh", {"input": {"refreshToken": self._tokens["refreshToken"]}}
            )
        except (Problem, NotSignedIn):
            await self.sign_in()

    async def sign_in(self) -> None:
        """Challenge, signature, tokens, and the capacity wanted."""
        try:
            self._tokens = await self._signed_in()
        except Problem as problem:
            if problem.code not in GONE:
                raise
            self._tokens = await self._signed_in()  # an answer got lost on its way: all of it again

    async def _signed_in(self) -> Any:
        if self.name in staff.NAMES:
            return await staff.signed_in(self.server, self.name)
        begin = {"identifier": await self._identifier(), "consent": True}
        challenge = await self.server.ask("SignInBegin", {"input": begin})
        answer = {
            "challengeId": challenge["challengeId"],
            "cms": await self.sign(challenge["content"], "auth"),
        }
        tokens = await self.server.ask("SignInComplete", {"input": answer})
        return await self._in_capacity(tokens)

    async def _identifier(self) -> str:
        for person in await self.server.get("/dev/people"):
            if person["name"] == self.name:
                return str(person["identifier"])
        raise LookupError(f"nobody in the demonstration is called {self.name}")

    async def _in_capacity(self, tokens: Any) -> Any:
        wanted = next(
            (
                one["index"]
                for one in tokens["capacities"]
                if (one["role"].lower(), one["onBehalf"]) == (self._part.role, self._part.on_behalf)
            ),
            None,
        )
        if wanted is None:
            raise LookupError(f"{self.name} can't act as {self._part.role}")
        if wanted == tokens["current"]:
            return tokens
        change = {"refreshToken": tokens["refreshToken"], "capacity": wanted}
        return await self.server.ask("SignInActAs", {"input": change}, tokens["accessToken"])
