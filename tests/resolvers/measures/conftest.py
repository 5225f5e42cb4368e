"""Е-Собес with a certificate of the development authority, a portal with a clock that tests can set."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from auth.token_keys import fresh_keys, key_set
from auth.tokens import Tokens
from auth.viewer import SYSTEM, Viewer
from documents import participants
from documents.base import Row, collection, in_transaction
from documents.outbox import Settled
from documents.reference import midnight, store_reference
from domain.canonical import canonical_bytes
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.identity import Role
from domain.participants import FieldSource
from domain.texts import Language
from integrations.development_ca import DevelopmentAuthority, Identity, sign_cms
from integrations.signatures import LocalX509Verifier
from loaders import Loaders
from resolvers.context import Context, Services
from resolvers.measures import Answer, receive, sms_delivered

REGISTERED = date(2010, 1, 1)
ESOBES_BIN = synthetic_bin(REGISTERED, serial=1)
IIN = synthetic_iin(date(1980, 5, 17), male=True, serial=7)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class Silent:
    """Live status that nobody follows here."""

    def subscribe(self, topic: str, after: int | None) -> AsyncGenerator[Any, None]:
        """Refuse: no test of measures listens."""
        raise LookupError(topic, after)


@dataclass
class World:
    """Both sides of the contract; `now` is the time on either."""

    authority: DevelopmentAuthority
    services: Services
    esobes: Identity
    now: datetime = NOW
    sent: int = field(default=0)

    def context(self, viewer: Viewer = SYSTEM) -> Context:
        """An operation of the viewer at this moment."""
        return Context(self.services, viewer, Language.ru, self.now, Loaders())

    def message(self, type_: str = "measure_assigned", revision: int = 1, **measure: Any) -> dict[str, Any]:
        """A message of the contract, each under an identifier of its own."""
        self.sent += 1
        return {
            "contract": "komek.esobes/1",
            "message_id": f"message-{self.sent}",
            "type": type_,
            "sent_at": self.now.isoformat(),
            "measure": {
                "id": "ES-1",
                "revision": revision,
                "iin": IIN,
                "name": {"ru": "Кресло-коляска комнатная", "kk": "Бөлмелік кресло-арба"},
                "programme": "individual_programme",
                "programme_date": "2026-02-01",
                "direction": "tsr_sale",
                "category": "wheelchair",
                "region": "71",
                **measure,
            },
        }

    def signed(self, message: Mapping[str, Any], identity: Identity | None = None) -> bytes:
        """The message as Е-Собес, or somebody else, signs it."""
        return sign_cms(identity or self.esobes, canonical_bytes(message), when=self.now)

    async def say(self, message: Mapping[str, Any]) -> Answer:
        """Let the portal receive a message of Е-Собес."""
        return await receive(self.context(), self.signed(message))

    async def person(self, *, bmg: str | None = None, confirmed: str | None = None) -> Row:
        """The participant, with the numbers that are known."""
        row = await participants.ensure(IIN, self.now)
        told = {
            "bmg_phone": bmg,
            "confirmed_phone": confirmed,
            "address": {"region": "75", "text": "Алматы"},
        }
        source = FieldSource(record="test", body=None, at=self.now, received_at=self.now)
        await participants.fill(row["_id"], told, source)
        return row

    async def deliver_sms(self) -> None:
        """The gateway takes every SMS that is waiting."""
        for row in await collection("outbox").find({"channel": "sms", "delivered_at": None}).to_list():
            await in_transaction(lambda row=row: sms_delivered(self.context(), self.settled(row)))  # type: ignore[misc]
            await collection("outbox").update_one({"_id": row["_id"]}, {"$set": {"delivered_at": self.now}})

    def settled(self, row: Row) -> Settled:
        """The outbox's word that a message was settled now."""
        return Settled(
            id=row["_id"],
            channel=row["channel"],
            key=row["key"],
            aggregate="",
            person=row["person"],
            at=self.now,
            receipt="r",
            failure=None,
        )


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    """A development authority of this run."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def world(database: object, authority: DevelopmentAuthority) -> World:
    """A portal that trusts the authority, with the terms of the law and two regions."""
    await store_reference(
        [
            reference("choice_window", "months", 2),
            reference("choice_window", "start", "notice"),
            reference("region", "71", None),
            reference("region", "75", None),
        ]
    )
    made: list[World] = []
    verifier = LocalX509Verifier(
        [authority.root], authority.revocation(), intermediates=[authority.intermediate]
    )
    services = Services(
        clock=lambda: made[0].now,
        signatures=verifier,
        tokens=Tokens(key_set(fresh_keys()), "test"),
        live=Silent(),
        audience="test",
        esobes_bins=frozenset({ESOBES_BIN}),
    )
    esobes = authority.information_system("esobes", bin_=ESOBES_BIN, organisation="Е-Собес")
    made.append(World(authority, services, esobes))
    return made[0]


def reference(type_: str, code: str, value: object) -> Row:
    """A row of reference data in force since 2022."""
    return {
        "type": type_,
        "code": code,
        "value": value,
        "valid_from": midnight(date(2022, 1, 1)),
        "valid_to": None,
    }


def participant(row: Row) -> Viewer:
    """The participant in their own cabinet."""
    return Viewer(Role.participant, subject=row["_id"])


def executive_body(region: str) -> Viewer:
    """An employee of a region's executive body."""
    return Viewer(Role.executive_body, region=region)


async def rows(name: str, **query: object) -> list[Row]:
    """What a collection holds, in the order of writing."""
    return await collection(name).find(query).sort("_id", 1).to_list()


WRITTEN = ("measures", "messages", "notice_tasks", "events", "outbox", "participants", "idempotency_keys")


async def everything() -> dict[str, list[Row]]:
    """All that the portal holds: equal before and after whatever must leave nothing behind."""
    return {name: await rows(name) for name in WRITTEN}
