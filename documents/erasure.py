"""Erasure of a person: the key destroyed, every index of the person gone, what the law needs kept as a shell.

All of it is one transaction, the key included: there is no half of it that a crash could leave behind.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel, UpdateOne

from documents import data_keys
from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.encryption import met
from documents.encryption.keyring import MARK
from documents.nodes import readable
from documents.orders.store import take_turn
from documents.rate_limits import RATES, key_of
from domain.measures import MeasureStatus
from domain.orders.lifecycle import FINAL
from domain.outbox import OutboxState
from domain.rate_limits import RateRule

NAME = "erasures"
KIND = "erasure"
_UNDER_WAY = [OutboxState.waiting.value, OutboxState.pending.value, OutboxState.leased.value]
_CLOSED = [MeasureStatus.fulfilled.value, MeasureStatus.ended.value]
_FIELDS = ("name", "birth_date", "sex", "address", "document", "bmg_phone", "confirmed_phone", "email")
_SHELL: Row = {
    **dict.fromkeys((*_FIELDS, "region", "registered_at", "consent_at")),
    "has_bmg_phone": False,
    "sources": {},
}


class Erasure(Record):
    """That somebody was erased, and when; the audit says by whom and why."""

    participant: Id
    erased_at: datetime

    class Settings(Record.Settings):
        """Found by its identifier only."""

        name = NAME
        indexes: ClassVar[list[IndexModel]] = []


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What has to be finished first: orders, measures, and the number of messages that still go out."""

    orders: Sequence[Id]
    measures: Sequence[Id]
    messages: int


async def get(erasure: Id) -> Row | None:
    """The erasure as a record of kind "erasure"."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": erasure}, session=session()))


async def obstacles(person: Id) -> Obstacles:
    """What of a person is not finished; any order or message of Е-Собес at the same time waits for this."""
    await take_turn(person)
    final = sorted(status.value for status in FINAL)
    pending = {"person": person, "state": {"$in": _UNDER_WAY}}
    return Obstacles(
        await _ids("orders", {"participant": person, "status": {"$nin": final}}),
        await _ids("measures", {"participant": person, "status": {"$nin": _CLOSED}}),
        await collection("outbox").count_documents(pending, session=session()),
    )


async def erase(person: Id, iin: str, now: datetime) -> Row:
    """Erase a person inside the transaction under way; the erasure comes back as a record.

    `iin` finds sign-ins under it, also in another capacity.
    """
    measures = await _ids("measures", {"participant": person})
    shared = await _ids("gateway_records", {"concerns": {"$all": [person], "$not": {"$size": 1}}})
    await _end_sessions(person, iin, now)
    await _delete(person, measures)
    counted = [key_of(rule, iin) for rule in RateRule]
    await collection(RATES).delete_many({"_id": {"$in": counted}}, session=session())
    await _hide("measures", "esobes_index", measures)
    await _hide("participants", "iin_index", [person])
    await _update("outbox", {"person": person}, {"payload": None})
    await _update("participants", {"_id": person}, {**_SHELL, "erased_at": now})
    await data_keys.destroy([person, *shared], now)
    return dict(await insert(Erasure(participant=person, erased_at=now)), kind=KIND)


async def _end_sessions(person: Id, iin: str, now: datetime) -> None:
    theirs = [
        {"capacities.subject": person},
        {"capacities.representative": person},
        {"holder": await met("iin", iin)},
    ]
    found = await _ids("sessions", {"$or": theirs})
    await _update("sessions", {"_id": {"$in": found}, "revoked_at": None}, {"revoked_at": now})
    blank: Row = {"origin": None, "device": None, "address": None}
    await _update("sessions", {"_id": {"$in": found}}, blank)
    await _hide("sessions", "holder", found)


async def _delete(person: Id, measures: Collection[Id]) -> None:
    """What nothing else needs: originals, representations, contacts under way, applications never placed."""
    gone: dict[str, Row] = {
        "gateway_records": {"concerns": person},
        "messages": {"subject": {"$in": list(measures)}},
        "representations": {"$or": [{"representative": person}, {"ward": person}]},
        "contact_codes": {"participant": person},
        "consents": {"subject": person},
        "applications": {"participant": person, "order": None},
        "order_turns": {"_id": person},
    }
    for name, query in gone.items():
        await collection(name).delete_many(query, session=session())


async def _hide(name: str, field: str, rows: Sequence[Id]) -> None:
    """Put noise in place of a blind index: the rows stay different, and nothing leads to them."""
    writes = [
        UpdateOne({"_id": row}, {"$set": {field: b"\0" + secrets.token_bytes(MARK - 1)}}) for row in rows
    ]
    if writes:
        await collection(name).bulk_write(writes, session=session())


async def _update(name: str, query: Row, changes: Row) -> None:
    await collection(name).update_many(query, {"$set": changes}, session=session())


async def _ids(name: str, query: Row) -> list[Id]:
    found = collection(name).find(query, {"_id": 1}, session=session())
    return [row["_id"] for row in await found.to_list()]


readable(KIND, get)
