"""The whole demonstration, loaded once into an empty database; a load that was cut off is repeated."""

import logging

from documents import seeding, vocabulary
from domain.orders.rules import local_day
from integrations.simulator import Simulator
from resolvers.context import Services
from workers.seed.capacity import offer_days
from workers.seed.cast import SEED, Cast
from workers.seed.demo import LISTINGS, Demo, generate_demo
from workers.seed.load import load_listings, load_people, register_people
from workers.seed.stories import introduce, play

log = logging.getLogger(__name__)
DEMO = "demo"
GENERATED = 100_000
"""Cards at most that are generated one by one; more are copies made by the database."""


async def load_demo(services: Services, cast: Cast, simulator: Simulator) -> bool:
    """People, listings, and measures in every status; False when it was loaded before. Needs the rules."""
    if await seeding.is_loaded(DEMO):
        return False
    log.info("loading demo data, once")
    demo = generate_demo(services.clock().date())
    await load_people(services, cast, demo)
    await register_people(services, demo)
    await _load_listings(services, demo, LISTINGS, at_once=not await seeding.holds_listings())
    await offer_days(services, demo.listings, local_day(services.clock()))
    await introduce(demo, simulator)
    await play(services, cast, demo, simulator)
    await seeding.mark_loaded(DEMO)
    return True


async def load_many(services: Services, count: int) -> int:
    """The first `count` generated cards, for benchmarks and plans of queries; beyond `GENERATED` copies."""
    loaded = await _load_listings(services, generate_demo(services.clock().date()), count, at_once=True)
    await vocabulary.renew()
    return loaded


async def _load_listings(services: Services, demo: Demo, count: int, *, at_once: bool) -> int:
    """`at_once`: the catalogue's indexes are built at the end; after a cut the next start builds them."""
    if at_once:
        await seeding.drop_catalogue_indexes()
    try:
        generated = min(count, GENERATED)
        loaded = await load_listings(demo.suppliers, generated, seed=SEED, now=services.clock())
        if count > generated:
            await seeding.multiply_listings(count)
        return loaded + count - generated
    finally:
        await seeding.make_catalogue_indexes()
