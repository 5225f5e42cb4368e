"""АИС «Е-Собес»: the messages both ways, and the client that reports to it (requirements C2, C6).

No schema of Е-Собес is public: the contract is our own, in docs/contracts/esobes.schema.json, where what goes
beyond Order 73, p. 9, is marked `x-extension`. Bodies are canonical JSON, signed as attached CMS.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from domain.canonical import NotCanonical, canonical_bytes, read_canonical
from domain.categories import Direction
from domain.errors import InvalidInput, Issue, invalid
from domain.measures import MeasureStatus, Programme
from domain.outbox import Receipt
from integrations.delivery import hand_over

PARTNER = "esobes"
CHANNEL = "esobes"
"""Name of the outbox channel."""
CONTRACT = "komek.esobes/1"
LARGEST = 64 * 1024
LONGEST_WAIT_SECONDS = 15.0
_EXTENSION: dict[str, Any] = {"x-extension": True}

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
Name = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\u0000-\u001f\u007f]+$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MessageType(StrEnum):
    """What Е-Собес says about a measure."""

    measure_assigned = "measure_assigned"
    services_recommended = "services_recommended"
    measure_reactivated = "measure_reactivated"
    measure_withdrawn = "measure_withdrawn"


class ReportType(StrEnum):
    """What the portal says about a measure."""

    measure_status = "measure_status"
    order_status = "order_status"
    activation_requested = "activation_requested"


class MeasureName(_Shape):
    """The name of the means or service: in Russian, and in Kazakh where there is one."""

    ru: Name
    kk: Name | None = Field(default=None, json_schema_extra=_EXTENSION)


class Statement(_Shape):
    """The whole measure as it stands at a revision; so any message makes sense whichever comes first."""

    id: Identifier
    revision: int = Field(ge=1, le=2**53 - 1, json_schema_extra=_EXTENSION)
    iin: str = Field(pattern=r"^[0-9]{12}$")
    name: MeasureName
    programme: Programme = Field(json_schema_extra=_EXTENSION)
    programme_date: date
    term: date | None = None
    direction: Direction = Field(json_schema_extra=_EXTENSION)
    category: Code | None = Field(default=None, json_schema_extra=_EXTENSION)
    quantity: int | None = Field(default=None, ge=1, le=100_000, json_schema_extra=_EXTENSION)
    region: str | None = Field(default=None, pattern=r"^[0-9]{2}$", json_schema_extra=_EXTENSION)
    assistant_basis: bool = Field(default=False, json_schema_extra=_EXTENSION)


class MeasureMessage(_Shape):
    """From Е-Собес to the portal."""

    contract: Literal["komek.esobes/1"]
    message_id: Identifier
    type: MessageType
    sent_at: AwareDatetime
    measure: Statement


class OrderReport(_Shape):
    """Where the order on a measure stands; sums in tiyn."""

    id: Identifier
    status: Code
    supplier_bin: str | None = None
    quantity: int | None = None
    reimbursed: int | None = None
    reason: str | None = None


class Report(_Shape):
    """From the portal to Е-Собес; `sequence` counts 1, 2, 3 … per measure, `message_id` is the key."""

    contract: Literal["komek.esobes/1"]
    message_id: Identifier
    type: ReportType
    sent_at: AwareDatetime
    measure: Identifier
    sequence: int = Field(ge=1)
    cycle: int = Field(ge=1)
    status: MeasureStatus
    notified_at: AwareDatetime | None = None
    window_ends_at: AwareDatetime | None = None
    order: OrderReport | None = None


def published_schema() -> dict[str, Any]:
    """The contract as JSON Schema: both directions, with the transport told in words."""
    references, definitions = models_json_schema(
        [(MeasureMessage, "validation"), (Report, "validation")], title=CONTRACT
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "Canonical JSON (RFC 8785, no floating-point numbers), signed as attached CMS "
        "(RFC 5652) and posted as application/pkcs7-mime.",
        "oneOf": list(references.values()),
        **definitions,
    }


def read_message(content: bytes) -> MeasureMessage:
    """A message of Е-Собес; InvalidInput with every field that is wrong, never with its value."""
    try:
        read_canonical(content)
        return MeasureMessage.model_validate_json(content)
    except NotCanonical as error:
        raise invalid("MESSAGE_NOT_CANONICAL") from error
    except ValidationError as error:
        raise InvalidInput([Issue("MESSAGE_FIELD", issue["loc"]) for issue in error.errors()]) from None


class EsobesClient(Protocol):
    """Takes reports; the same key again means the same report."""

    async def deliver(self, key: str, payload: Mapping[str, Any]) -> Receipt:
        """Hand over a `Report` as JSON values; TemporaryFailure or PermanentFailure when it wasn't taken."""


class HttpEsobes:
    """Е-Собес behind one URL; `sign` makes an attached CMS with the portal's certificate."""

    def __init__(
        self, client: httpx2.AsyncClient, url: str, sign: Callable[[bytes], bytes] | None = None
    ) -> None:
        self._client = client
        self._url = url
        self._sign = sign

    async def deliver(self, key: str, payload: Mapping[str, Any]) -> Receipt:
        """Hand over a report within 15 s; no part of it is ever logged or put into an error."""
        content = canonical_bytes(payload)
        body, media = (self._sign(content), "pkcs7-mime") if self._sign else (content, "json")
        headers = {"Content-Type": f"application/{media}", "Idempotency-Key": key}
        return await hand_over(self._client, self._url, body, headers, seconds=LONGEST_WAIT_SECONDS)
