"""Draws documents of the portal's schema for viewers of every role, and compares what each is answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import cache

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from domain.texts import Language
from tests.schema.equality.both import Asked, Both
from tests.schema.equality.dressing import dressed

PUBLIC = (
    "listings", "suppliers", "categories", "regions", "signInRequirements", "serviceStatus", "node", "viewer",
)  # fmt: skip
OWN = {
    "executive_body": ("participantOf", "representations", "verifyEvidence"),
    "contact_centre": ("participantLookup",),
    "administrator": ("auditEntries", "auditHead", "systemClients", "representations", "moderationQueue"),
    "authorised_body": ("moderationQueue",),
    "participant": ("verifyEvidence",),
    "supplier": ("verifyEvidence",),
}
"""Root fields that not everybody is answered."""
NOTED = {
    "executive_body": ("participantOf", "representations"),
    "contact_centre": ("participantLookup",),
    "administrator": ("auditEntries", "representations"),
}
"""Root fields that write down who read what."""
SHARE = 6
"""One document in so many asks for nothing but these: chance alone may leave them out."""
DRESSES = 3
"""Documents take long to draw: each is asked by several viewers, in clothes and with variables of its own."""
QUIET = list(HealthCheck)
Use = Callable[[Asked], Awaitable[object]]
Drawing = Callable[[str, str], st.SearchStrategy[str]]


@cache
def documents(sdl: str, role: str) -> st.SearchStrategy[str]:
    """Documents that a role is mostly answered; a few ask what others may."""
    own = OWN.get(role, ())
    allowed = from_schema(sdl, fields=PUBLIC[:6]) | from_schema(sdl, fields=(*PUBLIC[6:], *own))
    if own:
        allowed |= from_schema(sdl, fields=own)
    every = sorted({*PUBLIC, *(name for names in OWN.values() for name in names)})
    return allowed | allowed | from_schema(sdl, fields=every)


def requests(both: Both, role: str, document: str, chance: random.Random) -> list[Asked]:
    """What several viewers ask by one drawn document."""
    made = []
    for dress in range(DRESSES):
        whose = role if dress < DRESSES - 1 else chance.choice(sorted(both.world.viewers))
        viewer = chance.choice(both.world.viewers[whose])
        outfit = dressed(document, both.plain.graphql, both.world, viewer, chance)
        language = chance.choice(list(Language))
        made.append(Asked(viewer, language, outfit.text, outfit.variables(chance)))
        if made[-1].variables:
            made.append(Asked(viewer, language, outfit.text, outfit.variables(chance)))
    return made


@cache
def readings(sdl: str, role: str) -> st.SearchStrategy[str]:
    """Documents of what is written down when a role reads it."""
    return from_schema(sdl, fields=NOTED[role])


async def draw(both: Both, first: int, examples: int, use: Use) -> None:
    """Draw documents, a fixed share of them of readings, and have each request used in this loop."""
    noted = max(1, examples // SHARE)
    await _drawn(both, first, examples - noted, use, (sorted(both.world.viewers), documents))
    await _drawn(both, first, noted, use, (sorted(NOTED), readings))


async def _drawn(both: Both, first: int, examples: int, use: Use, of: tuple[list[str], Drawing]) -> None:
    loop = asyncio.get_running_loop()
    roles, drawing = of
    sdl = both.plain.as_str()

    async def each(role: str, document: str, chance: int) -> None:
        for asked in requests(both, role, document, random.Random(chance)):
            await use(asked)

    @seed(first)
    @settings(
        max_examples=examples,
        database=None,
        suppress_health_check=QUIET,
        phases=[Phase.generate],  # documents are small already, and each try takes long
    )
    @given(data=st.data(), role=st.sampled_from(roles), chance=st.integers(0, 10**6))
    def drawn(data: st.DataObject, role: str, chance: int) -> None:
        document = data.draw(drawing(sdl, role))
        asyncio.run_coroutine_threadsafe(each(role, document, chance), loop).result()

    await asyncio.to_thread(drawn)
