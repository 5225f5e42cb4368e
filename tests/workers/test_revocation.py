"""Revocation lists read again in the background, from files and from a real HTTP server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509

from domain.identifiers import synthetic_iin
from integrations.development_ca import DevelopmentAuthority
from integrations.signatures import ListAddress, ListFile, ListSource, RevocationLists
from tests.integrations.signatures.partner import NEVER, Partner, http
from workers.revocation import RevocationReader

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
DAY = timedelta(days=1)
IIN = synthetic_iin(date(1980, 5, 6), male=True, serial=7)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    """An authority that publishes lists."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    """Another authority of the same names."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("foreign"))


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    """Where the list of the intermediate is published."""
    async with Partner().running() as listening:
        yield listening


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client as the portal has it."""
    async with httpx2.AsyncClient() as made:
        yield made


class Reading:
    """Lists, a reader of one address, and a clock to move."""

    def __init__(self, authority: DevelopmentAuthority, client: httpx2.AsyncClient, url: str) -> None:
        self.now = NOW
        self.lists = RevocationLists([authority.root, authority.intermediate])
        self.source = ListAddress(client, url, largest=100_000, seconds=0.5)
        self.reader = RevocationReader(self.lists, [self.source], lambda: self.now)
        self._issuer = x509.load_der_x509_certificate(authority.intermediate)

    @property
    def known(self) -> bytes | None:
        """The list relied on now."""
        found = self.lists.find(self._issuer, self.now)
        return found.der if found else None


@pytest.fixture
def reading(authority: DevelopmentAuthority, client: httpx2.AsyncClient, partner: Partner) -> Reading:
    """A reader of the partner's list."""
    return Reading(authority, client, partner.url)


async def test_lists_are_read_again_and_a_bad_file_keeps_the_earlier(
    authority: DevelopmentAuthority, tmp_path: Path
) -> None:
    """R-A2: a newer file takes effect without a restart; one that can't be trusted changes nothing."""
    lists = RevocationLists([authority.root, authority.intermediate])
    root = x509.load_der_x509_certificate(authority.root)
    files = [tmp_path / "0.der", tmp_path / "1.der"]
    for file, content in zip(files, authority.crls(NOW), strict=True):
        file.write_bytes(content)
    sources = [ListFile(file) for file in files]
    reader = RevocationReader(lists, sources, lambda: NOW, timedelta(milliseconds=10))
    working = asyncio.create_task(reader.run())
    while lists.find(root, NOW) is None:
        await asyncio.sleep(0.01)
    reader.stop()
    await working
    before = lists.find(root, NOW)
    files[0].write_bytes(b"not a list")
    assert await reader.read() is False
    assert lists.find(root, NOW) is before
    files[0].unlink()
    assert await reader.read() is False
    assert lists.find(root, NOW) is before
    newer = authority.crls(NOW + timedelta(minutes=1))[0]
    files[0].write_bytes(newer)
    assert await reader.read() is True
    after = lists.find(root, NOW)
    assert after is not None
    assert after.der == newer


async def test_one_bad_source_does_not_hold_up_another(
    authority: DevelopmentAuthority, reading: Reading, partner: Partner, tmp_path: Path
) -> None:
    """R-A2: each authority's list is renewed by itself."""
    partner.answer = lambda _question: http(authority.crls(NOW)[1])
    sources: list[ListSource] = [ListFile(tmp_path / "missing.der"), reading.source]
    assert await RevocationReader(reading.lists, sources, lambda: NOW).read() is False
    assert reading.known is not None


def bad_answers(
    authority: DevelopmentAuthority, foreign: DevelopmentAuthority
) -> dict[str, tuple[bytes, timedelta]]:
    """What may come instead of the next list, and how much later."""
    good = authority.crls(NOW + DAY)[1]
    return {
        "an error": (http(good, 503), DAY),
        "not found": (http(b"", 404), DAY),
        "elsewhere": (http(b"", 302, Location="http://127.0.0.1:9/"), DAY),
        "unasked": (http(b"", 304), DAY),
        "broken": (http(b"<html>"), DAY),
        "empty": (http(b""), DAY),
        "truncated": (http(good[:-20]), DAY),
        "half": (http(good[:-20], length=len(good)), DAY),
        "too large": (http(good + bytes(100_000)), DAY),
        "trailing": (http(good + b"\x00"), DAY),
        "foreign": (http(foreign.crls(NOW + DAY)[1]), DAY),
        "older than the known": (http(authority.crls(NOW - DAY)[1]), DAY),
        "stale": (http(authority.crls(NOW - 7 * DAY)[1]), DAY),
        "from the future": (http(authority.crls(NOW + 3 * DAY)[1]), DAY),
        "never": (NEVER, DAY),
    }


