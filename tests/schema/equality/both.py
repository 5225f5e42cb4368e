"""The portal's schema twice, compiled and not: what each answers, and what must be equal of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from graphql import GraphQLError
from strawberry.types.graphql import OperationType

from auth.viewer import Viewer
from documents.base import collection
from domain.texts import Language
from execution.documents import Rules
from execution.limits import Limits
from execution.requests import Asked as Sent
from execution.schema import Schema
from execution.wire import plain
from loaders import Loaders
from resolvers.context import Context
from schema.portal import portal_schema
from tests.execution.plans.both import UNHEARD, place_of
from tests.execution.plans.forgetting import Forgetting
from tests.schema.equality.world import World

WIDE = Rules(Limits(10**6, 10**6, depth=1000, aliases=10**4, directives=10**4, root_fields=100, cost=10**100))
"""What is refused unseen proves nothing."""
TIMES = 3
"""Once as who executes a document himself, twice as doors do: what is remembered shows the second time."""
EVERY = frozenset(OperationType)
AUDITED = ("participantLookup", "participantOf", "representations", "auditEntries")
"""Root fields that write down who read what."""
_TOLD = {"_id": 0, "act": 1, "role": 1, "subject": 1, "person": 1, "details": 1}


@dataclass(frozen=True)
class Asked:
    """One request."""

    viewer: Viewer
    language: Language
    text: str
    variables: dict[str, Any]

    @property
    def readings(self) -> int:
        """How many readings the document asks for at most that are written down."""
        return sum(self.text.count(name) for name in AUDITED)


@dataclass(frozen=True)
class Answered:
    """What one execution gave, in a form that can be compared."""

    data: Any
    errors: tuple[str, ...]
    places: tuple[tuple[object, ...], ...]
    intents: tuple[str, ...]

    @property
    def tells(self) -> bool:
        """Whether there is any value in it beside names of types."""
        return any(_leaves(self.data))

    @property
    def without_intents(self) -> Answered:
        """What was written down beside others can't be told apart."""
        return replace(self, intents=())


def _leaves(data: Any) -> Iterator[bool]:
    if isinstance(data, dict):
        for key, inner in data.items():
            if not key.startswith("__"):
                yield from _leaves(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _leaves(inner)
    else:
        yield data is not None


@dataclass
class Both:
    """Two schemas over one world, and what was compared so far."""

    world: World
    loaders: type[Loaders] = Loaders
    plain: Schema = field(default_factory=lambda: portal_schema(WIDE, compiled=False))
    planned: Schema = field(default_factory=lambda: portal_schema(WIDE, compiled=True))
    counts: Counter[str] = field(default_factory=Counter)
    forgetting: Forgetting = UNHEARD

    @property
    def runs(self) -> int:
        """How many values plans completed."""
        assert self.planned.plans is not None
        return self.planned.plans.counts.runs

    @property
    def whole(self) -> int:
        """How many queries plans answered from their root fields on."""
        assert self.planned.plans is not None
        return self.planned.plans.counts.whole

    @property
    def gave_up(self) -> Counter[str]:
        """Where plans left a value to graphql-core, and how often."""
        assert self.planned.plans is not None
        return self.planned.plans.counts.gave_up.copy()

    def context(self, asked: Asked) -> Context:
        """As the doors make it: fresh loaders, the same clock."""
        services = self.world.services
        return Context(
            services,
            asked.viewer,
            asked.language,
            self.world.now,
            self.loaders(services.entities),
            "192.0.2.7",
        )

    async def answer(self, schema: Schema, asked: Asked, *, wire: bool = False) -> Answered:
        """One execution, and the intents it wrote; `wire`: as a door has it, read as a client does."""
        before = ObjectId()
        sent = Sent(asked.text, dict(asked.variables), self.context(asked), wire=wire)
        result = await schema.answer(sent, EVERY)
        written = collection("audit_intents").find({"_id": {"$gt": before}}, _TOLD)
        intents = tuple(sorted([repr(row) async for row in written]))
        errors = sorted(result.errors or (), key=_described)
        self.counts["executed"] += 1
        return Answered(
            plain(result.data) if wire else result.data,
            tuple(_described(each) for each in errors),
            tuple(tuple(each.path or ()) for each in errors),
            intents,
        )

    async def compare(self, asked: Asked, times: int = TIMES) -> Answered:
        """Execute it without plans and some times with them. AssertionError names what differs.

        Plans that give up where nothing is wrong read something wrong themselves: graphql-core hides it.
        """
        expected: Answered = await self.forgetting.core(self.answer(self.plain, asked))
        gave_up = self.gave_up
        for time in range(times):
            answering = self.answer(self.planned, asked, wire=time > 0)
            found: Answered = await self.forgetting.plans(answering, asked)
            read = replace(expected, data=plain(expected.data)) if time else expected
            self.same(found, read, (time, asked), asked.readings)
        assert expected.errors or self.gave_up == gave_up, (asked, gave_up, self.gave_up)
        self.counts["compared"] += 1
        self.counts["told"] += expected.tells
        self.counts["failed"] += bool(expected.errors)
        self.counts["audited"] += bool(expected.intents)
        return expected

    def same(self, found: Answered, expected: Answered, case: object, most: int = 0) -> None:
        """Data with their types and keys in their order, errors, and what was written down.

        Where a failing root field nulls everything, graphql-core cancels its neighbours, and whether they have
        noted their reading by then is a matter of time, while plans let them end: `most` of them then.
        """
        assert repr(found.data) == repr(expected.data), case
        if found.intents != expected.intents:
            assert expected.data is None, (case, found.intents, expected.intents)
            assert max(len(found.intents), len(expected.intents)) <= most, (case, found.intents)
            self.counts["noted beside"] += 1
        if found.errors != expected.errors:
            assert _nulled(found) == _nulled(expected), (case, found.errors, expected.errors)
            self.counts["raced"] += 1


def _described(error: GraphQLError) -> str:
    """Everything a client sees of an error but the random reference."""
    shown = dict(error.extensions or {})
    assert bool(shown.pop("reference", None)) == (shown.get("code") == "INTERNAL"), shown
    locations = [(at.line, at.column) for at in error.locations or ()]
    return repr((error.path, error.message, locations, sorted(shown.items(), key=str)))


def _nulled(answer: Answered) -> list[object]:
    """Errors as far as they are determined.

    Of several errors below one parent that they null, the specification wants one, whichever came first: in
    its place stands the parent's.
    """
    found = {
        error if place == path else place
        for error, path in zip(answer.errors, answer.places, strict=True)
        for place in [place_of(answer.data, path)]
    }
    return sorted(found, key=repr)
