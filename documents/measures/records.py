"""Measures as stored: what Е-Собес recommends to one person, and where the choice of a supplier stands."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel

from documents.base import Id, Record, Row
from documents.encryption import Blind, Sealed, blind, reveal, reveal_or, seal
from domain.categories import Direction
from domain.evidence import ERASED_TEXT
from domain.measures import MeasureStatus, Programme

NAME = "measures"
KIND = "measure"
BY_PARTICIPANT = "participant"
BY_REGION = "region"
BY_REGION_AND_STATUS = "region_status"
_PLACE, _NUMBER = "measures.name", "measures.esobes_id"
NUMBER_LABEL = "esobes measure"
_CHOICE_OPEN = {"status": MeasureStatus.choice_open.value}


class HistoryEntry(BaseModel):
    """One step: the status it led to, when (UTC), who did it in which role, and why as a code with a text.

    `on_behalf`: a legal representative did it for the participant; the audit says which one.
    """

    status: MeasureStatus
    at: datetime
    by: str
    code: str
    cycle: int
    on_behalf: bool = False


class Notice(BaseModel):
    """How the person was told that a supplier can be chosen: `channel` is "sms" or a NoticeMethod."""

    channel: str
    at: datetime
    outcome: str


class Measure(Record):
    """One measure; `cycle` counts openings of the choice, `revision` is Е-Собес's, `reports` ours.

    Both instants of p. 10 are kept: `transferred_at` and `notified_at`. Ends are exclusive instants in UTC;
    days are ISO dates of Astana. The name tells about a person's health, so it is sealed.
    """

    participant: Id
    region: str | None
    esobes_id: Sealed
    esobes_index: Blind
    name: Sealed
    direction: Direction
    category: str | None
    programme: Programme
    programme_date: str
    term: str | None
    term_ends_at: datetime | None
    quantity: int | None
    assistant_basis: bool = False
    status: MeasureStatus
    cycle: int = 1
    transferred_at: datetime
    notified_at: datetime | None = None
    notice: Notice | None = None
    window_ends_at: datetime | None = None
    withdrawn_at: datetime | None = None
    order: Id | None = None
    history: list[HistoryEntry] = Field(default_factory=list)
    revision: int
    reports: int = 0
    version: int = 1

    class Settings(Record.Settings):
        """A person's list, a region's list, and the open choices by their ends."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("esobes_index", 1)], unique=True),
            IndexModel([("participant", 1), ("transferred_at", -1), ("_id", -1)], name=BY_PARTICIPANT),
            IndexModel([("region", 1), ("transferred_at", -1), ("_id", -1)], name=BY_REGION),
            IndexModel(
                [("region", 1), ("status", 1), ("transferred_at", -1), ("_id", -1)], name=BY_REGION_AND_STATUS
            ),
            IndexModel([("window_ends_at", 1)], name="window", partialFilterExpression=_CHOICE_OPEN),
            IndexModel([("term_ends_at", 1)], name="term", partialFilterExpression=_CHOICE_OPEN),
        ]


async def seal_name(person: Id, row: Id, names: Mapping[str, str]) -> Sealed:
    """The name by language, sealed under the person's key."""
    return await seal(person, _PLACE, row, json.dumps(dict(names), ensure_ascii=False, sort_keys=True))


async def names_of(row: Row) -> dict[str, str]:
    """The name in clear, by language: Russian always, Kazakh where Е-Собес gave it; "erased" after that."""
    erased = json.dumps(ERASED_TEXT)
    found: dict[str, str] = json.loads(await reveal_or(erased, _PLACE, row["_id"], row["name"]))
    return found


async def seal_esobes_id(person: Id, row: Id, esobes_id: str) -> dict[str, Any]:
    """The fields that keep Е-Собес's identifier, which may be made of an IIN: sealed, and to be found by."""
    return {
        "esobes_id": await seal(person, _NUMBER, row, esobes_id),
        "esobes_index": blind(NUMBER_LABEL, esobes_id),
    }


async def esobes_id_of(row: Row) -> str:
    """The identifier under which Е-Собес knows the measure; Erased with its person."""
    return await reveal(_NUMBER, row["_id"], row["esobes_id"])
