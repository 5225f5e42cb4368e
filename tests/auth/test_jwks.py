"""Other people's keys: fetched seldom, believed for minutes, public and asymmetric or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from auth.jwks import KeyDirectory, KeysUnavailable, RemoteKeys, chosen, fetching, public_keys

URL = "https://keys.example/jwks"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def key() -> ECKey:
    """A key that nobody knows."""
    return ECKey.generate_key("P-256", auto_kid=True)


class Owner:
    """Whoever publishes keys, and the clock."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.away = False
        self.now = NOW

    async def fetch(self, _url: str) -> Any:
        """The set of now."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise OSError("away")
        return KeySet(self.keys).as_dict(private=False)

    def remote(self) -> RemoteKeys:
        """What we know of it."""
        return RemoteKeys(URL, self.fetch, lambda: self.now)


async def test_keys_are_fetched_once_for_many() -> None:
    """R-A8: twenty who ask together wait for one answer."""
    one = key()
    owner = Owner(one)
    remote = owner.remote()
    found = await asyncio.gather(*(remote.find(one.kid, "ES256") for _ in range(20)))
    assert {each.kid for each in found if each} == {one.kid}
    assert owner.asked == 1


async def test_an_unknown_key_is_looked_for_once_a_minute() -> None:
    """R-A8: a rotated key is found by looking again, at most once a minute; the old one has gone then."""
    old, new = key(), key()
    owner = Owner(old)
    remote = owner.remote()
    assert await remote.find(old.kid, "ES256")
    owner.keys = [new]
    assert await remote.find(new.kid, "ES256") is None
    owner.now += timedelta(seconds=59)
    assert await remote.find(new.kid, "ES256") is None
    assert owner.asked == 1
    owner.now += timedelta(seconds=1)
    assert await remote.find(new.kid, "ES256")
    assert await remote.find(old.kid, "ES256") is None
    assert owner.asked == 2


async def test_a_key_taken_away_is_not_believed_for_long() -> None:
    """R-A8: five minutes after a key was taken away it is refused, without anybody's doing."""
    old, new = key(), key()
    owner = Owner(old)
    remote = owner.remote()
    assert await remote.find(old.kid, "ES256")
    owner.keys = [new]
    owner.now += timedelta(minutes=5)
    assert await remote.find(old.kid, "ES256") is None


async def test_an_owner_who_is_away() -> None:
    """R-A8: fresh keys count while their owner is away, stale ones do not; it is asked once a minute."""
    one = key()
    owner = Owner(one)
    remote = owner.remote()
    assert await remote.find(one.kid, "ES256")
    owner.away = True
    owner.now += timedelta(minutes=2)
    assert await remote.find(one.kid, "ES256")
    with pytest.raises(KeysUnavailable):
        await remote.find("unknown", "ES256")
    assert await remote.find(one.kid, "ES256")
    owner.now += timedelta(minutes=3)
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await remote.find(one.kid, "ES256")
    assert owner.asked == 3


async def test_a_clock_that_was_set_back() -> None:
    """A clock of development that was set back keeps nobody out."""
    one, new = key(), key()
    owner = Owner(one)
    remote = owner.remote()
    assert await remote.find(one.kid, "ES256")
    owner.keys, owner.now = [new], NOW - timedelta(days=1)
    assert await remote.find(new.kid, "ES256")


async def test_each_address_has_its_keys() -> None:
    """R-A8: one system's keys are never another's."""
    owner, one = Owner(), key()
    owner.keys = [one]
    directory = KeyDirectory(owner.fetch, lambda: NOW)
    for _ in range(2):
        assert await directory.find(URL, one.kid, "ES256")
    assert await directory.find("https://other.example/", one.kid, "ES256")
    assert owner.asked == 2


def test_which_key_is_meant() -> None:
    """R-A8: by its id and algorithm; without an id only where there is no choice."""
    one, other = key(), ECKey.generate_key("P-256", {"alg": "ES384"}, auto_kid=True)
    assert chosen(None, None, "ES256") is None
    assert chosen(KeySet([one]), None, "ES256") == one
    assert chosen(KeySet([other]), None, "ES256") is None
    assert chosen(KeySet([one, other]), None, "ES256") is None
    assert chosen(KeySet([one, other]), other.kid, "ES256") is None
    assert chosen(KeySet([one, other]), one.kid, "ES256") == one


@pytest.mark.parametrize(
    "published",
    [
        None,
        [],
        {},
        {"keys": None},
        {"keys": []},
        {"keys": [1]},
        {"keys": [{"kty": "EC"}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": 5, "y": 5}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}]},
        {"keys": [{"kty": "unknown"}]},
        {"keys": [key().as_dict(private=False)] * 21},
        {"keys": [key().as_dict(private=True)]},
        {"keys": [OctKey.generate_key().as_dict(private=True)]},
        {"keys": [key().as_dict(private=False) | {"use": "enc"}]},
    ],
    ids=range(14),
)
def test_what_is_no_set_of_keys(published: Any) -> None:
    """R-A8: secrets, private keys, keys for encryption, too many and malformed ones are no set of keys."""
    with pytest.raises(ValueError, match="key"):
        public_keys(published)


def test_keys_of_every_kind() -> None:
    """R-A8: RSA and elliptic keys are read together."""
    both = KeySet([key(), RSAKey.generate_key(2048, auto_kid=True)]).as_dict(private=False)
    assert len(public_keys(both).keys) == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(302, headers={"Location": URL}, json={}),
        httpx2.Response(404, json={}),
        httpx2.Response(200, content=b" " * 300_000),
        httpx2.ConnectError("refused"),
    ],
    ids=["redirection", "missing", "large", "away"],
)
async def test_what_is_fetched(answer: httpx2.Response | Exception) -> None:
    """R-A8: only a plain, small answer counts; a redirection is never followed."""

    def handler(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(handler)) as client:
        with pytest.raises(OSError):
            await fetching(client)(URL)


async def endless() -> AsyncIterator[bytes]:
    """An answer without an end."""
    while True:
        yield b" " * 65_536


async def dripping() -> AsyncIterator[bytes]:
    """An answer of which a byte comes now and then."""
    while True:
        yield b" "
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("body", [endless, dripping])
async def test_answers_without_an_end(body: Callable[[], AsyncIterator[bytes]]) -> None:
    """R-A8: an answer is read no further than it may be long, and waited for no longer than it may take."""
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body()))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(OSError):
            await fetching(client, 0.1)(URL)


async def test_json_is_fetched() -> None:
    """R-A8: what is JSON comes back as such, anything else is a ValueError."""
    bodies = [b'{"keys": []}', b"<html>", b"[" * 100_000]
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=bodies.pop(0)))
    async with httpx2.AsyncClient(transport=transport) as client:
        assert await fetching(client)(URL) == {"keys": []}
        for _ in range(2):
            with pytest.raises(ValueError):
                await fetching(client)(URL)
