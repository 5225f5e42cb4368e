"""The only assembly: settings, ports, routes and commands; nothing else reads the environment."""

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import httpx2
import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from auth.tokens import Tokens, key_set
from documents import feeds
from documents.base import connect, database, disconnect
from documents.embedded import EmbeddedMongo, EmbeddedMongoError
from documents.registry import DOCUMENTS
from execution.http import GraphQLDoor
from execution.http import Settings as DoorSettings
from execution.live import Hub
from integrations.development_ca import DevelopmentAuthority, refuse_beside_production
from integrations.development_clock import DevelopmentClock
from integrations.esobes import HttpEsobes
from integrations.keys import MasterKey
from integrations.signatures import LocalX509Verifier
from integrations.simulator import Journal, Simulator
from integrations.sms import HttpSmsGateway
from resolvers.context import Services, system_context
from schema.doors import Doors
from schema.portal import message, portal_schema
from web.development import DemoPerson, DevelopmentTools, development_routes
from web.graphiql import graphiql_page, static_route
from web.health import health_routes
from web.partners import partner_routes
from web.simulator import simulator_routes
from workers.crew import Partners, Worker, crew, working
from workers.seed.cast import Cast
from workers.seed.everything import load_demo, load_many
from workers.seed.named import ESOBES_BIN, GATEWAY_BIN

SDL = Path(__file__).parent / "schema" / "schema.graphql"
FRAME = 65_536
"""Bytes of a socket frame at most."""
log = logging.getLogger("komek")


class Settings(BaseSettings):
    """What can be set from outside, by environment variables of the same names in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    profile: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    mongodb_url: str | None = None
    mongodb_port: int | None = None
    database: str = "komek"
    data_folder: Path = Path(".data")
    worker: Literal["inside", "separate"] = "inside"
    audience: str | None = None
    master_key: str | None = None
    roots: list[Path] = []
    sms_url: str | None = None
    esobes_url: str | None = None
    outbox_lease_seconds: int = 60
    allowed_origins: list[str] = []
    demo_data: bool = True

    @property
    def address(self) -> str:
        """Where the server is reached."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Development:
    """What only a development profile has: its own authority, a clock to set, simulated partners."""

    authority: DevelopmentAuthority
    clock: DevelopmentClock
    cast: Cast
    simulator: Simulator


@dataclass(frozen=True, slots=True)
class Portal:
    """Everything one process has, made once."""

    settings: Settings
    services: Services
    client: httpx2.AsyncClient
    development: Development


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Portal]:
    """Everything a process needs, opened in order and closed in reverse."""
    async with AsyncExitStack() as stack:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        url = settings.mongodb_url or (await stack.enter_async_context(_embedded(settings))).url
        await connect(url, settings.database, _master_key(settings), DOCUMENTS)
        stack.push_async_callback(disconnect)
        client = await stack.enter_async_context(httpx2.AsyncClient())
        hub = await stack.enter_async_context(Hub(feeds))
        development = _development(settings, client)
        yield Portal(settings, _services(settings, hub, development), client, development)


def _embedded(settings: Settings) -> EmbeddedMongo:
    return EmbeddedMongo(settings.data_folder / "mongo", settings.mongodb_port)


def _master_key(settings: Settings) -> MasterKey:
    if settings.master_key:
        return MasterKey.from_hex(settings.master_key)
    return MasterKey.from_file(settings.data_folder / "keys" / "master")


def _development(settings: Settings, client: httpx2.AsyncClient) -> Development:
    authority = DevelopmentAuthority(settings.data_folder / "authority")
    clock = DevelopmentClock(settings.data_folder / "clock")
    cast = Cast(authority, clock)
    journal = Journal(settings.data_folder / "partners.sqlite3")
    simulator = Simulator(journal, cast.as_esobes, client, f"{settings.address}/partners/esobes", clock)
    return Development(authority, clock, cast, simulator)


def _services(settings: Settings, hub: Hub, development: Development) -> Services:
    authority = development.authority
    refuse_beside_production([file.read_bytes() for file in settings.roots], authority.root)
    audience = settings.audience or settings.address
    return Services(
        clock=development.clock,
        signatures=LocalX509Verifier([authority.root], authority.revocation()),
        tokens=Tokens(key_set(settings.data_folder / "keys" / "tokens.json"), audience),
        live=hub,
        audience=audience,
        state_body_bins=frozenset({GATEWAY_BIN}),
        esobes_bins=frozenset({ESOBES_BIN}),
    )


