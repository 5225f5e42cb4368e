"""A context of anybody, and a supplier with a category open to it."""

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime
from typing import Any

from auth.token_keys import fresh_keys, key_set
from auth.tokens import Tokens
from auth.viewer import SYSTEM, Viewer
from documents import categories, suppliers
from documents.base import Row
from documents.reference import midnight, store_reference
from domain.categories import Direction
from domain.identifiers import synthetic_bin
from domain.identity import Role
from domain.participants import FieldSource
from domain.suppliers import SupplierKind
from domain.texts import Language
from loaders import Loaders
from resolvers.context import Context, Services
from workers.seed.categories import load_categories

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
BIN = "160340012345"
PUBLIC = {"name": {"ru": "ТОО «Тірек»", "kk": "«Тірек» ЖШС"}, "oked": "47741", "region": "71"}
SOURCE = FieldSource(record="r1", body=synthetic_bin(date(2000, 1, 1), serial=1), at=NOW, received_at=NOW)
"""Where a record of the gateway came from."""
WALKER = next(one for one in load_categories() if one.code == "walkers")


class Silent:
    """A live feed that only says what it was asked for."""

    async def subscribe(self, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
        """The question, as the only row."""
        yield {"topic": topic, "seq": after}


def acting(viewer: Viewer = SYSTEM, now: datetime = NOW) -> Context:
    """An operation of somebody; signatures are never asked for here."""
    services = Services(
        clock=lambda: now,
        signatures=None,  # type: ignore[arg-type]
        tokens=Tokens(key_set(fresh_keys()), "test"),
        live=Silent(),
        audience="test",
    )
    return Context(services, viewer, Language.ru, now, Loaders())


def rule(type_: str, code: str, value: Any, since: date = date(2022, 1, 1), until: date | None = None) -> Row:
    """A row of reference data."""
    days = {"valid_from": midnight(since), "valid_to": midnight(until) if until else None}
    return {"type": type_, "code": code, "value": value, "basis": "№ 73, п. 13", "names": None} | days


CERTIFIED: dict[str, Any] = {
    "name": {"surname": "Тестов", "given": "Тест", "patronymic": None},
    "birth_date": "1986-06-15",
    "sex": "male",
    "document": {"number": "1", "issuer": "МВД РК", "issued": "2020-01-10", "expires": None},
}
"""What the gateway has to tell of a person before a cabinet can be opened."""

CONSENT = rule("consent", "registration", 1) | {
    "names": {"kk": "Келісемін.", "ru": "Я согласен.", "en": "I agree."}
}
"""The text of the consent."""


async def stored_supplier(
    identifier: str, kind: SupplierKind, details: Row | None = None, public: Row | None = None
) -> Row:
    """A supplier as the gateway tells of it."""
    row = await suppliers.store(identifier, kind, details or {}, public or PUBLIC, SOURCE)
    assert row is not None
    return row


async def supplier(*directions: Direction) -> tuple[Row, Context]:
    """A registered supplier, and a context in which it acts."""
    await store_reference([rule("region", "71", None)])
    await categories.publish_definition(WALKER)
    row = await stored_supplier(BIN, SupplierKind.legal_entity, {"head": "Ахметов"})
    await suppliers.register(row["_id"], NOW, list(directions) or [Direction.tsr_sale])
    return row, acting(Viewer(Role.supplier, row["_id"]))
