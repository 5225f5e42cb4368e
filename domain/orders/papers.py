"""The two signed papers of an order: the application for reimbursement, and the act of handing over.

What is shown to the person is made from the very bytes that are signed, and from nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.canonical import Canonical, NotCanonical, canonical_bytes, read_canonical
from domain.categories import CapacityUnit
from domain.money import Split, shown
from domain.texts import Language, text

APPLICATION = "komek.reimbursement-application"
ACT = "komek.handover-act"
VERSION = 1
DATED = 2
"""Version of a paper that names days; what names none is written as it always was."""

_KINDS = {APPLICATION: "application", ACT: "act"}
BASIS = "Order 73 (2022), p. 8; rules of reimbursement: order 14 of 2020-01-20"


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person as papers name them; `patronymic` may be missing."""

    iin: str
    surname: str
    given: str
    patronymic: str | None = None

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an order, and what is counted on them; the last is a day of departure if nights are."""

    unit: CapacityUnit
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Application:
    """Everything the application states; sums in tiyn, the guaranteed one for one unit with its basis."""

    day: date
    participant: Person
    representative: Person | None
    supplier_identifier: str
    supplier_name: Mapping[str, str]
    supplier: str
    listing: str
    listing_version: int
    listing_hash: str
    direction: str
    category: str
    title: Mapping[str, str]
    characteristics: Sequence[Mapping[str, Any]]
    measure: str
    measure_name: Mapping[str, str]
    quantity: int
    price: int
    guaranteed_sum: int
    guaranteed_basis: str
    split: Split
    days: Days | None = None


def application_bytes(stated: Application) -> bytes:
    """The exact bytes that the participant signs; NotCanonical when a value has no canonical form."""
    days = {} if stated.days is None else {"days": _days(stated.days)}
    return canonical_bytes(
        {
            "document": APPLICATION,
            "version": DATED if days else VERSION,
            "basis": BASIS,
            "date": stated.day.isoformat(),
            "participant": _person(stated.participant),
            "representative": _person(stated.representative) if stated.representative else None,
            "supplier": {
                "id": stated.supplier,
                "identifier": stated.supplier_identifier,
                "name": dict(stated.supplier_name),
            },
            "listing": _listing(stated),
            "measure": {"id": stated.measure, "name": dict(stated.measure_name)},
            "quantity": stated.quantity,
            "sums": _sums(stated),
            **days,
        }
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What the act adds to the application it fulfils: the order, and the day fulfilment began."""

    order: str
    day: date
    application: bytes
    application_sha256: str


def act_bytes(stated: Act) -> bytes:
    """The exact bytes that both sides sign: parties, thing and sums as in the application."""
    applied: Any = read_canonical(stated.application)
    repeated = ["participant", "representative", "supplier", "listing", "measure", "quantity", "sums"]
    repeated += [key for key in ("days",) if key in applied]
    paper: dict[str, Canonical] = {
        "document": ACT,
        "version": DATED if "days" in applied else VERSION,
        "basis": BASIS,
        "date": stated.day.isoformat(),
        "order": stated.order,
        "application_sha256": stated.application_sha256,
    }
    return canonical_bytes(paper | {key: applied[key] for key in repeated})


def rendered(content: bytes, language: Language) -> str:
    """The paper in words, from its bytes alone; NotCanonical for bytes that are none of our papers'."""
    stated: Any = read_canonical(content)
    kind = _KINDS.get(stated.get("document"))
    if kind is None:
        raise NotCanonical("neither an application nor an act")
    sums = stated["sums"]
    return text(
        f"papers.{kind}",
        language,
        date=stated["date"],
        order=stated.get("order", ""),
        participant=_named(stated["participant"]),
        iin=stated["participant"]["iin"],
        on_behalf=_on_behalf(stated["representative"], language),
        supplier=_in(stated["supplier"]["name"], language),
        identifier=stated["supplier"]["identifier"],
        title=_in(stated["listing"]["title"], language),
        listing=stated["listing"]["id"],
        listing_version=stated["listing"]["version"],
        measure=_in(stated["measure"]["name"], language),
        quantity=stated["quantity"],
        days=_said(stated.get("days"), language),
        price=shown(sums["price"], language),
        total=shown(sums["total"], language),
        guaranteed=shown(sums["guaranteed_sum"], language),
        guaranteed_basis=sums["guaranteed_basis"],
        reimbursed=shown(sums["reimbursed"], language),
        copayment=shown(sums["co_payment"], language),
        basis=stated["basis"],
    )


def _days(days: Days) -> dict[str, Canonical]:
    return {"unit": days.unit.value, "from": days.since.isoformat(), "to": days.until.isoformat()}


def _said(stated: Mapping[str, Any] | None, language: Language) -> str:
    if stated is None:
        return ""
    return text(f"papers.days_{stated['unit']}", language, since=stated["from"], until=stated["to"])


def _listing(stated: Application) -> dict[str, Canonical]:
    return {
        "id": stated.listing,
        "version": stated.listing_version,
        "content_sha256": stated.listing_hash,
        "direction": stated.direction,
        "category": stated.category,
        "title": dict(stated.title),
        "characteristics": [
            {"code": str(item["code"]), "value": _exact(item["value"])} for item in stated.characteristics
        ],
    }


def _sums(stated: Application) -> dict[str, Canonical]:
    return {
        "currency": "KZT",
        "unit": "tiyn",
        "price": stated.price,
        "total": stated.split.total,
        "guaranteed_sum": stated.guaranteed_sum,
        "guaranteed_basis": stated.guaranteed_basis,
        "reimbursed": stated.split.reimbursed,
        "co_payment": stated.split.copayment,
    }


def _exact(value: Any) -> Canonical:
    """Decimals are stored as doubles; their shortest notation is what the supplier wrote."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(key): _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return value if value is None or isinstance(value, (str, int, Decimal)) else str(value)


def _person(person: Person) -> dict[str, Canonical]:
    return {
        "iin": person.iin,
        "surname": person.surname,
        "given": person.given,
        "patronymic": person.patronymic,
    }


def _named(stated: Mapping[str, Any]) -> str:
    return Person(**stated).full_name


def _on_behalf(stated: Mapping[str, Any] | None, language: Language) -> str:
    if stated is None:
        return ""
    return text("papers.on_behalf", language, representative=_named(stated), iin=stated["iin"])


def _in(names: Mapping[str, str], language: Language) -> str:
    """One line, whatever the name contains: a paper's lines are ours alone."""
    return " ".join((names.get(language) or names["ru"]).split())
