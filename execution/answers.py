"""Finished answers, kept for whoever asks the same and dropped as soon as what they show changes.

An answer is kept only if the schema says that it is the same for everybody in a scope (`root(shared=True)`),
and only while somebody tells which entities change (`opened`, `drop`, `lost`). What it was made from is told
by tags that the reader of the database records; a change of any of them drops it. A fill that overlaps such
a change is not kept, since nobody knows on which side of the change it read.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from starlette.types import ASGIApp, Receive, Scope, Send

Key = Hashable
Tags = Collection[str]
MOST_NAMES = 8
"""Ways of writing the same request that lead straight to its answer."""
REMEMBERED = 20_000
"""Changes that fills under way are compared with."""
_OVERHEAD = 1_000
"""Bytes that an entry takes beside its body and its tags, roughly."""


@dataclass(slots=True)
class Answer:
    """The body of an answer with everything that is sent before it; an ASGI application."""

    body: bytes
    media: str
    tags: frozenset[str] = frozenset()
    etag: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    names: list[Key] = field(default_factory=list)
    key: Key = None
    sent: ASGIApp | None = None
    """What is sent in its place where it is no answer to be kept."""

    def __post_init__(self) -> None:
        self.etag = (
            b'"' + blake2b(self.body + self.media.encode(), digest_size=12).hexdigest().encode() + b'"'
        )
        self.headers = [
            (b"content-type", f"{self.media}; charset=utf-8".encode()),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"public, no-cache"),
            (b"vary", b"Accept, Accept-Language, Authorization"),
            (b"etag", self.etag),
        ]

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return len(self.body) + sum(map(len, self.tags)) + _OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send it, or 304 to whoever has it already (RFC 9110, 13.1.2); HEAD is not served."""
        if scope["method"] == "GET" and self._is_known(scope):
            headers = [each for each in self.headers if each[0] not in _OF_BODIES]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    def _is_known(self, scope: Scope) -> bool:
        given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
        known = {each.strip().removeprefix(b"W/") for each in given.split(b",")}
        return self.etag in known or b"*" in known


_OF_BODIES = frozenset({b"content-type", b"content-length"})


@dataclass(slots=True)
class Figures:
    """What the cache did, for metrics. `dropped` counts answers by why they went."""

    hits: int = 0
    misses: int = 0
    joined: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


class AnswerCache:
    """Answers by key, the least used dropped first; without `opened` nothing is kept or given."""

    def __init__(self, most: int = 32 * 2**20) -> None:
        """`most`: bytes that bodies and tags take together."""
        self.figures = Figures()
        self.bytes = 0
        self.following = False
        self._most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._named: dict[Key, Answer] = {}
        self._by_tag: dict[str, set[Key]] = {}
        self._filling: dict[Key, asyncio.Task[tuple[Answer, bool]]] = {}
        self._clock = 0
        self._changed: OrderedDict[str, int] = OrderedDict()
        self._floor = 0

    def __len__(self) -> int:
        return len(self._answers)

    def named(self, name: Key) -> Answer | None:
        """The answer to a request written in exactly this way."""
        found = self._named.get(name)
        if found is not None:
            self._answers.move_to_end(found.key)
            self.figures.hits += 1
        return found

    def name(self, name: Key, key: Key) -> None:
        """Let a way of writing a request lead to the answer of a key, if there is one."""
        found = self._answers.get(key)
        if found is not None and len(found.names) < MOST_NAMES and name not in self._named:
            found.names.append(name)
            self._named[name] = found

    async def get(self, key: Key, fill: Fill) -> Answer:
        """The answer of a key; where there is none, made by `fill`, once for all who ask meanwhile."""
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
            self.figures.hits += 1
            return found
        filling = self._filling.get(key)
        if filling is not None:
            answer, may_join = await asyncio.shield(filling)
            if may_join:
                self.figures.joined += 1
                return answer
        return await self._filled(key, fill)

    async def _filled(self, key: Key, fill: Fill) -> Answer:
        self.figures.misses += 1
        task = asyncio.ensure_future(self._fill(key, fill))
        self._filling[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        answer, _ = await asyncio.shield(task)
        return answer

    async def _fill(self, key: Key, fill: Fill) -> tuple[Answer, bool]:
        """The answer, and whether it may be given to those who asked while it was made."""
        began = self._clock
        answer, keep = await fill()
        overtaken = self._overtaken(answer.tags, began)
        if keep and not overtaken and self.following:
            self._keep(key, answer)
        elif overtaken:
            self.figures.dropped["overtaken"] += 1
        return answer, keep and not overtaken

    def _ended(self, key: Key, task: asyncio.Task[tuple[Answer, bool]]) -> None:
        if self._filling.get(key) is task:
            del self._filling[key]
        if not task.cancelled():
            task.exception()  # told to those who wait; nobody may be left who does

    def _overtaken(self, tags: Tags, began: int) -> bool:
        """Whether something changed since a fill began that it may have read before."""
        return began < self._floor or any(self._changed.get(tag, 0) > began for tag in tags)

    def _keep(self, key: Key, answer: Answer) -> None:
        if answer.size > self._most:
            return
        self._forget(key, "replaced")
        answer.key = key
        self._answers[key] = answer
        self.bytes += answer.size
        for tag in answer.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self.bytes > self._most:
            self._forget(next(iter(self._answers)), "room")

    def _forget(self, key: Key, why: str) -> None:
        found = self._answers.pop(key, None)
        if found is None:
            return
        self.figures.dropped[why] += 1
        self.bytes -= found.size
        for name in found.names:
            del self._named[name]
        for tag in found.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]

    def drop(self, tags: Sequence[str]) -> None:
        """These entities have changed: drop what shows them, now and in fills under way."""
        self._clock += 1
        for tag in tags:
            self._changed[tag] = self._clock
            self._changed.move_to_end(tag)
            for key in list(self._by_tag.get(tag, ())):
                self._forget(key, "changed")
        while len(self._changed) > REMEMBERED:
            self._floor = max(self._floor, self._changed.popitem(last=False)[1])

    def flush(self) -> None:
        """Anything may have changed: begin anew."""
        self._clock += 1
        self._floor = self._clock
        self._changed.clear()
        for key in list(self._answers):
            self._forget(key, "flushed")

    def opened(self) -> None:
        """From now on every change is told."""
        self.flush()
        self.following = True

    def lost(self) -> None:
        """Changes are not told any more."""
        self.following = False
        self.flush()


Fill = Callable[[], Awaitable[tuple[Answer, bool]]]
"""Makes an answer, and says whether it may be kept."""
