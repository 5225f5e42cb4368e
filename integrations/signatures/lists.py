"""Where revocation lists come from: files that somebody replaces, or configured addresses."""

import asyncio
from pathlib import Path
from typing import Final, Protocol

import httpx2

from integrations.signatures.fetching import BadAnswer, fetched

LARGEST: Final = 32 * 1024 * 1024
SECONDS: Final = 60.0
_NOT_MODIFIED: Final = 304
_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class ListSource(Protocol):
    """One revocation list that is published again and again."""

    @property
    def place(self) -> str:
        """Where it is, for the log."""

    async def read(self) -> bytes | None:
        """The list (DER) as it is now; None where it is the one last `taken`. OSError or BadAnswer."""

    def taken(self) -> None:
        """Remember that what was read last was good: only then may "not modified" be an answer."""


class ListFile:
    """Implements `ListSource` over a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: bytes | None = None
        self._taken: bytes | None = None

    @property
    def place(self) -> str:
        """See `ListSource.place`."""
        return str(self._file)

    async def read(self) -> bytes | None:
        """See `ListSource.read`."""
        self._read = await asyncio.to_thread(self._file.read_bytes)
        return None if self._read == self._taken else self._read

    def taken(self) -> None:
        """See `ListSource.taken`."""
        self._taken = self._read


class ListAddress:
    """Implements `ListSource` over HTTP(S); asks only for what changed since the last good list."""

    def __init__(
        self, client: httpx2.AsyncClient, url: str, *, largest: int = LARGEST, seconds: float = SECONDS
    ) -> None:
        self._client = client
        self._url = url
        self._largest = largest
        self._seconds = seconds
        self._read: dict[str, str] = {}
        self._taken: dict[str, str] = {}

    @property
    def place(self) -> str:
        """See `ListSource.place`."""
        return self._url

    async def read(self) -> bytes | None:
        """See `ListSource.read`."""
        request = self._client.build_request("GET", self._url, headers=self._taken)
        also = frozenset({_NOT_MODIFIED}) if self._taken else frozenset()
        answer = await fetched(self._client, request, largest=self._largest, seconds=self._seconds, also=also)
        if answer.status == _NOT_MODIFIED:
            return None
        if not answer.content:
            raise BadAnswer("the answer is empty")
        found = {asked: answer.headers.get(given) for given, asked in _VALIDATORS.items()}
        self._read = {name: value for name, value in found.items() if value}
        return answer.content

    def taken(self) -> None:
        """See `ListSource.taken`."""
        self._taken = self._read
