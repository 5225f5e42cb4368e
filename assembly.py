"""How the parts of one process fit together: ports filled, in production or on a laptop."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx2
from joserfc.jwk import KeySet

from auth.jwks import KeyDirectory, fetching
from auth.oidc import Provider, ProviderSettings
from auth.token_keys import KeyFile, fresh_keys
from auth.tokens import Tokens
from documents import feeds
from documents.base import connect, disconnect
from documents.embedded import EmbeddedMongo
from documents.registry import DOCUMENTS
from domain.rate_limits import Limits
from domain.signatures import SignatureVerifier
from domain.staff import ClaimNames
from domain.time import Clock, system_clock
from execution.live import Hub
from integrations.audit import HeadKeys, fresh_head_keys
from integrations.development_ca import DevelopmentAuthority, refuse_beside_production
from integrations.development_clock import DevelopmentClock
from integrations.development_oidc import DevelopmentProvider
from integrations.esobes import HttpEsobes
from integrations.keys import MasterKey, kept
from integrations.mail import HttpMailGateway
from integrations.signatures import LocalX509Verifier, Trusted, configured
from integrations.simulator import Journal, Simulator
from integrations.sms import HttpSmsGateway
from loaders import Entities
from resolvers.context import Services, system_context
from settings import Settings
from web.development_oidc import PREFIX
from web.staff import CALLBACK
from workers.crew import Partners, Worker, crew
from workers.revocation import RevocationReader
from workers.rotation import Rotator
from workers.seed.cast import Cast
from workers.seed.named import ESOBES_BIN, GATEWAY_BIN
from workers.seed.staff import development_provider
from workers.watching import Watcher


@dataclass(frozen=True, slots=True)
class Development:
    """What only a development profile has: people who can sign, a clock to set, simulated partners."""

    clock: DevelopmentClock
    cast: Cast
    simulator: Simulator
    oidc: DevelopmentProvider | None


@dataclass(frozen=True, slots=True)
class Portal:
    """Everything one process has, made once."""

    settings: Settings
    services: Services
    client: httpx2.AsyncClient
    workers: Sequence[Worker]
    development: Development | None
    keepers: Sequence[Worker] = ()
    """Workers that each process needs, also a server beside which others work."""
    watcher: Watcher = field(default_factory=lambda: Watcher([]))
    """Tells the caches of a server what changes."""


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
        production = settings.profile == "production"
        portal = (
            await _in_production(settings, client, hub)
            if production
            else _in_development(settings, client, hub)
        )
        if portal.services.staff is not None:
            stack.push_async_callback(portal.services.staff.aclose)
        entities = portal.services.entities
        yield replace(portal, watcher=Watcher([entities] if entities is not None else []))


def _embedded(settings: Settings) -> EmbeddedMongo:
    return EmbeddedMongo(settings.data_folder / "mongo", settings.mongodb_port)


def _master_key(settings: Settings) -> MasterKey:
    if settings.master_key:
        return MasterKey.from_hex(settings.master_key, settings.older_master_keys)
    return MasterKey.from_file(settings.data_folder / "keys" / "master", settings.older_master_keys)


async def _in_production(settings: Settings, client: httpx2.AsyncClient, hub: Hub) -> Portal:
    """Trusts the configured roots only; nothing of development exists."""
    roots, intermediates = (
        [file.read_bytes() for file in files] for files in (settings.roots, settings.intermediates)
    )
    refuse_beside_production(roots, None)
    trusted = Trusted(
        roots, intermediates, settings.revocation_lists, settings.revocation_list_urls,
        settings.ocsp_url, settings.revocation_check, settings.ncanode_url, settings.experimental_gost,
    )  # fmt: skip
    signatures = configured(trusted, client)
    reader = RevocationReader(signatures.lists, signatures.sources, system_clock)
    if not await reader.read() and not settings.revocation_list_urls:
        raise SystemExit(
            "Without fresh revocation lists every signature would be refused: see REVOCATION_LISTS."
        )
    services = _services(settings, hub, system_clock, signatures.verifier)
    services = replace(
        services,
        staff=Provider(_staff_settings(settings), system_clock),
        systems=KeyDirectory(fetching(client), system_clock),
    )
    return Portal(settings, services, client, _workers(settings, services, client), None, (reader,))


def _in_development(settings: Settings, client: httpx2.AsyncClient, hub: Hub) -> Portal:
    """Makes its own authority, a clock that can be set, and simulated partners."""
    authority = DevelopmentAuthority(settings.data_folder / "authority")
    refuse_beside_production([file.read_bytes() for file in settings.roots], authority.root)
    clock = DevelopmentClock(settings.data_folder / "clock")
    cast = Cast(authority, clock)
    journal = Journal(settings.data_folder / "partners.sqlite3")
    simulator = Simulator(journal, cast.as_esobes, client, f"{settings.address}/partners/esobes", clock)
    services = _services(settings, hub, clock, LocalX509Verifier([authority.root], authority.revocation()))
    own, staff_settings = development_provider(
        _staff_settings(settings), None if settings.oidc_issuer else f"{settings.address}{PREFIX}", clock
    )
    directory = KeyDirectory(fetching(client), clock, secure=False)
    services = replace(services, staff=Provider(staff_settings, clock), systems=directory)
    workers = [*_workers(settings, services, client), simulator]
    return Portal(settings, services, client, workers, Development(clock, cast, simulator, own))


def _staff_settings(settings: Settings) -> ProviderSettings:
    """The provider of staff as configured; in production only one with TLS."""
    issuer, keys = settings.oidc_issuer or "", settings.oidc_client_keys
    if settings.profile == "production" and not issuer.startswith("https://"):
        raise SystemExit("OIDC_ISSUER must be an https address.")
    return ProviderSettings(
        issuer=issuer,
        client_id=settings.oidc_client_id,
        redirect_uri=f"{settings.audience or settings.address}{CALLBACK}",
        secret=settings.oidc_client_secret,
        keys=KeySet.import_key_set(json.loads(keys.read_text())) if keys else None,
        scopes=settings.oidc_scopes,
        return_origins=frozenset(settings.allowed_origins),
        claims=ClaimNames(settings.oidc_role_claim, settings.oidc_region_claim, settings.oidc_roles),
    )


def _services(settings: Settings, hub: Hub, clock: Clock, verifier: SignatureVerifier) -> Services:
    audience = settings.audience or settings.address
    return Services(
        clock=clock,
        signatures=verifier,
        tokens=Tokens(token_keys(settings), audience),
        live=hub,
        audience=audience,
        limits=Limits(settings.rate_limits, settings.lock_out),
        entities=Entities() if settings.entity_cache else None,
        state_body_bins=frozenset(settings.state_body_bins or [GATEWAY_BIN]),
        esobes_bins=frozenset(settings.esobes_bins or [ESOBES_BIN]),
    )


def token_keys(settings: Settings) -> KeyFile:
    """The keys that sign tokens, in the file that all servers share; made at first use."""
    kept(settings.token_keys_file, fresh_keys)
    return KeyFile(settings.token_keys_file)


def clock_of(settings: Settings) -> Clock:
    """The clock of the portal's rules: on a laptop the one that can be set."""
    if settings.profile == "production":
        return system_clock
    return DevelopmentClock(settings.data_folder / "clock")


def _workers(settings: Settings, services: Services, client: httpx2.AsyncClient) -> list[Worker]:
    partners = Partners(
        HttpSmsGateway(client, settings.sms_url or f"{settings.address}/simulator/sms"),
        HttpMailGateway(client, settings.mail_url or f"{settings.address}/simulator/mail"),
        HttpEsobes(client, settings.esobes_url or f"{settings.address}/simulator/esobes"),
    )
    lease = timedelta(seconds=settings.outbox_lease_seconds)
    seal = HeadKeys(kept(settings.audit_keys_file, fresh_head_keys))
    settling = timedelta(seconds=settings.rotation_settling_seconds)
    rotator = Rotator(services.clock, settling=settling)
    return [*crew(lambda: system_context(services), partners, seal, lease), rotator]
