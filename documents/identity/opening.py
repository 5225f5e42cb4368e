"""What is kept of a sign-in, and its beginning."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from pydantic import BaseModel
from pymongo import IndexModel

from documents.base import Id, Record, Row, insert, unguessable_id
from documents.encryption import Blind, Sealed, blind, reveal, seal
from domain.identity import Role
from domain.rate_limits import network_of
from domain.sessions import IDLE, LASTS, device_label

NAME = "sessions"


class Capacity(BaseModel):
    """One way in which the person behind a session may act."""

    model_config = Record.model_config

    role: Role
    subject: Id
    representative: Id | None = None
    region: str | None = None


class Session(Record):
    """One sign-in: its capacities, and digests of the one refresh token that is good and of those spent.

    `expires_at` moves with each renewal, up to `ends_at`. `origin` is what the capacities are found anew
    from; employees have none, their record says it. `device` and `address` are those that signed in.
    """

    holder: Blind
    capacities: list[Capacity]
    current: int = 0
    refresh: bytes
    spent: list[bytes]
    started_at: datetime
    used_at: datetime
    expires_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None
    used_by: bytes
    origin: Sealed | None = None
    device: Sealed | None = None
    address: Sealed | None = None

    class Settings(Record.Settings):
        """Found by holder, and by expiry for housekeeping."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("holder", 1), ("started_at", -1)]),
            IndexModel([("expires_at", 1)]),
        ]


@dataclass(frozen=True, slots=True)
class Origin:
    """What was entered and which certificate answered: enough to find the capacities once more."""

    identifier: str = field(repr=False)
    iin: str = field(repr=False)
    bin: str | None
    roles: tuple[str, ...]
    serial: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an operation came from, as far as the client or its network says."""

    address: str | None = field(default=None, repr=False)
    agent: str | None = field(default=None, repr=False)

    @property
    def mark(self) -> bytes:
        """A digest by which the same device in the same network is known again."""
        return blind("session caller", f"{network_of(self.address)}\x1f{self.agent or ''}")


NOBODY_KNOWN = Caller()


async def open_session(
    holder: bytes,
    capacities: Sequence[Capacity],
    refresh: str,
    now: datetime,
    *,
    origin: Origin | None = None,
    caller: Caller = NOBODY_KNOWN,
) -> Row:
    """Begin a session; `refresh` is kept as a digest only, what is personal under the first subject's key."""
    row, owner = unguessable_id(), capacities[0].subject

    async def sealed(name: str, value: str | None) -> Sealed | None:
        return None if value is None else await seal(owner, f"{NAME}.{name}", row, value)

    fresh = Session(
        _id=row,
        holder=holder,
        capacities=list(capacities),
        refresh=digest(refresh),
        spent=[],
        started_at=now,
        used_at=now,
        expires_at=now + min(IDLE, LASTS),
        ends_at=now + LASTS,
        used_by=caller.mark,
        origin=await sealed("origin", json.dumps(asdict(origin)) if origin else None),
        device=await sealed("device", device_label(caller.agent)),
        address=await sealed("address", caller.address),
    )
    return await insert(fresh)


async def origin_of(row: Row) -> Origin | None:
    """What a session was opened with; None for an employee's. Erased after the person's erasure."""
    if row["origin"] is None:
        return None
    kept = json.loads(await reveal(f"{NAME}.origin", row["_id"], row["origin"]))
    return Origin(**kept | {"roles": tuple(kept["roles"])})


def digest(refresh: str) -> bytes:
    """What is kept of a refresh token."""
    return sha256(refresh.encode("utf-8", "surrogatepass")).digest()
