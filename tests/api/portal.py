"""Everything a test of the API does around the server: made-up people, suppliers and measures of its own."""

import asyncio
import base64
import random
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

import httpx2
from bson import ObjectId

from documents.encryption import Vault
from documents.measures.records import NUMBER_LABEL
from domain.canonical import canonical_bytes
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.identity import Role
from domain.signatures import HolderRole
from integrations.development_ca import DevelopmentAuthority, Identity, sign_cms
from integrations.development_clock import DevelopmentClock
from integrations.keys import MasterKey
from tests.api.client import Client, base64_of
from tests.api.people import Organisation, Someone
from tests.api.server import PAUSE, Server
from tests.api.staff import signed_in
from workers.seed.cast import Cast

BORN = date(1986, 6, 15)
FOUNDED = date(2016, 3, 1)
CATEGORY = "wheelchairs_manual"
REGION = "71"
STAFF_STAY = 300
"""Seconds after which an employee signs in again: tests may go on for longer than a token lasts."""
ANSWERS: list[dict[str, Any]] = [
    {"code": "purpose", "choice": "indoor"},
    {"code": "seat_width", "number": "450", "unit": "mm"},
    {"code": "load_limit", "number": "120"},
    {"code": "weight", "number": "15.5"},
    {"code": "folding", "boolean": True},
    {"code": "warranty", "number": "24"},
]


def card(named: str = "Кресло-коляска", **other: Any) -> dict[str, Any]:
    """A card that may be published as it is."""
    whole = {
        "title": {"ru": named, "kk": f"{named} арба"},
        "description": {"ru": "Для дома и улицы", "kk": "Үй мен көшеге"},
        "price": "150000.00",
        "regions": [REGION],
        "characteristics": ANSWERS,
    }
    return whole | other


