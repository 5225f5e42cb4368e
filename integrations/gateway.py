"""The e-government gateway: records of people and suppliers, signed by a state body (Order 73, p. 6 and 12).

No public schema of these messages was found: this is the portal's own contract. A message is canonical JSON,
signed as attached CMS by an information system of the state body.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from domain.errors import InvalidInput, Issue
from domain.identifiers import parse_bin, parse_iin, parse_phone
from domain.suppliers import REQUIRED_DETAILS, SupplierKind

Text = Annotated[str, Field(min_length=1, max_length=500)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Address(_Shape):
    """Where somebody is registered; `region` is the top level of КАТО."""

    region: RegionCode
    text: Text
    text_kk: Text | None = None
    kind: Literal["permanent", "temporary", "legal"] = "permanent"


class IdentityDocument(_Shape):
    """Number, issuer, and from when until when it is valid."""

    number: Text
    issuer: Text
    issued: date
    expires: date | None = None


class PersonName(_Shape):
    """A name as documents write it."""

    surname: Text
    given: Text
    patronymic: Text | None = None


class Person(_Shape):
    """What p. 6 lists of a participant; `bmg_phone` is the number in the base of mobile citizens."""

    iin: str
    name: PersonName
    birth_date: date
    sex: Literal["male", "female"]
    address: Address | None = None
    document: IdentityDocument
    bmg_phone: str | None = None

    @field_validator("iin")
    @classmethod
    def _iin_is_valid(cls, iin: str) -> str:
        return parse_iin(iin, path=("person", "iin"))

    @field_validator("bmg_phone")
    @classmethod
    def _phone_is_one_form(cls, phone: str | None) -> str | None:
        return None if phone is None else parse_phone(phone, path=("person", "bmg_phone"))


class Names(_Shape):
    """A public name."""

    kk: Text
    ru: Text


class Supplier(_Shape):
    """What p. 12 lists of a supplier; `details` holds the particulars of its kind."""

    identifier: str
    kind: SupplierKind
    name: Names
    region: RegionCode
    oked: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None
    details: dict[str, Any]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        legal = self.kind is SupplierKind.legal_entity
        (parse_bin if legal else parse_iin)(self.identifier, path=("supplier", "identifier"))
        missing = [name for name in REQUIRED_DETAILS[self.kind] if not self.details.get(name)]
        if missing:
            raise ValueError(f"details lack {missing[0]}")
        return self


class Authority(_Shape):
    """The dated authority of a guardian or custodian."""

    representative: str
    ward: str
    authority: Literal["guardian", "custodian"]
    basis: Text
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None


class RecordType(StrEnum):
    """What a message carries."""

    person = "person"
    supplier = "supplier"
    authority = "authority"


class GatewayMessage(_Shape):
    """One record, once."""

    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,100}$")]
    type: RecordType
    issued_at: AwareDatetime
    person: Person | None = None
    supplier: Supplier | None = None
    authority: Authority | None = None

    @model_validator(mode="after")
    def _carries_what_it_says(self) -> Self:
        carried = {name for name in RecordType if getattr(self, name) is not None}
        if carried != {self.type}:
            raise ValueError("the message carries another record than it says")
        return self


def read_message(content: bytes) -> GatewayMessage:
    """A message of the gateway; InvalidInput names the wrong fields, never their values."""
    try:
        return GatewayMessage.model_validate_json(content)
    except ValidationError as error:
        issues = [Issue("MESSAGE_FIELD", tuple(found["loc"])) for found in error.errors()]
        raise InvalidInput(issues or [Issue("MESSAGE_FIELD")]) from None
