"""A small demonstration in a database of its own, everybody who may ask it, and what there is to ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pymongo import AsyncMongoClient

from assembly import Portal, assembled
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents import audit, base, categories, files, identity, leases, participants, staff, systems
from documents.audit import Standing
from documents.base import Id, collection, in_transaction
from documents.identity import Caller, Capacity, Origin
from documents.reference import store_reference
from documents.registry import DOCUMENTS
from domain.files import ContentType, FilePurpose, FileStatus
from domain.identity import Role
from domain.staff import Employment
from domain.systems import Scope
from integrations.audit import HeadKeys, fresh_head_keys
from integrations.keys import MasterKey
from loaders import Entities
from resolvers import jobs, listings, orders
from resolvers.context import Services
from resolvers.listings.content import card_of, definition_of
from schema.nodes import global_id
from settings import Settings
from workers.seed.capacity import offer_days
from workers.seed.cards import generate_listings
from workers.seed.demo import Demo, generate_demo
from workers.seed.load import (
    UNLIMITED,
    acting,
    load_listings,
    load_people,
    load_rules,
    register_people,
)
from workers.seed.stories import introduce, play

KEY = b"k" * 32
SUPPLIERS, PEOPLE, LISTINGS = 6, 9, 60
CALLER = Caller("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
COLLECTIONS = {
    "listing": "listings",
    "listing_draft": "listing_drafts",
    "listing_review": "listing_reviews",
    "category": "categories",
    "supplier": "suppliers",
    "participant": "participants",
    "job": "jobs",
    "measure": "measures",
    "order": "orders",
    "order_application": "applications",
    "notice_task": "notice_tasks",
    "representation": "representations",
    "evidence": "evidence",
    "session": "sessions",
    "staff": "staff",
    "system_client": "system_clients",
    "file": "files",
}
"""Kind of a record → where it is kept."""
OWNERS = ("_id", "participant", "supplier", "ward", "representative", "region")
"""Keys of rows that say whom they have to do with."""


@dataclass
class World:
    """Everything is fixed once it is made: two executions find the same."""

    url: str
    name: str
    services: Services
    now: datetime
    viewers: dict[str, list[Viewer]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    owners: dict[str, set[Id | str]] = field(default_factory=dict)
    """Global identifier → whose record it is, as far as a row says."""
    iins: Sequence[str] = ()
    codes: Sequence[tuple[str, str]] = ()
    """Categories with the codes of their characteristics."""

    async def connect(self) -> None:
        """Let the documents read this database."""
        await base.disconnect()
        categories._versions.clear()
        await base.connect(self.url, self.name, MasterKey(KEY), DOCUMENTS)


@asynccontextmanager
async def made(url: str, name: str, folder: Path) -> AsyncIterator[World]:
    """A world while it is needed; nobody is connected to it."""
    await base.disconnect()
    settings = Settings(data_folder=folder, mongodb_url=url, database=name, master_key=KEY.hex())
    async with assembled(settings) as portal:
        now = portal.services.clock()
        services = replace(portal.services, clock=lambda: now, limits=UNLIMITED, entities=Entities())
        world = World(url, name, services, now)
        demo = await _loaded(portal)
        await _pictured(now)
        await _sealed(now)
        await _everybody(world)
        await _inventory(world, demo)
    yield world
    async with AsyncMongoClient[base.Row](url) as client:
        await client.drop_database(name)


async def _loaded(portal: Portal) -> Demo:
    """A part of the demonstration by its own acts: measures and orders in every status."""
    services, development = portal.services, portal.development
    assert development is not None
    await load_rules(services.clock())
    whole = generate_demo(services.clock().date())
    demo = replace(
        whole,
        suppliers=whole.suppliers[:SUPPLIERS],
        participants=whole.participants[:PEOPLE],
        measures=[one for one in whole.measures if one.participant < PEOPLE],
    )
    await load_people(services, development.cast, demo)
    await register_people(services, demo)
    await load_listings(demo.suppliers, LISTINGS, seed=73, now=services.clock() - timedelta(days=150))
    cards = list(generate_listings(demo.suppliers, LISTINGS, seed=73))
    await offer_days(services, cards, services.clock().date())
    await introduce(demo, development.simulator)
    await play(services, development.cast, demo, development.simulator)
    await _reviewed(services)
    placed = collection("orders").find({"status": "placed"}).sort("_id", 1)
    for number, row in enumerate([row async for row in placed]):
        supplier = acting(services, Viewer(Role.supplier, row["supplier"]))
        await orders.accept(supplier, row["_id"], f"equality-accept-{number}")
        await in_transaction(partial(jobs.begin, supplier, "equality", {}))
        if number:
            await orders.start(supplier, row["_id"], f"equality-start-{number}")
    return demo


async def _reviewed(services: Services) -> None:
    """Cards in review with people on them, one of them returned with a remark."""
    since, code = datetime(2022, 3, 11, tzinfo=UTC), "portal"
    rule = {"type": "moderation", "code": code, "value": True, "valid_from": since, "valid_to": None}
    await store_reference([rule])
    people = [{"name": "Айша Серік", "role": "техник", "qualification": {"ru": "Высшая", "kk": "Жоғары"}}]
    reviews: list[Id] = []
    for number, row in enumerate(await collection("listing_drafts").find({}).sort("_id", 1).to_list(3)):
        supplier = acting(services, Viewer(Role.supplier, row["supplier"]))
        draft = await listings.draft(supplier, row["_id"])
        card = replace(await card_of(await definition_of(draft), draft), people=people)
        await listings.edit(supplier, row["_id"], draft["version"], card, f"equality-edit-{number}")
        sent = await listings.publish(
            supplier, row["_id"], draft["version"] + 1, f"equality-publish-{number}"
        )
        reviews.append(sent["review"])
    moderator = acting(services, Viewer(Role.administrator, reviews[0]))
    remarks = [{"path": ["price"], "text": "Проверьте цену"}]
    await listings.give_back(moderator, reviews[0], 1, remarks, "equality-return")


async def _pictured(now: datetime) -> None:
    """Put a photo on a card of some suppliers, published and draft."""
    cards = [row async for row in collection("listings").find({}).sort("_id", 1).limit(5)]
    for card in cards:
        smaller = files.Variant(name="320", width=320, height=240, size=9, content=Id())
        photo = files.StoredFile(
            supplier=card["supplier"],
            purpose=FilePurpose.photo,
            name="photo.jpg",
            content_type=ContentType.jpeg,
            size=99,
            sha256="0" * 64,
            width=640,
            height=480,
            content=Id(),
            variants=[smaller],
            status=FileStatus.ready,
            created_at=now,
            changed_at=now,
        )
        await files.store(photo)
        shown = {"id": photo.id, "kind": "photo", "name": photo.name, "alt": {"ru": "Фото", "kk": "Сурет"}}
        for name in ("listings", "listing_drafts"):
            await collection(name).update_one({"_id": card["_id"]}, {"$set": {"documents": [shown]}})


async def _sealed(now: datetime) -> None:
    """Seal what was done so far: `auditEntries` and `accesses` read what is sealed."""
    lease = await leases.acquire("equality", "equality", timedelta(minutes=5))
    assert lease is not None
    entries = await audit.leftovers(300)
    await audit.append(lease, entries, Standing({}), HeadKeys(fresh_head_keys()), now)


async def _everybody(world: World) -> None:
    """Viewers of every role, with sessions where people have them."""
    people = [row async for row in collection("participants").find({}).sort("_id", 1)]
    sellers = [row["_id"] async for row in collection("suppliers").find({}).sort("_id", 1)]
    authority = await collection("representations").find_one({})
    assert authority is not None
    own = [await _session(world, Capacity(role=Role.participant, subject=row["_id"])) for row in people]
    for_ward = Capacity(
        role=Role.participant, subject=authority["ward"], representative=authority["representative"]
    )
    selling = [await _session(world, Capacity(role=Role.supplier, subject=one)) for one in sellers]
    program = await systems.register("Equality", list(Scope), '{"keys": []}', None, world.now)
    client = Viewer(Role.system, client=program["_id"], scopes=frozenset(str(one) for one in Scope))
    world.viewers = {
        "anonymous": [ANONYMOUS],
        "participant": own,
        "representative": [await _session(world, for_ward)],
        "supplier": selling,
        "executive_body": [await _employee(world, Role.executive_body, one) for one in ("71", "75")],
        "contact_centre": [await _employee(world, Role.contact_centre)],
        "administrator": [await _employee(world, Role.administrator)],
        "authorised_body": [await _employee(world, Role.authorised_body)],
        "system": [client, SYSTEM],
    }


async def _session(world: World, capacity: Capacity) -> Viewer:
    """Somebody signed in."""
    origin = Origin("123456789012", "123456789012", None, (), "00ff12ab34")
    holder = str(capacity.representative or capacity.subject).encode()
    row = await identity.open_session(
        holder, [capacity], f"{capacity}", world.now, origin=origin, caller=CALLER
    )
    return Viewer(capacity.role, capacity.subject, row["_id"], capacity.representative, capacity.region)


async def _employee(world: World, role: Role, region: str | None = None) -> Viewer:
    """An employee signed in."""
    index = staff.staff_index("test", f"{role}{region}")
    row = await staff.enlist(index, [Employment(role, region)], "Тестова Сауле", world.now)
    return await _session(world, Capacity(role=role, subject=row["_id"], region=region))


async def _inventory(world: World, demo: Demo) -> None:
    """What documents may ask for."""
    owners: dict[str, set[Id | str]] = defaultdict(set)
    for kind, name in COLLECTIONS.items():
        rows = [row async for row in collection(name).find({}).sort("_id", 1).limit(100)]
        world.ids[kind] = [global_id(kind, row["_id"]) for row in rows]
        for row, one in zip(rows, world.ids[kind], strict=True):
            owners[one] |= {row[key] for key in OWNERS if isinstance(row.get(key), Id | str)}
    world.owners = owners
    world.iins = [one.person.iin for one in demo.participants]
    world.codes = [
        (row["code"], str(item["code"]))
        async for row in collection(COLLECTIONS["category"]).find({})
        for item in row["definition"]["characteristics"]
    ]
    assert all(world.ids.values()), {kind: len(found) for kind, found in world.ids.items()}
    assert await participants.by_iin(world.iins[0])
