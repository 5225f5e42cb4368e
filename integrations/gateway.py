"""The e-government gateway: records of people and suppliers, signed by a state body (Order 73, p. 6 and 12).

No public schema of these messages was found: this is the portal's own contract. A message is canonical JSON,
signed as attached CMS by an information system of the state body.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, ValidationInfo, field_validator, model_validator

from domain.errors import InvalidInput, Issue, invalid
from domain.identifiers import parse_iin, parse_phone
from domain.representatives import AuthorityKind
from domain.suppliers import (
    Address,
    Names,
    Oked,
    Particular,
    PersonName,
    RegionCode,
    SupplierKind,
    Text,
    check_number,
    issues_of,
    read_details,
)

AHEAD = timedelta(minutes=10)
"""How far the clock of a state body may be ahead of the portal's."""


class IdentityDocument(Particular):
    """Number, issuer, and from when until when it is valid."""

    number: Text
    issuer: Text
    issued: date
    expires: date | None = None


class Person(Particular):
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


class Supplier(Particular):
    """What p. 12 lists of a supplier; `details` holds the particulars of its kind, `oked` the main code."""

    identifier: str
    kind: SupplierKind
    name: Names
    region: RegionCode
    oked: Oked | None = None
    details: dict[str, Any]


class Authority(Particular):
    """The dated authority of a guardian or custodian, by the two people and its first instant.

    A later record about the same authority moves its end, or revokes it from `revoked_at` on.
    """

    representative: str
    ward: str
    authority: AuthorityKind
    basis: Text
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None

    @field_validator("representative", "ward")
    @classmethod
    def _iin_is_valid(cls, iin: str, info: ValidationInfo) -> str:
        return parse_iin(iin, path=("authority", str(info.field_name)))

    @model_validator(mode="after")
    def _is_an_authority(self) -> Self:
        if self.representative == self.ward:
            raise ValueError("nobody is the own representative")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("an authority lasts for a time")
        return self


class RecordType(StrEnum):
    """What a message carries."""

    person = "person"
    supplier = "supplier"
    authority = "authority"


class GatewayMessage(Particular):
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
    """A message of the gateway; InvalidInput names the wrong and missing fields, never their values.

    Refused BRANCH_NOT_A_SUPPLIER for a supplier that is no legal entity of its own.
    """
    try:
        read = GatewayMessage.model_validate_json(content)
    except ValidationError as error:
        raise InvalidInput(issues_of(error) or [Issue("MESSAGE_FIELD")]) from None
    if read.supplier is None:
        return read
    return read.model_copy(update={"supplier": _complete(read.supplier)})


def require_present(message: GatewayMessage, now: datetime) -> None:
    """InvalidInput MESSAGE_OF_THE_FUTURE for a record issued later than clocks may differ.

    It would be newer than every true record until its instant comes, and none of them would be read.
    """
    if message.issued_at > now + AHEAD:
        raise invalid("MESSAGE_OF_THE_FUTURE", "issued_at", minutes=AHEAD // timedelta(minutes=1))


def _complete(supplier: Supplier) -> Supplier:
    """The supplier with everything p. 12 lists for its kind."""
    check_number(supplier.kind, supplier.identifier, ("supplier", "identifier"))
    details = read_details(supplier.kind, supplier.details, ("supplier", "details"))
    return supplier.model_copy(update={"details": details})
