"""Legal representatives: whose authority over whom, shown to the two, ended by staff (requirement A6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from documents.representations import state_of
from domain.representatives import AuthorityKind, AuthorityState
from domain.texts import text
from execution.fields import as_type, computed, record, resolved, stored, value
from resolvers import representatives as acts
from resolvers.context import Context
from schema.errors import answers
from schema.nodes import Node, local_id
from schema.roots import given, mutation, payload, query

Plain = Mapping[str, Any]
strawberry.enum(AuthorityKind, name="AuthorityKind", description="Опекун or попечитель (p. 2(10)).")
strawberry.enum(AuthorityState, name="AuthorityState", description="Only an active authority lets one act.")


def state(record: Plain, context: Context) -> AuthorityState:
    """Where the authority stands by the portal's clock."""
    return state_of(dict(record), context.now)


def authority_text(record: Plain, context: Context) -> str:
    """The kind of authority in words."""
    return text(f"authorities.{record['authority']}", context.language)


async def ward_name(record: Plain, context: Context) -> str:
    """The ward's name, for the two people."""
    return await acts.name_of(context, dict(record), "ward")


async def representative_name(record: Plain, context: Context) -> str:
    """The representative's name, for the two people."""
    return await acts.name_of(context, dict(record), "representative")


async def basis(record: Plain, context: Context) -> str:
    """The decision that the authority rests on, for the two people."""
    return await acts.basis(context, dict(record))


@record("representation", description="The dated authority of a legal representative to act for a ward.")
class Representation(Node):
    """Certified by a gateway record."""

    authority: AuthorityKind = stored()
    authority_text: str = computed(authority_text)
    state: AuthorityState = computed(state)
    valid_from: datetime = stored()
    valid_to: datetime | None = stored(description="The first instant at which it counts no more.")
    revoked_at: datetime | None = stored()
    ward_name: str = resolved(ward_name, description="For the ward and the representative.")
    representative_name: str = resolved(
        representative_name, description="For the ward and the representative."
    )
    basis: str = resolved(basis, description="For the ward and the representative.")


async def found_representative(record: Plain, context: Context) -> str:
    """The name, for staff whose reading was noted."""
    return await acts.name_for_staff(context, dict(record), "representative")


def itself(record: Plain) -> Plain:
    """The authority that was found."""
    return record


@value(description="An authority as staff find it who have to end it.")
class RepresentationFound:
    """Reading it was noted with its reason."""

    representation: Representation = computed(itself)
    representative_name: str = resolved(found_representative)


@given
class RepresentationRevokeInput:
    """Which authority, and why."""

    idempotency_key: str
    id: strawberry.ID
    reason: str = strawberry.field(description="5 to 500 characters, kept in the audit under seal.")


@payload
class RepresentationRevoked:
    """Nobody acts by this authority any more."""

    representation: Representation


async def representations(context: Context, *, iin: str, reason: str) -> list[Row]:
    """The authorities over a ward by IIN, for the executive body of its region and administrators.

    The reason (5 to 500 characters) is noted before the answer is given.
    """
    return await acts.found(context, iin, reason)


async def representation_revoke(
    context: Context,
    *,
    input: RepresentationRevokeInput,  # noqa: A002
) -> RepresentationRevoked:
    """End an authority at once: open sessions and subscriptions for the ward are refused."""
    row = await acts.revoke(
        context,
        local_id(input.id, "representation", "input", "id"),
        input.reason,
        input.idempotency_key,
    )
    return RepresentationRevoked(representation=as_type(Representation, row))


@strawberry.type
class RepresentativeQueries:
    """For staff."""

    representations: list[RepresentationFound] = query(representations, cost=10)


@strawberry.type
class RepresentativeMutations:
    """For staff."""

    representation_revoke: answers("RepresentationRevokeResult", RepresentationRevoked) = mutation(  # type: ignore[valid-type]
        representation_revoke
    )
