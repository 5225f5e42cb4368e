"""Systems that come by machine: who is registered, and with which scopes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from execution.fields import as_type, computed, stored, value
from resolvers import systems as acts
from resolvers.context import Context
from schema.errors import answers
from schema.nodes import global_id, local_id
from schema.roots import given, mutation, payload, query

Plain = Mapping[str, Any]


def _client_id(record: Plain) -> str:
    return str(record["_id"])


def _id(record: Plain) -> strawberry.ID:
    return global_id(acts.KIND, record["_id"])


@value(description="A registered system.")
class SystemClient:
    """It signs in at /oauth/token with its own key."""

    id: strawberry.ID = computed(_id)
    client_id: str = computed(_client_id, description="`client_id`, `iss` and `sub` of its assertions.")
    name: str = stored()
    scopes: list[str] = stored()
    jwks_uri: str | None = stored(description="Where its keys are; null when they were given by value.")
    active: bool = stored()
    registered_at: datetime = stored()
    disabled_at: datetime | None = stored()


@given
class SystemClientRegisterInput:
    """Keys come by value (`jwks`, a JSON text) or by address (`jwksUri`), never both."""

    idempotency_key: str
    name: str
    scopes: list[str] = strawberry.field(
        description="Of `catalogue:read`, `statistics:read`, `esobes:send`, `gateway:send`."
    )
    jwks: str | None = None
    jwks_uri: str | None = None


@given
class SystemClientDisableInput:
    """Whose access ends."""

    idempotency_key: str
    client_id: strawberry.ID = strawberry.field(description="The global identifier of the client.")


@payload
class SystemClientRegistered:
    """The system may ask for tokens from now on."""

    client: SystemClient


@payload
class SystemClientDisabled:
    """Its tokens stop at their next use."""

    client: SystemClient


async def system_clients(context: Context) -> list[Row]:
    """Every registered system, by name."""
    return await acts.registered(context)


async def system_client_register(
    context: Context,
    *,
    input: SystemClientRegisterInput,  # noqa: A002
) -> SystemClientRegistered:
    """Register a system with its scopes and public keys."""
    asked = acts.Registration(input.name, input.scopes, input.jwks, input.jwks_uri)
    found = await acts.register(context, input.idempotency_key, asked)
    return SystemClientRegistered(client=as_type(SystemClient, found))


async def system_client_disable(
    context: Context,
    *,
    input: SystemClientDisableInput,  # noqa: A002
) -> SystemClientDisabled:
    """End a system's access."""
    client = local_id(input.client_id, acts.KIND, "input", "clientId")
    found = await acts.disable(context, input.idempotency_key, str(client))
    return SystemClientDisabled(client=as_type(SystemClient, found))


@strawberry.type
class SystemQueries:
    """Who is registered."""

    system_clients: list[SystemClient] = query(system_clients)


@strawberry.type
class SystemMutations:
    """Registering systems, and ending their access."""

    system_client_register: answers("SystemClientRegisterResult", SystemClientRegistered) = mutation(  # type: ignore[valid-type]
        system_client_register
    )
    system_client_disable: answers("SystemClientDisableResult", SystemClientDisabled) = mutation(  # type: ignore[valid-type]
        system_client_disable
    )
