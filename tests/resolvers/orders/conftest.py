"""A portal with one person, one measure, one supplier and one listing, and everybody's certificates."""

import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from auth.token_keys import fresh_keys, key_set
from auth.tokens import Tokens
from auth.viewer import Viewer
from documents import categories, listings, participants, suppliers
from documents.base import Id, Row, collection, database, in_transaction, new_id
from documents.listings import Answer, Listing
from documents.measures import Measure
from documents.measures import store as measures
from documents.measures.records import seal_esobes_id, seal_name
from documents.orders import store
from documents.reference import midnight, store_reference
from domain.categories import Category, Direction
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.identity import Role
from domain.measures import MeasureStatus, Programme
from domain.signatures import HolderRole
from domain.suppliers import SupplierKind
from domain.texts import Language
from integrations.development_ca import DevelopmentAuthority, Identity, Period, sign_cms
from integrations.signatures import LocalX509Verifier
from loaders import Loaders
from resolvers import orders
from resolvers.context import Context, Services
from tests.resolvers.stage import SOURCE, stored_supplier

NOW = datetime(2026, 3, 10, 9, 0, 0, 123_456, tzinfo=UTC)
BORN = date(1980, 5, 17)
IIN = synthetic_iin(BORN, male=False, serial=7)
GUARDIAN_IIN = synthetic_iin(BORN, male=True, serial=8)
STRANGER_IIN = synthetic_iin(BORN, male=True, serial=9)
HEAD_IIN = synthetic_iin(BORN, male=True, serial=10)
BIN = synthetic_bin(date(2015, 1, 1), serial=5)
OTHER_BIN = synthetic_bin(date(2015, 1, 1), serial=6)
REGION = "75"
PRICE, GUARANTEED = 120_000_00, 100_000_00


