"""Suppliers by law: three kinds, each with its own particulars (Order 73, p. 2(11), 12)."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.errors import InvalidInput, Issue, Path, Refused
from domain.identifiers import parse_bin, parse_iin, parse_phone

Text = Annotated[str, Field(min_length=1, max_length=500)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Oked = Annotated[str, Field(pattern=r"^[0-9]{5}$")]

_TYPE, _PART = 4, 5
_JOINT = "6"
_BRANCHES = "12"


class SupplierKind(StrEnum):
    """Kinds of p. 12, in its order."""

    legal_entity = "legal_entity"
    entrepreneur = "entrepreneur"
    assistant = "assistant"


class Standing(StrEnum):
    """What a supplier of a kind may do on a day, by reference data (requirement A7)."""

    open = "open"
    """Everything."""
    winding_up = "winding_up"
    """See the cabinet, withdraw listings and finish orders; nothing new."""
    closed = "closed"
    """Nothing, not even sign in."""


class Particular(BaseModel):
    """Base of what the gateway states: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Address(Particular):
    """Where somebody is registered; `region` is the top level of КАТО."""

    region: RegionCode
    text: Text
    text_kk: Text | None = None
    kind: Literal["permanent", "temporary", "legal"] = "permanent"


class Names(Particular):
    """A name in both languages of the registers."""

    kk: Text
    ru: Text


class PersonName(Particular):
    """A name as documents write it."""

    surname: Text
    given: Text
    patronymic: Text | None = None


def _checked(read: Callable[[str], str]) -> AfterValidator:
    """A validator that tells pydantic of a refusal, so that its place in the message is not lost."""

    def check(value: str) -> str:
        try:
            return read(value)
        except InvalidInput as refused:
            raise ValueError(refused.code) from None

    return AfterValidator(check)


Iin = Annotated[str, _checked(parse_iin)]
Phone = Annotated[str, _checked(parse_phone)]


class NumberedPerson(PersonName):
    """A name with the IIN that belongs to it; a foreigner may have none."""

    iin: Iin | None = None


class Founder(NumberedPerson):
    """One founder; citizenship as ISO 3166-1 alpha-2."""

    citizenship: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class RealEstate(Particular):
    """A registered right to premises for selling, storing or serving."""

    right: Literal["ownership", "lease"]
    number: Text
    address: Text
    area_m2: Annotated[float, Field(gt=0)] | None = None
    until: date | None = None


class Activity(Particular):
    """The main code of activity and its name; secondary codes open nothing (p. 13)."""

    oked: Oked
    name: dict[str, Text] = Field(default_factory=dict)
    secondary: list[Oked] = Field(default_factory=list, max_length=50)


class Registration(Particular):
    """Registration as an entrepreneur."""

    number: Text
    on: date
    authority: Text | None = None


class NoPsychiatricRecord(Particular):
    """That the person is not under dispensary observation of mental health organisations."""

    confirmed: Literal[True]
    on: date
    number: Text | None = None


class _Details(Particular):
    address: Address
    activity: Activity | None = None
    phone: Phone | None = None


class LegalEntity(_Details):
    """p. 12(1): "(if any)" of the paragraph is optional here, everything else is demanded.

    `founders_count` may exceed the list: a founder that is an organisation has no name of a person.
    """

    full_name: Names
    short_name: Names
    head: NumberedPerson
    real_estate: Annotated[list[RealEstate], Field(min_length=1, max_length=200)]
    founders_count: Annotated[int, Field(ge=1)] | None = None
    founders: Annotated[list[Founder], Field(max_length=200)] = Field(default_factory=list)
    ownership_form: Text | None = None
    formation: Text | None = None

    @model_validator(mode="after")
    def _founders_are_counted(self) -> Self:
        if len(self.founders) > (self.founders_count or 0):
            raise ValueError("the founders listed are not those counted")
        return self


class Entrepreneur(_Details):
    """p. 12(2)."""

    person: NumberedPerson
    registration: Registration


class Assistant(_Details):
    """p. 12(3)."""

    person: NumberedPerson
    no_psychiatric_record: NoPsychiatricRecord


DETAILS: Mapping[SupplierKind, type[_Details]] = {
    SupplierKind.legal_entity: LegalEntity,
    SupplierKind.entrepreneur: Entrepreneur,
    SupplierKind.assistant: Assistant,
}
"""What p. 12 lists of each kind."""

REQUIRED_DETAILS = {
    kind: tuple(name for name, field in model.model_fields.items() if field.is_required())
    for kind, model in DETAILS.items()
}
"""What p. 12 demands of each kind; the rest comes where there is any."""


def read_details(kind: SupplierKind, stated: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The particulars of a kind as plain JSON values; InvalidInput names each wrong or missing one."""
    try:
        read = DETAILS[kind].model_validate(stated)
    except ValidationError as error:
        raise InvalidInput(issues_of(error, path)) from None
    return read.model_dump(mode="json", exclude_none=True)


def issues_of(error: ValidationError, path: Path = ()) -> list[Issue]:
    """The places of the faults, never the values: what is missing, and what is not as agreed."""
    return [
        Issue("MESSAGE_FIELD_MISSING" if found["type"] == "missing" else "MESSAGE_FIELD", path + found["loc"])
        for found in error.errors()
    ]


def by_organisation(identifier: str) -> bool:
    """Whether the supplier acts through an organisation's certificate: its number is a BIN.

    The fifth digit of a BIN is 4 to 6, never the first digit of a day, as an IIN would have there.
    """
    return identifier[_TYPE] in "456"


def is_branch(bin_: str) -> bool:
    """Whether a BIN is that of a branch or representative office, which is no supplier of its own."""
    return bin_[_PART] in _BRANCHES


def check_number(kind: SupplierKind, identifier: str, path: Path) -> None:
    """A legal entity has a BIN and is no branch, a joint entrepreneur has its BIN, everybody else an IIN.

    InvalidInput INVALID_BIN or INVALID_IIN; Refused BRANCH_NOT_A_SUPPLIER.
    """
    numbered = len(identifier) > _PART and by_organisation(identifier)
    joint = numbered and identifier[_TYPE] == _JOINT
    if kind is SupplierKind.legal_entity or (kind is SupplierKind.entrepreneur and joint):
        parse_bin(identifier, path=path)
        if joint == (kind is SupplierKind.legal_entity):
            raise InvalidInput([Issue("INVALID_BIN", path)])
        if is_branch(identifier):
            raise Refused("BRANCH_NOT_A_SUPPLIER", path)
    else:
        parse_iin(identifier, path=path)
        if numbered:
            raise InvalidInput([Issue("INVALID_IIN", path)])
