"""Every root field × every role × anonymous, through the running server, against the policy table."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from auth.policy import RULES, allows
from auth.viewer import Viewer
from documents.base import collection_name, new_id
from documents.registry import DOCUMENTS
from domain.identity import STAFF, Role
from domain.systems import Scope
from schema.portal import portal_schema
from tests.api.client import Client
from tests.api.generated import ROOTS, Served, served
from tests.api.portal import REGION, Portal
from tests.api.roles import system
from tests.api.socket import connected

UNAUTHORISED = 401
DENIED = {"SIGN_IN_REQUIRED", "ACCESS_DENIED"}
SCOPES = frozenset({Scope.catalogue_read.value})
ACTS = sorted(act for act in RULES if act.partition(".")[0] in ROOTS)
FOLLOWS_THE_CLOCK = {"events", "outbox", "outbox_heads", "audit_intents", "sessions"}
"""Collections in which workers and sign-ins write meanwhile."""


@dataclass
class Crowd:
    """Somebody of every role, signed in for real; whoever was signed out by a test signs in again."""

    portal: Portal
    schema: Served
    signed_in: dict[Role, Client] = field(default_factory=dict)

    async def gathered(self) -> None:
        """Sign those in who never were, or were signed out by what they asked before."""
        for role in Role:
            known = self.signed_in.get(role)
            if known is None or (await known.send("{ viewer { role } }")).status_code == UNAUTHORISED:
                self.portal.staff_since.clear()
                self.signed_in[role] = await self._makers[role]()

    async def answered(self, act: str, role: Role) -> str | None:
        """The code with which an operation on a root field was refused, if it was."""
        document, variables = self.schema.operation(act)
        if act.startswith("Subscription."):
            return await followed(self.portal, self.signed_in[role], document, variables)
        return refusal(act, (await self.signed_in[role].send(document, **variables)).json())

    @property
    def _makers(self) -> dict[Role, Callable[[], Awaitable[Client]]]:
        async def visitor() -> Client:
            return self.portal.visitor()

        async def participant() -> Client:
            return (await self.portal.participant())[1]

        async def supplier() -> Client:
            return (await self.portal.supplier())[1]

        staff = {role: lambda role=role: self.portal.employee(str(role)) for role in STAFF}
        people = {Role.anonymous: visitor, Role.participant: participant, Role.supplier: supplier}
        return {**people, **staff, Role.system: lambda: system(self.portal, SCOPES)}


@pytest.fixture(scope="module")
async def crowd(portal: Portal) -> Crowd:
    """Everybody, and the schema as they see it."""
    return Crowd(portal, await served(portal.visitor()))


def expected(act: str, role: Role) -> bool:
    """Whether the table lets the role ask the field at all."""
    if role in {Role.anonymous, Role.system}:
        return allows(Viewer(role, scopes=SCOPES if role is Role.system else frozenset()), act)
    return allows(Viewer(role, new_id(), new_id(), region=REGION), act)


async def written(portal: Portal) -> dict[str, int]:
    """How many rows each business collection has."""
    names = {collection_name(model) for model in DOCUMENTS if model.Settings.audited} - FOLLOWS_THE_CLOCK
    return {name: await portal.database[name].count_documents({}) for name in sorted(names)}


def test_the_table_is_the_schema(crowd: Crowd) -> None:
    """R-J3: the root fields that are served are those of the table, no more and no fewer."""
    assert sorted(act for act, _ in crowd.schema.roots()) == ACTS


def refusal(act: str, answer: Any) -> str | None:
    """The code of an answer that refuses, as an error of a query or as data of a mutation."""
    assert "data" in answer, answer
    for error in answer.get("errors", ()):
        return str(error["extensions"]["code"])
    found = answer["data"][act.partition(".")[2]]
    return found.get("code") if isinstance(found, dict) else None


async def followed(portal: Portal, client: Client, document: str, variables: dict[str, Any]) -> str:
    """A position that can't be is refused as such to whoever may follow: no field is left waiting."""
    assert -1 in variables.values(), "give the subscription a position, or let this test know what ends it"
    async with connected(portal, client) as socket:
        payload = {"query": document, "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        message = json.loads(await socket.recv())
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    return str(errors[0]["extensions"]["code"])


@pytest.mark.parametrize("act", ACTS)
async def test_each_root_field_by_each_role(crowd: Crowd, act: str) -> None:
    """R-J3: each root field answers each role as the table says, and refusals leave nothing behind."""
    may = {role for role in Role if expected(act, role)}
    await crowd.gathered()
    before = await written(crowd.portal)
    for role in sorted(set(Role) - may):
        wanted = "SIGN_IN_REQUIRED" if role is Role.anonymous else "ACCESS_DENIED"
        assert await crowd.answered(act, role) == wanted, role
    assert await written(crowd.portal) == before
    for role in sorted(may):
        assert await crowd.answered(act, role) not in DENIED, role


def test_nothing_else_is_declared() -> None:
    """R-J3: the schema in the code is the one that was walked."""
    declared = portal_schema()._schema
    roots = (declared.query_type, declared.mutation_type, declared.subscription_type)
    assert sorted(f"{root.name}.{name}" for root in roots if root for name in root.fields) == ACTS