def application(portal: Portal) -> Starlette:
    """Every door of the server."""
    doors, development = Doors(portal.services), portal.development
    graphql = GraphQLDoor(
        portal_schema(),
        doors.of_request,
        doors,
        settings=DoorSettings(allowed_origins=portal.settings.allowed_origins),
        message=message,
        page=_graphiql,
    )
    people = [DemoPerson(name, name, name) for name in development.cast.names]
    tools = DevelopmentTools(people, development.cast.sign, development.clock, development.clock.set)
    routes: list[BaseRoute] = [
        Route("/", lambda _request: RedirectResponse("/graphql")),
        Route("/graphql", graphql),
        static_route(),
        *health_routes(_is_ready),
        *partner_routes(lambda _request: system_context(portal.services)),
        *development_routes(tools),
        *simulator_routes(development.simulator),
    ]
    return Starlette(routes=routes)


async def _graphiql(request: Request) -> Response:
    return graphiql_page(request.headers.get("host", ""))


async def _is_ready() -> bool:
    try:
        return bool(await database().command("ping"))
    except PyMongoError:
        return False


def _workers(portal: Portal) -> list[Worker]:
    settings, client = portal.settings, portal.client
    partners = Partners(
        HttpSmsGateway(client, settings.sms_url or f"{settings.address}/simulator/sms"),
        HttpEsobes(client, settings.esobes_url or f"{settings.address}/simulator/esobes"),
    )
    lease = timedelta(seconds=settings.outbox_lease_seconds)
    workers = crew(lambda: system_context(portal.services), partners, lease)
    return [*workers, portal.development.simulator]


async def serve(settings: Settings) -> None:
    """The server until it is told to stop; with its own mongod and worker on a laptop."""
    async with assembled(settings) as portal:
        if settings.demo_data:
            await load_demo(portal.services, portal.development.cast, portal.development.simulator)
        server = uvicorn.Server(
            uvicorn.Config(
                application(portal),
                host=settings.host,
                port=settings.port,
                ws_max_size=FRAME,
                log_level="warning",
                timeout_graceful_shutdown=5,
            )
        )
        _settle_memory()
        inside = working(_workers(portal)) if settings.worker == "inside" else nullcontext()
        async with inside:
            await server.serve()


def _settle_memory() -> None:
    """What was made at the start lives as long as the process: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def work(settings: Settings) -> None:
    """A worker process of its own, until it is told to stop."""
    async with assembled(settings) as portal, working(_workers(portal)):
        await asyncio.Event().wait()


async def seed(settings: Settings, listings: int | None) -> None:
    """Demo data, and as many generated listings as asked for."""
    async with assembled(settings) as portal:
        await load_demo(portal.services, portal.development.cast, portal.development.simulator)
        if listings:
            await load_many(portal.services, listings)


def sdl(*, check: bool) -> int:
    """Write the SDL, or say whether the written one is stale."""
    fresh = portal_schema().as_str() + "\n"
    if not check:
        SDL.write_text(fresh, "utf-8")
        return 0
    if SDL.is_file() and SDL.read_text("utf-8") == fresh:
        return 0
    log.error("schema/schema.graphql is stale: run `make fix` and look at the difference")
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands of the Makefile."""
    parser = argparse.ArgumentParser(prog="app.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="the server")
    commands.add_parser("worker", help="a worker process of its own")
    seeding = commands.add_parser("seed", help="load demo data and generated listings")
    seeding.add_argument("--listings", type=int)
    commands.add_parser("sdl", help="write schema/schema.graphql").add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # one line a request is too much
    if asked.command == "sdl":
        return sdl(check=asked.check)
    return _run(asked, Settings())


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    commands = {"serve": lambda: serve(settings), "worker": lambda: work(settings)}
    try:
        asyncio.run(commands[asked.command]() if asked.command in commands else seed(settings, asked.listings))
    except EmbeddedMongoError as error:
        log.error("%s", error)  # noqa: TRY400 - the message says what to do; a traceback would hide it
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