class Silent:
    """A live feed that nobody follows here."""

    async def subscribe(self, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
        """The topic asked for, as the only row."""
        yield {"topic": topic, "seq": after}


@dataclass
class World:
    """Everybody there is, and what they can do; `now` is the time of all."""

    authority: DevelopmentAuthority
    services: Services
    now: datetime = NOW
    rows: dict[str, Row] = field(default_factory=dict)
    people: dict[str, Identity] = field(default_factory=dict)

    def context(self, who: str) -> Context:
        """An operation of somebody at this moment."""
        return Context(self.services, self.viewer(who), Language.ru, self.now, Loaders())

    def viewer(self, who: str) -> Viewer:
        """The participant, the guardian acting for them, the supplier, and others of their kind."""
        ward, guardian = self.rows["participant"]["_id"], self.rows["guardian"]["_id"]
        return {
            "participant": Viewer(Role.participant, ward),
            "guardian": Viewer(Role.participant, ward, representative=guardian),
            "other_participant": Viewer(Role.participant, guardian),
            "supplier": Viewer(Role.supplier, self.rows["supplier"]["_id"]),
            "other_supplier": Viewer(Role.supplier, new_id()),
            "body": Viewer(Role.executive_body, new_id(), region=REGION),
            "other_body": Viewer(Role.executive_body, new_id(), region="10"),
            "anonymous": Viewer(Role.anonymous),
            "administrator": Viewer(Role.administrator, new_id()),
        }[who]

    def sign(self, who: str, content: bytes) -> bytes:
        """Somebody's signature with the key for documents."""
        return sign_cms(self.people[who], content, when=self.now)

    async def prepare(self, who: str = "participant", quantity: int = 1, **other: Id) -> Row:
        """An application for the listing, or others."""
        ids = {"measure": self.rows["measure"]["_id"], "listing": self.rows["listing"]["_id"], **other}
        return await orders.prepare(self.context(who), ids["measure"], ids["listing"], quantity, key())

    async def signed(self, application: Row, who: str = "participant") -> bytes:
        """The signature under an application."""
        paper = await orders.paper_of(self.context(who), application)
        return self.sign(who, paper.content)

    async def place(self, who: str = "participant", quantity: int = 1, **other: Id) -> Row:
        """An order, prepared and signed."""
        application = await self.prepare(who, quantity, **other)
        cms = await self.signed(application, who)
        return await orders.place(self.context(who), application["_id"], cms, key())

    async def sign_act(self, order: Row, who: str) -> Row:
        """A side's signature under the act."""
        paper = await orders.hand_over_act(self.context(who), order["_id"])
        return await orders.sign_act(self.context(who), order["_id"], self.sign(who, paper.content), key())

    async def started(self) -> Row:
        """An order in fulfilment."""
        order = (await self.place())["_id"]
        await orders.accept(self.context("supplier"), order, key())
        return await orders.start(self.context("supplier"), order, key())

    async def submitted(self) -> Row:
        """An order that was handed over."""
        order = await self.started()
        await self.sign_act(order, "supplier")
        return await self.sign_act(order, "participant")

    async def measure_status(self) -> str:
        """Where the measure stands."""
        row = await measures.get(self.rows["measure"]["_id"])
        return str(row["status"]) if row else "missing"

    async def order(self, order: Row) -> Row:
        """The order as it stands."""
        return (await store.get(order["_id"])) or {}


def key() -> str:
    """An idempotency key that nobody used."""
    return secrets.token_hex(12)


async def everything() -> dict[str, list[Row]]:
    """All that is stored, to see that nothing changed."""
    names = sorted({*await database().list_collection_names()} - {"rate_limits"})  # what was tried was tried
    return {name: await collection(name).find({}, sort=[("_id", 1)]).to_list() for name in names}


def reference(type_: str, code: str, value: object) -> Row:
    """A row of reference data in force since 2022."""
    return {
        "type": type_,
        "code": code,
        "value": value,
        "basis": "sample",
        "valid_from": midnight(date(2022, 1, 1)),
        "valid_to": None,
    }


async def new_listing(supplier: Id, **changes: Any) -> Row:
    """A published listing of a wheelchair."""
    listing = Listing(
        supplier=supplier,
        direction=changes.pop("direction", "tsr_sale"),
        category=changes.pop("category", "wheelchair"),
        definition_version=1,
        title={"ru": "Кресло-коляска «Сапа»", "kk": "«Сапа» кресло-арбасы"},
        description={"ru": "Складная", "kk": "Жиналмалы"},
        price=changes.pop("price", PRICE),
        regions=changes.pop("regions", [REGION]),
        characteristics=[Answer(code="width", value=45.5), Answer(code="folds", value=True)],
        content_hash="a" * 64,
        published_at=NOW,
        **changes,
    )
    row = await in_transaction(lambda: listings.publish(listing))
    assert row is not None
    return row


async def new_measure(participant: Id, name: str = "1", **changes: Any) -> Row:
    """A measure whose choice is open."""
    row = new_id()
    fields: dict[str, Any] = {
        "participant": participant,
        "region": REGION,
        **await seal_esobes_id(participant, row, f"ES-{name}"),
        "direction": Direction.tsr_sale,
        "category": "wheelchair",
        "programme": Programme.individual_programme,
        "programme_date": "2026-02-01",
        "term": None,
        "term_ends_at": None,
        "quantity": 2,
        "status": MeasureStatus.choice_open,
        "transferred_at": NOW,
        "notified_at": NOW,
        "window_ends_at": NOW + timedelta(days=30),
        "revision": 1,
        **changes,
    }
    sealed = await seal_name(participant, row, {"ru": "Кресло-коляска комнатная"})
    return await measures.create(Measure(_id=row, name=sealed, **fields))


async def new_person(iin: str, surname: str, given: str) -> Row:
    """A participant whose data have arrived."""
    row = await participants.ensure(iin, NOW)
    fields: dict[str, Any] = {
        "name": {"surname": surname, "given": given, "patronymic": None},
        "birth_date": str(BORN),
    }
    home = {"address": {"region": REGION, "text": "г. Алматы"}}
    await participants.fill(row["_id"], fields | home, SOURCE)
    return row


async def new_supplier(identifier: str, kind: SupplierKind, directions: list[Direction]) -> Row:
    """A registered supplier."""
    public = {"name": {"ru": "ТОО «Тірек»", "kk": "«Тірек» ЖШС"}, "region": REGION}
    row = await stored_supplier(identifier, kind, {"address": "г. Алматы"}, public)
    await suppliers.register(row["_id"], NOW, directions)
    return row


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    """A development authority of this run."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def world(database: object, authority: DevelopmentAuthority) -> World:
    """Reference data, people, a supplier, a listing and a measure that fit together."""
    verifier = LocalX509Verifier(
        [authority.root], authority.revocation(), intermediates=[authority.intermediate]
    )
    services = Services(
        clock=lambda: NOW,
        signatures=verifier,
        tokens=Tokens(key_set(fresh_keys()), "test"),
        live=Silent(),
        audience="test",
    )
    made = World(authority, services)
    await store_reference(
        [
            reference("who_may_order", "individual_programme", True),
            reference("who_may_order", "elderly_services", False),
            reference("guaranteed_sum", "wheelchair", GUARANTEED),
            reference("choice_window", "months", 2),
            reference("choice_window", "start", "notice"),
            reference("evidence_retention", "application", 120),
        ]
    )
    made.rows["participant"] = await new_person(IIN, "Әлиева", "Айгүл")
    made.rows["guardian"] = await new_person(GUARDIAN_IIN, "Омаров", "Ерлан")
    made.rows["supplier"] = await new_supplier(BIN, SupplierKind.legal_entity, [Direction.tsr_sale])
    made.rows["listing"] = await new_listing(made.rows["supplier"]["_id"])
    made.rows["measure"] = await new_measure(made.rows["participant"]["_id"])
    made.people.update(_identities(authority))
    return made


def _identities(authority: DevelopmentAuthority) -> dict[str, Identity]:
    past = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    return {
        "participant": authority.person("participant", IIN, "Әлиева", "Айгүл"),
        "guardian": authority.person("guardian", GUARDIAN_IIN, "Омаров", "Ерлан"),
        "stranger": authority.person("stranger", STRANGER_IIN, "Ким", "Олег"),
        "expired": authority.person("expired", IIN, "Әлиева", "Айгүл", period=past),
        "supplier": _employee(authority, "supplier", BIN, HolderRole.head),
        "employee": _employee(authority, "employee", BIN, HolderRole.employee),
        "other_head": _employee(authority, "other_head", OTHER_BIN, HolderRole.head),
    }


def _employee(authority: DevelopmentAuthority, name: str, bin_: str, role: HolderRole) -> Identity:
    return authority.entity(
        name, HEAD_IIN, "Сапар", "Нұр", bin_=bin_, organisation="ТОО «Тірек»", roles=[role]
    )


async def hide_width() -> None:
    """A definition of wheelchairs, and one that hides their width; no job ever ran."""
    names = dict.fromkeys(("kk", "ru", "en"), "N")
    width = {"id": "width", "code": "width", "names": names, "type": "decimal", "decimals": 1}
    folds = {"id": "folds", "code": "folds", "names": names, "type": "boolean"}
    rest = {"code": "wheelchair", "direction": "tsr_sale", "kind": "goods", "names": names}
    first = Category.model_validate(rest | {"characteristics": [width, folds]})
    hidden = [width | {"public": False}, folds]
    second = Category.model_validate(rest | {"version": 2, "characteristics": hidden})
    for definition in (first, second):
        await in_transaction(partial(categories.publish_definition, definition))
