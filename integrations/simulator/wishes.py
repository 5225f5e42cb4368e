"""What the simulated partners can be asked for, and what they take."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.measures import Programme
from integrations.esobes import MessageType


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Faults(_Wish):
    """Partners down; messages late (seconds), twice, newest first, or first with a broken signature."""

    esobes_down: bool = False
    sms_down: bool = False
    late: float = Field(default=0, ge=0, le=3600)
    twice: bool = False
    out_of_order: bool = False
    wrong_signature: bool = False


class MeasureWish(_Wish):
    """What to tell the portal about a measure; what isn't said stays as stated before."""

    id: str
    type: MessageType | None = None
    iin: str | None = None
    name: dict[str, str] | None = None
    programme: Programme | None = None
    programme_date: date | None = None
    term: date | None = None
    direction: str | None = None
    category: str | None = None
    quantity: int | None = None
    region: str | None = None
    assistant_basis: bool | None = None
    message_id: str | None = None


class MailWish(_Wish):
    """An e-mail as the gateway's contract has it."""

    to: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    text: str = Field(max_length=2000)
    language: Literal["kk", "ru", "en"]


class SmsWish(_Wish):
    """A text message as the gateway's contract has it."""

    to: str = Field(max_length=32)
    text: str = Field(max_length=2000)
    language: Literal["kk", "ru", "en"]
