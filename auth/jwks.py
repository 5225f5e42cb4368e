"""Somebody else's public keys, fetched from where configuration or registration says (RFC 7517)."""

import json
from asyncio import Lock, timeout
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from domain.time import Clock

AT_MOST_EVERY = timedelta(minutes=1)
"""A key id nobody knows makes us look again, but no stranger can make us ask more often than this."""
FRESH = timedelta(minutes=5)
"""How long a key that its owner has taken away may still be believed."""
SIGNING_ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Asymmetric ones only: with HS256 the public key would be the secret, and `none` is no signature."""
MOST_KEYS = 20
LARGEST = 256 * 1024
"""Bytes of an answer."""
TIMEOUT = 5.0

Fetch = Callable[[str], Awaitable[Any]]
"""URL → the JSON behind it; OSError when nobody answers properly, ValueError when it is no JSON."""


class KeysUnavailable(Exception):
    """The keys can't be had: their owner does not answer, or answers with something else."""


@dataclass(slots=True)
class RemoteKeys:
    """The keys behind one URL; fetched when needed, never more often than once a minute."""

    url: str
    fetch: Fetch
    clock: Clock
    _keys: KeySet | None = None
    _fetched: datetime | None = None
    _tried: datetime | None = None
    _one: Lock = field(default_factory=Lock)

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """The key of an id; None when its owner does not publish it. KeysUnavailable."""
        async with self._one:
            now = self.clock()
            if not _within(FRESH, self._fetched, now):
                await self._refresh(now)
            found = chosen(self._keys, kid, algorithm)
            if found is None and not _within(AT_MOST_EVERY, self._tried, now):
                await self._refresh(now)
                found = chosen(self._keys, kid, algorithm)
            return found

    async def _refresh(self, now: datetime) -> None:
        if _within(AT_MOST_EVERY, self._tried, now):
            raise KeysUnavailable
        self._tried = now
        try:
            self._keys = public_keys(await self.fetch(self.url))
        except (OSError, ValueError) as error:
            raise KeysUnavailable from error
        self._fetched = now


def _within(span: timedelta, since: datetime | None, now: datetime) -> bool:
    """Less than a span ago; a clock that was set back counts as long ago."""
    return since is not None and timedelta(0) <= now - since < span


@dataclass(slots=True)
class KeyDirectory:
    """Keys behind the addresses that systems registered; `secure` means that only https is asked.

    Addresses come from registrations by an administrator, so there are as many as there are systems.
    """

    fetch: Fetch
    clock: Clock
    secure: bool = True
    _known: dict[str, RemoteKeys] = field(default_factory=dict)

    async def find(self, url: str, kid: str | None, algorithm: str) -> Key | None:
        """The key of an id behind an address; see `RemoteKeys.find`."""
        if url not in self._known:
            self._known[url] = RemoteKeys(url, self.fetch, self.clock)
        return await self._known[url].find(kid, algorithm)


def fetching(client: httpx2.AsyncClient, seconds: float = TIMEOUT) -> Fetch:
    """Reads JSON over HTTP: no redirections, no large answers, no long waits; ValueError for what is none."""

    async def fetch(url: str) -> Any:
        try:
            # the client's own limits begin anew with each chunk: a slow drip would never end
            async with timeout(seconds), client.stream("GET", url, follow_redirects=False) as answer:
                content = await _content(answer)
        except httpx2.HTTPError as error:
            raise OSError(type(error).__name__) from error
        try:
            return json.loads(content)
        except RecursionError as error:
            raise ValueError("JSON nested beyond reading") from error

    return fetch


async def _content(answer: httpx2.Response) -> bytes:
    """The body of a good answer, read no further than it may be long."""
    if answer.status_code != httpx2.codes.OK:
        raise OSError("no answer that could be used")
    read = bytearray()
    async for chunk in answer.aiter_bytes():
        read += chunk
        if len(read) > LARGEST:
            raise OSError("an answer too large")
    return bytes(read)


def public_keys(published: Any) -> KeySet:
    """A JWK set of public signing keys; ValueError for anything else, and for one that holds secrets."""
    listed = published.get("keys") if isinstance(published, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_KEYS:
        raise ValueError("not a set of keys")
    usable = [one for one in listed if isinstance(one, dict) and one.get("use", "sig") == "sig"]
    usable = [one for one in usable if one.get("kty") in {"RSA", "EC", "OKP"}]
    try:
        keys = KeySet.import_key_set({"keys": usable})
    except (JoseError, TypeError, KeyError) as error:
        raise ValueError("not a set of keys") from error
    if any(key.is_private for key in keys.keys):
        raise ValueError("a private key was given away")
    return keys


def chosen(keys: KeySet | None, kid: str | None, algorithm: str) -> Key | None:
    """The key of this id that may sign so; without an id the only one there is."""
    every = keys.keys if keys is not None else []
    fitting = [key for key in every if key.get("alg") in {None, algorithm}]
    if kid is None:
        return fitting[0] if len(every) == 1 and fitting else None
    return next((key for key in fitting if key.kid == kid), None)