BAD = [
    "an error", "not found", "elsewhere", "unasked", "broken", "empty", "truncated", "half", "too large", "trailing",
    "foreign", "older than the known", "stale", "from the future", "never",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_list_keeps_the_known_one_until_its_age(
    authority: DevelopmentAuthority,
    foreign: DevelopmentAuthority,
    reading: Reading,
    partner: Partner,
    name: str,
) -> None:
    """R-A2: whatever comes instead, the earlier list stays, and after a week nothing is known any more."""
    partner.answer = lambda _question: http(authority.crls(NOW)[1])
    assert await reading.reader.read() is True
    known = reading.known
    said, later = bad_answers(authority, foreign)[name]
    partner.answer = lambda _question: said
    reading.now = NOW + later
    assert await reading.reader.read() is False
    assert reading.known == known
    reading.now = NOW + 7 * DAY
    assert reading.known is None


def test_every_bad_answer_is_tried(authority: DevelopmentAuthority, foreign: DevelopmentAuthority) -> None:
    """No case is forgotten in the list of names."""
    assert set(BAD) == set(bad_answers(authority, foreign))


async def test_the_first_list_must_be_good_as_well(
    authority: DevelopmentAuthority, reading: Reading, partner: Partner
) -> None:
    """R-A2: without an earlier list a stale or future one is not better than none."""
    bodies = [authority.crls(moment)[1] for moment in (NOW - 7 * DAY, NOW + DAY)]
    partner.answer = lambda _question: http(bodies.pop(0))
    for _ in range(2):
        assert await reading.reader.read() is False
        assert reading.known is None


def validators(content: Callable[[], bytes], partner: Partner) -> None:
    """Answers "not modified" to who has seen the present list."""

    def answer(question: object) -> bytes:
        headers = getattr(question, "headers", {})
        seen = headers.get("if-none-match"), headers.get("if-modified-since")
        if seen == ('"1"', "Sun, 22 Nov 2026 05:00:00 GMT"):
            return http(b"", 304)
        return http(content(), ETag='"1"', Last_Modified="Sun, 22 Nov 2026 05:00:00 GMT")

    partner.answer = answer


async def test_only_a_good_list_is_remembered(
    authority: DevelopmentAuthority, reading: Reading, partner: Partner
) -> None:
    """A list that was refused is fetched whole again, though the server says it has not changed since."""
    bodies = [b"broken", authority.crls(NOW)[1]]
    validators(lambda: bodies.pop(0), partner)
    assert await reading.reader.read() is False
    assert await reading.reader.read() is True
    known = reading.known
    assert known is not None
    assert await reading.reader.read() is True
    assert reading.known is known
    assert [("if-none-match" in question.headers) for question in partner.got] == [False, False, True]


async def test_a_revocation_takes_effect_with_the_next_list(
    authority: DevelopmentAuthority, reading: Reading, partner: Partner
) -> None:
    """R-A2: the new list stands in place of the old as a whole, and the readers of the old keep theirs."""
    partner.answer = lambda _question: http(authority.crls(NOW)[1])
    await reading.reader.read()
    issuer = x509.load_der_x509_certificate(authority.intermediate)
    held = reading.lists.find(issuer, NOW)
    victim = authority.person("victim", IIN, "Иванов", "Иван")
    authority.revoke(victim, NOW)
    reading.now = NOW + timedelta(minutes=5)
    partner.answer = lambda _question: http(authority.crls(reading.now)[1])
    assert await reading.reader.read() is True
    found = reading.lists.find(issuer, reading.now)
    assert held is not None
    assert found is not None
    serial = victim.sign.certificate.serial_number
    assert serial in found.revoked
    assert serial not in held.revoked