class Portal:
    """One server and the world around it."""

    def __init__(self, server: Server, http: httpx2.AsyncClient) -> None:
        self.server = server
        self.http = http
        self.database = server.database
        self.authority = DevelopmentAuthority(server.folder / "authority")
        self.clock = DevelopmentClock(server.folder / "clock")
        self.cast = Cast(self.authority, self.clock)
        self._numbers = random.Random(secrets.token_bytes(8))
        self.staff: dict[str, Client] = {}
        self.staff_since: dict[str, float] = {}

    def visitor(self, language: str = "en") -> Client:
        """Somebody who has not signed in."""
        return Client(self.http, language=language)

    async def counts(self) -> dict[str, int]:
        """How many documents each collection of business has."""
        names = await self.database.list_collection_names()
        # These follow in their own time.
        apart = {"leases", "data_keys", "feed", "feed_topics", "audit", "audit_heads", "audit_intents"}
        apart |= {"rate_limits", "lock_outs"}  # what was tried was tried
        apart |= {"loose_contents", "file_contents.files", "file_contents.chunks"}  # see `files.kept`
        # so do the messages and reports that workers send of what was done before, and their events
        own = {"events": {"actor": {"$ne": str(Role.system)}}}
        return {
            name: await self.database[name].count_documents(own.get(name, {}))
            for name in sorted(set(names) - apart)
        }

    def iin(self) -> str:
        """A number that nobody has: its day need not be a birthday, and so many days make no number twice."""
        day = BORN + timedelta(days=self._numbers.randrange(9_000))
        return synthetic_iin(
            day, male=self._numbers.random() < 0.5, serial=self._numbers.randrange(2000, 8999)
        )

    def someone(self, iin: str | None = None) -> Someone:
        """A person whom the portal does not know yet."""
        number = iin or self.iin()
        surname = f"Проверкин{secrets.token_hex(4)}"
        return Someone(number, surname, None, self.authority.person(f"t-{number}", number, surname, "Тест"))

    async def person(self, **fields: Any) -> Someone:
        """A person whose record the gateway has sent."""
        new = self.someone()
        record: dict[str, Any] = {
            "iin": new.iin,
            "name": {"surname": new.surname, "given": "Тест"},
            "birth_date": BORN.isoformat(),
            "sex": "male",
            "address": {"region": REGION, "text": "Астана, улица Проверки, 1"},
            "document": {"number": "099999999", "issuer": "МВД РК", "issued": "2020-01-10"},
        }
        answer = await self.gateway("person", record | fields)
        assert answer.status_code == 200, answer.text
        return Someone(new.iin, new.surname, fields.get("bmg_phone"), new.identity)

    async def organisation(self, oked: str = "47741", *, roles: tuple[HolderRole, ...] = ()) -> Organisation:
        """A legal entity whose record the gateway has sent."""
        number = synthetic_bin(FOUNDED, serial=self._numbers.randrange(1000, 89_000))
        name = {"kk": f"«Сынақ {number}» ЖШС", "ru": f"ТОО «Проверка {number}»"}
        place = {"region": REGION, "kind": "legal", "text": "Астана, улица Проверки, 2"}
        details = {
            "address": place,
            "full_name": name,
            "short_name": name,
            "head": {"surname": "Головин", "given": "Тест"},
            "real_estate": [{"right": "lease", "number": "1", "address": place["text"], "area_m2": 10}],
        }
        record = {"identifier": number, "kind": "legal_entity", "name": name, "region": REGION}
        answer = await self.gateway("supplier", record | {"oked": oked, "details": details})
        assert answer.status_code == 200, answer.text
        return Organisation(number, self.of_organisation(number, *(roles or (HolderRole.head,))))

    def of_organisation(self, number: str, *roles: HolderRole) -> Identity:
        """Somebody with roles in a legal entity."""
        iin = self.iin()
        name = f"e-{number}-{iin}"
        return self.authority.entity(
            name, iin, "Головин", "Тест", bin_=number, organisation="ТОО «Проверка»", roles=roles
        )

    async def gateway(self, type_: str, record: Any) -> httpx2.Response:
        """A record as the gateway sends it."""
        issued = self.clock().isoformat()
        body = {
            "message_id": f"test-{secrets.token_hex(8)}",
            "type": type_,
            "issued_at": issued,
            type_: record,
        }
        return await self.partner("gateway", self.cast.as_gateway(canonical_bytes(body)))

    async def partner(self, name: str, cms: bytes, language: str = "en") -> httpx2.Response:
        """A signed message at the door of a partner."""
        headers = {"Content-Type": "application/pkcs7-mime", "Accept-Language": language}
        return await self.http.post(f"/partners/{name}", content=cms, headers=headers)

    def statement(self, person: Someone, **fields: Any) -> dict[str, Any]:
        """A measure as Е-Собес states it."""
        whole = {
            "id": f"T-{secrets.token_hex(8)}",
            "revision": 1,
            "iin": person.iin,
            "name": {"ru": f"Мера {person.surname}", "kk": f"Шара {person.surname}"},
            "programme": "individual_programme",
            "programme_date": "2026-01-15",
            "direction": "tsr_sale",
            "category": CATEGORY,
            "quantity": 1,
            "region": REGION,
        }
        return whole | fields

    def message(self, statement: Mapping[str, Any], type_: str = "measure_assigned") -> bytes:
        """A signed message of Е-Собес."""
        body: dict[str, Any] = {
            "contract": "komek.esobes/1",
            "message_id": f"test-{secrets.token_hex(8)}",
            "type": type_,
            "sent_at": datetime.now(UTC).isoformat(),
            "measure": statement,
        }
        return self.cast.as_esobes(canonical_bytes(body))

    async def named(self, statement: dict[str, Any]) -> dict[str, bytes]:
        """The condition that finds the measure of a statement: its number is not there in clear."""
        keys = MasterKey.from_file(self.server.folder / "keys" / "master")
        vault = Vault(self.database["data_keys"], keys)
        (mark,) = await vault.blinds(NUMBER_LABEL, statement["id"])
        return {"esobes_index": mark}

    async def measure(self, person: Someone, **fields: Any) -> str:
        """A measure of a person, taken in; its global identifier."""
        statement = self.statement(person, **fields)
        answer = await self.partner("esobes", self.message(statement))
        assert answer.status_code == 200, answer.text
        row = await self.database["measures"].find_one(await self.named(statement))
        assert row is not None
        return global_id("Measure", row["_id"])

    async def challenge(self, identifier: str, *, consent: bool = True) -> Any:
        """A challenge for whoever is going to sign in."""
        return await self.visitor().done("signInBegin", identifier=identifier, consent=consent)

    def answer(self, identity: Identity, challenge: Mapping[str, Any]) -> dict[str, str]:
        """What `signInComplete` takes, signed by an identity."""
        cms = sign_cms(identity, base64.b64decode(challenge["content"]), when=self.clock(), key="auth")
        return {"challengeId": challenge["challengeId"], "cms": base64_of(cms)}

    async def tried(self, identifier: str, identity: Identity, *, consent: bool = True) -> Any:
        """The answer to an attempt to sign in."""
        challenge = await self.challenge(identifier, consent=consent)
        return await self.visitor().act("signInComplete", **self.answer(identity, challenge))

    async def sign_in(self, identifier: str, identity: Identity) -> Client:
        """Somebody with a token."""
        done = await self.tried(identifier, identity)
        assert done["__typename"] == "SignedIn", done
        return Client(self.http, done["accessToken"], signed_in=done)

    async def participant(self, **fields: Any) -> tuple[Someone, Client]:
        """A new participant, signed in."""
        person = await self.person(**fields)
        return person, await self.sign_in(person.iin, person.identity)

    async def supplier(self, oked: str = "47741") -> tuple[Organisation, Client]:
        """A new supplier, signed in."""
        found = await self.organisation(oked)
        return found, await self.sign_in(found.bin, found.head)

    async def employee(self, role: str) -> Client:
        """An employee of the demonstration, signed in for a while; the executive body is that of Astana."""
        if self.staff_since.get(role, -inf) < time.monotonic() - STAFF_STAY:
            done = await self.visitor().done("signInStaff", **await signed_in(self.http, role))
            self.staff[role] = Client(self.http, done["accessToken"], signed_in=done)
            self.staff_since[role] = time.monotonic()
        return self.staff[role]

    def sign(self, identity: Identity, content: str) -> str:
        """A document signed, both in Base64."""
        return base64_of(sign_cms(identity, base64.b64decode(content), when=self.clock()))

    @asynccontextmanager
    async def moderated(self, code: str = "tsr_sale") -> AsyncIterator[None]:
        """A while in which cards of a direction, or all ("portal"), are looked at before they are shown."""
        rule = {"type": "moderation", "code": code, "value": True, "valid_to": None}
        async with self.server.behind("reference", rule | {"valid_from": datetime(2022, 3, 11, tzinfo=UTC)}):
            yield

    async def published(self, supplier: Client, **fields: Any) -> str:
        """A new listing in the catalogue; the identifier of its draft."""
        created = await supplier.done("listingCreate", category=CATEGORY, card=card(**fields))
        draft = created["draft"]
        await supplier.done("listingPublish", listingId=draft["id"], expectedVersion=draft["version"])
        return str(draft["id"])

    async def ticket(self, supplier: Client, body: bytes, **asked: Any) -> Any:
        """Leave to upload these bytes: a photo in JPEG unless told otherwise."""
        photo = {"purpose": "PHOTO", "fileName": "photo.jpg", "contentType": "image/jpeg", "size": len(body)}
        return await supplier.done("fileTicket", **photo | asked)

    async def uploaded(self, supplier: Client, body: bytes, **asked: Any) -> str:
        """A file, sent and made ready or refused by the worker; its identifier."""
        ticket = await self.ticket(supplier, body, **asked)
        answer = await self.http.put(ticket["uploadUrl"], content=body, headers=supplier.headers)
        assert (answer.status_code, answer.json().get("id")) == (201, ticket["fileId"]), answer.text
        query = {"_id": ObjectId(local(ticket["fileId"])), "status": "uploaded"}
        while await self.database["files"].find_one(query):
            await asyncio.sleep(PAUSE)
        return str(ticket["fileId"])

    async def order(self, person: Someone, client: Client, listing: str, measure: str) -> Any:
        """An order, prepared, signed and placed."""
        made = await client.done("orderPrepare", measureId=measure, listingId=of_draft(listing))
        cms = self.sign(person.identity, made["application"]["document"]["content"])
        return (await client.done("orderPlace", applicationId=made["application"]["id"], cms=cms))["order"]


def global_id(name: str, record: object) -> str:
    """Relay's identifier, as clients keep it."""
    return base64.urlsafe_b64encode(f"{name}:{record}".encode()).decode().rstrip("=")


def local(identifier: str) -> str:
    """The hexadecimal part of a global identifier."""
    padded = identifier + "=" * (-len(identifier) % 4)
    return base64.urlsafe_b64decode(padded).decode().partition(":")[2]


def of_draft(identifier: str) -> str:
    """The identifier that a draft has in the catalogue."""
    return global_id("Listing", local(identifier))
