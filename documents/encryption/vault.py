"""The keys that are open in this process: bounded, and dropped within a second of any change."""

import asyncio
import unicodedata
from collections import OrderedDict
from collections.abc import Collection

from bson import ObjectId
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from documents.encryption.keyring import INDEX, Keyring, Layers, Ring, Rows
from documents.encryption.values import Mark
from documents.reads import note
from domain.errors import Erased
from domain.keys import KeyProvider

FRESH = 1.0
"""Seconds for which no process asks whether keys were changed or destroyed: so long it can miss it."""


class Vault:
    """Keeps the data keys: wrapped in the database, unwrapped in a bounded cache of this process.

    Before each use it asks, at most once in `fresh` seconds, for the counter of changes; when that can't be
    read, nothing is sealed or opened.
    """

    def __init__(self, rows: Rows, keys: KeyProvider, capacity: int = 10_000, fresh: float = FRESH) -> None:
        self.ring = Keyring(rows, keys)
        self._capacity = capacity
        self._fresh = fresh
        self._open: OrderedDict[ObjectId, Ring] = OrderedDict()
        self._layers: Layers | None = None
        self._epoch = 0
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def sealing(self, owner: ObjectId, *, lasting: bool = False) -> tuple[int, AESGCM]:
        """The generation that seals now, and its key, made at first use; Erased when it was destroyed."""
        await self.refresh()
        ring = self._known(owner) or await self._made(owner, lasting=lasting)
        if ring.current not in ring.keys:
            raise Erased
        return ring.current, ring.keys[ring.current]

    async def opening(self, owner: ObjectId, generation: int) -> AESGCM:
        """The key of a generation; Erased when it was destroyed, ValueError when there never was one."""
        note(("data_keys",))  # a key that is open in this process is asked of no collection
        await self.refresh()
        ring = self._known(owner)
        if ring is None or (ring.keys and generation not in ring.keys):
            ring = await self._read(owner)
        if ring is None:
            raise ValueError("the key of a sealed value is not here: the collection of keys is another's")
        if not ring.keys:
            raise Erased
        if generation not in ring.keys:
            raise ValueError(f"generation {generation} of the key is gone")
        return ring.keys[generation]

    async def open_many(self, owners: Collection[ObjectId]) -> None:
        """Have many people's keys ready, with one query for all that are not open yet."""
        await self.refresh()
        missing = {owner for owner in owners if self._known(owner) is None}
        if missing:
            epoch = self._epoch
            for owner, ring in (await self.ring.rings(missing)).items():
                self._remember(owner, ring, epoch)

    async def refresh(self) -> None:
        """Drop what changed since the last time it was asked for, at most once in `fresh` seconds."""
        clock = asyncio.get_running_loop().time
        if clock() - self._asked_at < self._fresh:
            return
        async with self._asking:
            if clock() - self._asked_at < self._fresh:
                return
            asked_at = clock()
            await self._catch_up()
            self._asked_at = asked_at

    async def _catch_up(self) -> None:
        epoch = await self.ring.epoch()
        if self._layers is None or epoch < self._epoch:  # the first time, or a database restored from a copy
            self._open.clear()
            self._layers = await self.ring.layers()
        elif epoch > self._epoch:
            changed = await self.ring.changed_since(self._epoch)
            for owner in changed:
                self._open.pop(owner, None)
            self._layers = await self.ring.layers() if INDEX in changed else self._layers
        self._epoch = epoch

    def forget(self) -> None:
        """Ask anew before the next use: this process has just changed keys itself."""
        self._asked_at = float("-inf")

    @property
    def layers(self) -> Layers:
        """The key of the blind indexes; RuntimeError before the vault was opened."""
        if self._layers is None:
            raise RuntimeError("connect() first")
        return self._layers

    def blind(self, label: str, value: str) -> Mark:
        """A keyed index of a normalised value: equal values meet, nobody without the key can guess them."""
        every = self.layers.all_of(label, _normal(value))
        return Mark.of(every[self.layers.current - self.layers.oldest], every)

    async def blinds(self, label: str, value: str) -> list[bytes]:
        """The indexes under which a value may stand: more than one only while their key is being changed."""
        await self.refresh()
        return self.layers.all_of(label, _normal(value))

    async def _made(self, owner: ObjectId, *, lasting: bool) -> Ring:
        epoch = self._epoch
        return self._remember(owner, await self.ring.made(owner, lasting=lasting), epoch)

    async def _read(self, owner: ObjectId) -> Ring | None:
        epoch = self._epoch
        ring = (await self.ring.rings([owner])).get(owner)
        return None if ring is None else self._remember(owner, ring, epoch)

    def _known(self, owner: ObjectId) -> Ring | None:
        found = self._open.get(owner)
        if found is not None:
            self._open.move_to_end(owner)
        return found

    def _remember(self, owner: ObjectId, ring: Ring, epoch: int) -> Ring:
        """Keep what was read at an epoch, unless something changed since: it may be out of date already."""
        if epoch == self._epoch:
            self._open[owner] = ring
        if len(self._open) > self._capacity:
            self._open.popitem(last=False)
        return ring


def _normal(value: str) -> bytes:
    return unicodedata.normalize("NFKC", value).strip().encode()
