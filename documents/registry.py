"""Every document class of the portal; what is missing here has no collection and no index."""

from documents.base import Record
from documents.categories import CategoryVersion
from documents.idempotency import IdempotencyKey
from documents.listings import Listing, ListingDraft
from documents.identity import Challenge, GatewayRecord, Session, StaffMember
from documents.participants import Participant, Representation
from documents.reference import ReferenceRow
from documents.suppliers import Supplier

DOCUMENTS: list[type[Record]] = [
    CategoryVersion,
    Challenge,
    GatewayRecord,
    IdempotencyKey,
    Listing,
    ListingDraft,
    Participant,
    ReferenceRow,
    Representation,
    Session,
    StaffMember,
    Supplier,
]
