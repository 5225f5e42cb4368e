"""A viewer's own sign-ins: what is open where, and ending it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.identity import Role
from domain.texts import text
from execution.fields import computed, record, stored
from resolvers import identity as acts
from resolvers.context import Context
from schema.errors import answers
from schema.nodes import Node, local_id
from schema.roots import given, mutation, payload

Plain = Mapping[str, Any]
strawberry.enum(Role, name="Role", description="In which role a viewer acts; a token carries exactly one.")


async def own_sessions(_record: Plain, context: Context) -> list[Row]:
    """The viewer's live sessions."""
    return await acts.own_sessions(context)


def label(row: Plain, context: Context) -> str:
    """The role in words; a representative is told apart."""
    role = "representative" if row["on_behalf"] else Role(row["role"])
    return text(f"roles.{role}", context.language)


@record("session", description="A sign-in that goes on: where it was made from, and until when it is good.")
class Session(Node):
    """Seen by its owner only."""

    started_at: datetime = stored()
    last_used_at: datetime = stored("used_at", description="When its tokens were last renewed.")
    expires_at: datetime = stored(description="Unless renewed before.")
    ends_at: datetime = stored(description="Whatever is renewed.")
    role: Role = stored(description="The role acted in.")
    region: str | None = stored()
    on_behalf: bool = stored(description="Acting as a ward's legal representative.")
    label: str = computed(label, description="The role in words.")
    certificate: str | None = stored(description="The end of the certificate's serial number.")
    device: str | None = stored(description="Browser and system, as they name themselves.")
    network: str | None = stored(description="Part of the network address it was begun from.")
    current: bool = stored("this_one", description="The session of this very request.")


@given
class SessionRevokeInput:
    """One of the viewer's own sessions."""

    idempotency_key: str
    session_id: strawberry.ID


@given
class SessionRevokeOthersInput:
    """All but the session of this request."""

    idempotency_key: str


@payload
class SessionsChanged:
    """What goes on now; tokens of what does not are refused from the next request on."""

    sessions: list[Session]


async def session_revoke(context: Context, *, input: SessionRevokeInput) -> SessionsChanged:  # noqa: A002
    """End one of one's own sessions; its subscriptions close within a second."""
    session = local_id(input.session_id, "session", "input", "sessionId")
    await acts.revoke(context, input.idempotency_key, session)
    return await _left(context)


async def session_revoke_others(context: Context, *, input: SessionRevokeOthersInput) -> SessionsChanged:  # noqa: A002
    """End all of one's own sessions but this one."""
    await acts.revoke_others(context, input.idempotency_key)
    return await _left(context)


async def _left(context: Context) -> SessionsChanged:
    return SessionsChanged(sessions=await acts.own_sessions(context))  # type: ignore[arg-type]  # rows are records


@strawberry.type
class SessionMutations:
    """Ending sessions from elsewhere."""

    session_revoke: answers("SessionRevokeResult", SessionsChanged) = mutation(session_revoke)  # type: ignore[valid-type]
    session_revoke_others: answers("SessionRevokeOthersResult", SessionsChanged) = mutation(  # type: ignore[valid-type]
        session_revoke_others
    )
