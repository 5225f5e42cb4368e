"""What somebody did or read, written in the transaction that did it; the sealer links it afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from documents.base import Id, Record, insert, new_id
from documents.encryption import PORTAL, Sealed, seal_lasting
from domain.audit import Actor

NAME = "audit_intents"
Detail = str | int | bool | None


class AuditIntent(Record):
    """One act or one reading of personal data; never personal data itself, but for the sealed reason."""

    act: str
    role: str
    actor: str | None
    on_behalf_of: str | None
    session: str | None
    subject_kind: str | None
    subject: Id | None
    at: datetime
    reason: Sealed | None
    details: dict[str, Any]

    class Settings(Record.Settings):
        """Written by everybody, read by the sealer."""

        name = NAME
        audited: ClassVar = False  # it is the audit


async def intend(
    act: str,
    *,
    by: Actor,
    at: datetime,
    subject: tuple[str, Id] | None = None,
    reason: str | None = None,
    person: Id | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Write down an act in the transaction under way, or a reading before its answer is given.

    `act` is a row of the policy table or a name of that form; `subject` the kind and identifier of what it is
    about. `details` are flat and without personal data; `reason` is free text and therefore sealed, under the
    key of `person` where the act is about one, so that erasure reaches it.
    """
    row = new_id()
    sealed = None if reason is None else await seal_lasting(person or PORTAL, "audit.reason", row, reason)
    kind, identifier = subject or (None, None)
    intent = AuditIntent(
        _id=row,
        act=act,
        role=by.role,
        actor=by.subject,
        on_behalf_of=by.on_behalf_of,
        session=by.session,
        subject_kind=kind,
        subject=identifier,
        at=at,
        reason=sealed,
        details=dict(details or {}),
    )
    await insert(intent)
