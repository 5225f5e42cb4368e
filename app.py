"""The server and its commands: routes, lifespan, serve, worker, seed, sdl."""

import argparse
import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import uvicorn
import uvloop

from application import application
from assembly import assembled, clock_of, token_keys
from documents.embedded import EmbeddedMongo, EmbeddedMongoError, beside
from documents.rotation import Kind
from domain.texts import Language
from execution.documents import Rules
from execution.manifests import manifest_of
from execution.masking import Reticent, reticent
from execution.trusted import ManifestError
from schema.nodes import global_id
from schema.portal import portal_schema
from settings import Settings, settings_given
from workers import audit, regions
from workers.crew import working
from workers.definitions import documentation
from workers.rotation import Rotator, rotate
from workers.seed.choice import open_choice
from workers.seed.everything import load_demo, load_many
from workers.seed.load import load_rules
from workers.token_keys import told

SDL = Path(__file__).parent / "schema" / "schema.graphql"
FIRST_STEPS = Path(__file__).parent / "docs" / "first-steps.md"
FRAME = 65_536
"""Bytes of a socket frame at most."""
log = logging.getLogger("komek")


class _Server(uvicorn.Server):
    """Says what to do next once it listens, and not before."""

    def __init__(self, config: uvicorn.Config, welcome: str) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then print the welcome."""
        await super().startup(sockets)
        if self.started:
            print(self._welcome, flush=True)


async def _first_steps(settings: Settings) -> str:
    """docs/first-steps.md with this server's address and the ids of its demonstration data."""
    text = FIRST_STEPS.read_text("utf-8").replace("http://127.0.0.1:8000", settings.address)
    text = text.replace("PORT=8000", f"PORT={settings.port}")
    choice = await open_choice()
    if choice is None:
        return f"GraphiQL: {settings.address}/graphql. All is chosen; another DATA_FOLDER begins anew."
    measure, listing = choice
    text = text.replace("«measure»", global_id("measure", measure))
    return text.replace("«listing»", global_id("listing", listing))


async def serve(settings: Settings) -> None:
    """The server until it is told to stop; with its own mongod and worker on a laptop."""
    async with assembled(settings) as portal:
        await load_rules(portal.services.clock())
        if settings.demo_data and portal.development:
            await load_demo(portal.services, portal.development.cast, portal.development.simulator)
        server = _Server(
            uvicorn.Config(
                application(portal),
                host=settings.host,
                port=settings.port,
                ws="websockets-sansio",
                ws_max_size=FRAME,
                proxy_headers=bool(settings.forwarded_allow_ips),
                forwarded_allow_ips=settings.forwarded_allow_ips,
                log_config=None,
                log_level="warning",
                access_log=False,  # addresses carry the variables of queries sent by GET
                timeout_graceful_shutdown=5,
            ),
            await _first_steps(settings) if portal.development else "",
        )
        _settle_memory()
        inside = portal.workers if settings.worker == "inside" else ()
        async with working([*portal.keepers, portal.watcher, *inside]):
            await server.serve()


