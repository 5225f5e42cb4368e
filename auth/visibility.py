"""Which records a viewer may know of: as a filter for lists and counts, as a question for one at hand.

Both come from the one row of the policy table, so that list, count, facet, node, edge, feed and repeated
mutation agree (requirement J3).
"""

from auth.policy import allows, relation_of
from auth.relations import NOTHING, Record
from auth.viewer import Viewer
from documents.base import Row

READS = {
    "listing": "Listing.read",
    "category": "Category.read",
    "supplier": "Supplier.read",
    "listing_draft": "ListingDraft.read",
    "listing_review": "ListingReview.read",
    "file": "File.read",
    "file_ticket": "FileTicket.read",
    "participant": "Participant.read",
    "job": "Job.read",
    "import_file": "ImportFile.read",
    "measure": "Measure.read",
    "order": "Order.read",
    "order_application": "OrderApplication.read",
    "notice_task": "NoticeTask.read",
    "staff": "StaffMember.read",
    "system_client": "SystemClient.read",
    "evidence": "Evidence.read",
    "erasure": "Erasure.read",
    "representation": "Representation.read",
    "session": "Session.read",
}
"""Kind of a record → the row of the policy table that says who may know of it."""

LISTED = frozenset({"Representation.held"})
"""Rows that lists ask and nothing else: whoever reads such a record elsewhere asks the row of its kind."""


def visible(viewer: Viewer, act: str) -> Row:
    """The filter of the rows that an act of the table leaves this viewer; `NOTHING` where it leaves none."""
    relation = relation_of(viewer, act)
    return NOTHING if relation is None else relation.where(viewer)


def sees(viewer: Viewer, act: str, record: Record | None) -> bool:
    """Whether there is a record, and it is one of those that `visible` lets pass."""
    return record is not None and allows(viewer, act, record)


def may_know(viewer: Viewer, record: Record) -> bool:
    """Whether the viewer may know of a record of any kind; nobody may of a kind without a row."""
    return sees(viewer, READS.get(record["kind"], ""), record)
