"""Evidence of signatures: how long it is kept, and whether it still holds (requirement D2)."""

from datetime import datetime

from auth.policy import require_visible
from documents import evidence, nodes
from documents.base import Id, Row
from documents.reference import reference_value
from domain.errors import NotFound
from domain.evidence import CONTENT_CHANGED, EvidencePurpose, Recheck
from domain.measures import add_months, end_of_day
from domain.orders.rules import local_day
from domain.signatures import Purpose, SignatureRefused
from resolvers.context import Context

RETENTION = "evidence_retention"
_READ = {"order": "Order.read"}
"""Who may see the record may check its evidence."""


async def verify(ctx: Context, evidence_id: Id) -> Recheck:
    """Check a signature again, offline, as of the instant it was first verified at.

    NotFound unless the viewer may see the record it belongs to. A change of any stored byte gives a Recheck
    that does not hold.
    """
    row = await visible(ctx, evidence_id)
    as_of: datetime = row["verified_at"]
    try:
        opened = await evidence.open_evidence(row)
        await ctx.services.signatures.recheck(
            opened.cms, opened.content, Purpose.document, opened.material, as_of
        )
    except SignatureRefused as refused:
        return Recheck(refused.code, as_of, row["content_sha256"])
    except ValueError:
        return Recheck(CONTENT_CHANGED, as_of, row["content_sha256"])
    return Recheck(None, as_of, row["content_sha256"])


async def visible(ctx: Context, evidence_id: Id) -> Row:
    """The evidence record, if the viewer may see what it belongs to; NotFound otherwise."""
    row = await evidence.get(evidence_id)
    act = _READ.get(row["subject_kind"]) if row else None
    if row is None or act is None:
        raise NotFound(("id",))
    require_visible(ctx.viewer, act, await nodes.load(row["subject_kind"], row["subject"]), "id")
    return row


async def retention_until(purpose: EvidencePurpose, now: datetime) -> datetime | None:
    """When evidence may be destroyed: reference data, months from today; None = no term is set."""
    rule = await reference_value(RETENTION, purpose.value, local_day(now))
    if rule is None:
        return None
    return end_of_day(add_months(local_day(now), int(rule["value"])))
