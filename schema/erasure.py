"""Erasing a person."""

from datetime import datetime

import strawberry

from documents.base import Id
from domain.errors import Refused
from resolvers import erasure as acts
from resolvers.context import Context
from schema.errors import answers
from schema.nodes import global_id
from schema.roots import given, mutation, payload


@given
class ParticipantEraseInput:
    """Whom, and why: the reason is kept, the person is not."""

    idempotency_key: str
    iin: str
    reason: str = strawberry.field(description="5 to 500 characters, for the audit.")


@payload
class ParticipantErased:
    """Nobody can read or find the person any more; shells of orders and measures stay."""

    erased_at: datetime


_NAMED = {"ERASURE_ORDERS_OPEN": "order", "ERASURE_MEASURES_OPEN": "measure"}


async def participant_erase(context: Context, *, input: ParticipantEraseInput) -> ParticipantErased:  # noqa: A002
    """Erase a participant for good; refused while an order, a measure or a message is under way."""
    try:
        done = await acts.erase(context, input.iin, input.reason, input.idempotency_key)
    except Refused as refused:
        raise _as_clients_see(refused) from refused
    return ParticipantErased(erased_at=done["erased_at"])


def _as_clients_see(refused: Refused) -> Refused:
    """The same refusal, with the records under the identifiers that `node` takes."""
    kind = _NAMED.get(refused.code)
    if kind is None:
        return refused
    named = [global_id(kind, Id(record)) for record in str(refused.params["records"]).split(", ")]
    return Refused(refused.code, refused.path, **{**refused.params, "records": ", ".join(named)})


@strawberry.type
class ErasureMutations:
    """What only administrators do with people."""

    participant_erase: answers("ParticipantEraseResult", ParticipantErased) = mutation(participant_erase)  # type: ignore[valid-type]