def _settle_memory() -> None:
    """What was made at the start lives as long as the process: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def work(settings: Settings) -> None:
    """A worker process of its own, until it is told to stop."""
    async with assembled(settings) as portal, working([*portal.keepers, *portal.workers]):
        await asyncio.Event().wait()


async def keep_mongod(settings: Settings) -> None:
    """The embedded database alone, as a process of its own, until it is told to stop."""
    async with EmbeddedMongo(settings.data_folder / "mongo", settings.mongodb_port) as mongo:
        print(mongo.url, flush=True)
        await asyncio.Event().wait()


async def seed(settings: Settings, listings: int | None) -> None:
    """Demo data, and as many generated listings as asked for."""
    async with assembled(settings) as portal:
        if portal.development is None:
            raise SystemExit("Demo data belong to the development profile.")
        await load_rules(portal.services.clock())
        await load_demo(portal.services, portal.development.cast, portal.development.simulator)
        if listings:
            await load_many(portal.services, listings)


async def rotate_keys(settings: Settings, kind: Kind) -> None:
    """Replace keys step by step, beside servers that go on working; a second call resumes a first one."""
    async with assembled(settings) as portal:
        clock = portal.services.clock
        settling = timedelta(seconds=settings.rotation_settling_seconds)
        rotator = Rotator(clock, settling=settling)
        if not await rotate(kind, rotator, clock, lambda line: print(line, flush=True)):
            raise SystemExit(1)


async def describe_categories(settings: Settings, language: Language) -> None:
    """Print the documentation of every category, as its definition stands."""
    async with assembled(settings):
        async for line in documentation(language):
            print(line)


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


def documents(folder: Path) -> int:
    """Print the manifest of a folder's documents, or say what is wrong with them."""
    rules = Rules()
    try:
        print(manifest_of(folder, portal_schema(rules).graphql, rules.limits).written(), end="")
    except ManifestError as error:
        log.error("%s", error)  # noqa: TRY400 - the message names the files
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    """The commands of the Makefile."""
    parser = argparse.ArgumentParser(prog="app.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="the server")
    commands.add_parser("worker", help="a worker process of its own")
    commands.add_parser("mongod", help="the embedded MongoDB as a process of its own")
    seeding = commands.add_parser("seed", help="load demo data and generated listings")
    seeding.add_argument("--listings", type=int)
    describing = commands.add_parser("describe-categories", help="print what the categories ask, as Markdown")
    describing.add_argument("--language", choices=[str(one) for one in Language], default="ru")
    commands.add_parser("sdl", help="write schema/schema.graphql").add_argument(
        "--check", action="store_true"
    )
    commands.add_parser("documents", help="print the manifest of a folder's documents").add_argument(
        "folder", type=Path
    )
    signing = commands.add_parser("token-keys", help="list or rotate the keys that sign tokens")
    signing.add_argument("act", choices=["list", "rotate"])
    signing.add_argument("--compromised", action="store_true", help="refuse every token of the keys so far")
    audit.arguments(commands)
    regions.arguments(commands)
    rotating = commands.add_parser("rotate-keys", help="replace keys of personal data, or resume it")
    rotating.add_argument("kind", choices=[kind.value for kind in Kind])
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do a command; its exit code."""
    asked = _parser().parse_args(arguments)
    handler = logging.StreamHandler()
    handler.setFormatter(Reticent("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # one line a request is too much
    if asked.command == "sdl":
        return sdl(check=asked.check)
    if asked.command == "documents":
        return documents(asked.folder)
    try:
        settings = settings_given()
    except ValueError as error:
        log.error("%s. See docs/production.md", error)  # noqa: TRY400 - the message says what to do
        return 1
    if asked.command == "token-keys":
        keys, now = token_keys(settings), clock_of(settings)()
        print(*told(keys, now, asked.act, compromised=asked.compromised), sep="\n")
        return 0
    if lacking := settings.missing():
        log.error("the production profile needs %s: see docs/production.md", ", ".join(lacking))
        return 1
    return _run(asked, settings)


def _joined(command: str, settings: Settings) -> Settings:
    """A command beside `make run` uses its database; only a server has one of its own."""
    if settings.mongodb_url or command in {"serve", "mongod"}:
        return settings
    return settings.model_copy(update={"mongodb_url": beside(settings.data_folder / "mongo")})


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    commands = {
        "serve": lambda: serve(settings),
        "worker": lambda: work(settings),
        "mongod": lambda: keep_mongod(settings),
        "seed": lambda: seed(settings, asked.listings),
        "describe-categories": lambda: describe_categories(settings, Language(asked.language)),
        "rotate-keys": lambda: rotate_keys(settings, Kind(asked.kind)),
        **dict.fromkeys(
            regions.COMMANDS, lambda: regions.run(asked, assembled(settings), clock_of(settings))
        ),
        **dict.fromkeys(
            audit.COMMANDS, lambda: audit.run(asked, settings.audit_keys_file, assembled(settings))
        ),
    }
    # uvicorn raises the signal again once it has stopped; by default that would end us before mongod.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        settings = _joined(asked.command, settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.get_loop().set_exception_handler(reticent)
            runner.run(commands[asked.command]())
    except (EmbeddedMongoError, ManifestError) as error:
        log.error("%s", error)  # noqa: TRY400 - the message says what to do; a traceback would hide it
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
