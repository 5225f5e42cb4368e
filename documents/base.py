"""The connection, the transaction and the base of every document."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from beanie import Document, init_beanie
from beanie.odm.utils.dump import get_dict
from bson import ObjectId
from bson.errors import InvalidId
from pydantic import ConfigDict, Field
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import CollectionInvalid, ConnectionFailure, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from documents.encryption import open_vault
from documents.reads import note
from documents.validators import validator
from domain.errors import invalid
from domain.keys import KeyProvider

Id = ObjectId
Row = dict[str, Any]
T = TypeVar("T")

PATIENCE = 15_000
"""Milliseconds."""
_WAITS = "serverselectiontimeoutms"
_EXISTS = 48
AWAY = (ConnectionFailure,)
"""What is raised while no member of the database answers: an election, the network, no free socket."""
DURABLE = WriteConcern(w="majority", j=True)
_database: AsyncDatabase[Row] | None = None
_collections: dict[str, AsyncCollection[Row]] = {}
"""Those that were asked for: making one anew takes a while each time."""
_session: ContextVar[AsyncClientSession | None] = ContextVar("session", default=None)


def new_id() -> Id:
    """A fresh identifier, known before the row is written: personal fields are sealed to it."""
    return ObjectId()


def unguessable_id() -> Id:
    """An identifier that tells nobody its neighbours: for rows that can be spent by naming them."""
    return ObjectId(secrets.token_bytes(12))


def parse_id(text: str, *path: str | int) -> Id:
    """The identifier written as 24 hexadecimal digits; InvalidInput `INVALID_ID` otherwise."""
    try:
        return ObjectId(text)
    except (InvalidId, TypeError) as error:
        raise invalid("INVALID_ID", *path) from error


class Record(Document):
    """Base of every stored document; the identifier exists from creation on."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    id: Id = Field(default_factory=new_id, alias="_id")  # type: ignore[assignment]

    class Settings:
        """Every write is validated on its way in, and audited unless the class says why not."""

        validate_on_save = True
        audited: ClassVar = True


def database() -> AsyncDatabase[Row]:
    """The connected database; RuntimeError before `connect`."""
    if _database is None:
        raise RuntimeError("connect() first")
    return _database


def collection(name: str, *tags: str) -> AsyncCollection[Row]:
    """One collection of the connected database; reads of it are noted, as `tags` where these are finer."""
    note(tags or (name,))
    known = _collections.get(name)
    if known is None or known.database is not _database:
        known = _collections[name] = database()[name]
    return known


def session() -> AsyncClientSession | None:
    """The session of the transaction under way in this task, if there is one."""
    return _session.get()


async def connect(url: str, name: str, keys: KeyProvider, models: Sequence[type[Record]]) -> None:
    """Open the database: make collections, validators and indexes, so that no transaction has to.

    A request waits `PATIENCE` for a primary, long enough for an election; the URL may say otherwise.
    """
    global _database  # noqa: PLW0603 - one process serves one database, as Beanie binds its classes to one
    patience: dict[str, Any] = {} if _WAITS in url.lower() else {_WAITS: PATIENCE}
    client: AsyncMongoClient[Row] = AsyncMongoClient(
        url, tz_aware=True, retryWrites=True, appname="komek", **patience
    )
    _database = client.get_database(name, write_concern=DURABLE)
    await _prepare_collections(_database, models)
    await open_vault(_database["data_keys"], keys)
    await init_beanie(database=_database, document_models=list(models))


async def disconnect() -> None:
    """Close the connection; nothing may be read or written afterwards."""
    global _database  # noqa: PLW0603 - see connect
    if _database is not None:
        await _database.client.close()
    _database = None


async def _prepare_collections(target: AsyncDatabase[Row], models: Sequence[type[Record]]) -> None:
    """Make what is missing, and change only what differs.

    A change of the validator locks its collection for everybody until every transaction on it is over, those
    of killed processes too: a process that merely starts again must not ask for that.
    """
    present = {
        row["name"]: row["options"].get("validator", {}) async for row in await target.list_collections()
    }
    wanted: dict[str, Row] = {"data_keys": {}} | {
        collection_name(model): validator(model) for model in models
    }
    for name in sorted(wanted.keys() - present.keys()):
        try:
            await target.create_collection(name)
        except CollectionInvalid:
            continue  # another process of ours was first
        except OperationFailure as error:
            if error.code != _EXISTS:  # the same, told by the server
                raise
    for name, rule in wanted.items():
        if present.get(name, {}) != rule:
            await target.command("collMod", name, validator=rule)


def collection_name(model: type[Record]) -> str:
    """The collection a document class is kept in."""
    return str(getattr(model.Settings, "name"))  # noqa: B009 - Beanie reads it dynamically as well


async def in_transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` in one majority-acknowledged transaction, or join the one under way.

    `work` may run again after a conflict: it must do nothing but read and write the database.
    """
    if session() is not None:
        return await work()
    async with database().client.start_session() as opened:

        async def attempt(running: AsyncClientSession) -> T:
            token = _session.set(running)
            try:
                return await work()
            finally:
                _session.reset(token)

        return await opened.with_transaction(
            attempt, read_concern=ReadConcern("snapshot"), write_concern=DURABLE, max_commit_time_ms=20_000
        )


def with_kind(kind: str, row: Row | None) -> Row | None:
    """The row as a record: its kind tells the schema which type it is."""
    if row is not None:
        row["kind"] = kind
    return row


async def insert(model: Record) -> Row:
    """Validate and insert a document inside the transaction under way; the stored row comes back."""
    row: Row = get_dict(model, to_db=True)
    await collection(collection_name(type(model))).insert_one(row, session=session())
    return row


def literal(values: Mapping[str, Any]) -> Row:
    """Equality conditions that no value can turn into an operator."""
    return {key: {"$eq": value} for key, value in values.items()}
