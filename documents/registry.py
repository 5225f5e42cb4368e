"""Every document class of the portal; what is missing here has no collection and no index."""

from documents.audit import AuditEntry, AuditHead, AuditIntent
from documents.base import Record
from documents.capacity import CapacityDay, CapacityHead, CapacityTaking
from documents.categories import CategoryVersion
from documents.consents import Consent
from documents.contact_codes import ContactCode
from documents.data_keys import DataKey
from documents.erasure import Erasure
from documents.events import Event
from documents.evidence import Evidence, RevocationCopy
from documents.feeds import FeedEntry, FeedTopic
from documents.files import ContentChunk, ContentHead, FileTicket, FileWork, LooseContent, StoredFile
from documents.gateway import GatewayRecord
from documents.idempotency import IdempotencyKey
from documents.identity import Challenge, Session
from documents.imports import ImportFile
from documents.jobs import Job, JobFault
from documents.leases import LeaseRow
from documents.listings import FacetCounts, Listing, ListingDraft, ListingReview, ListingVersion
from documents.measures import Measure, NoticeTask, PartnerMessage
from documents.orders import Application, Order, OrderTurn
from documents.outbox import OutboxHead, OutboxMessage
from documents.participants import Participant
from documents.rate_limits import LockedOut, RateLimit
from documents.reference import ReferenceRow
from documents.regions import RegionRow, RegionVersion
from documents.representations import Representation
from documents.rotation import Rotation
from documents.staff import StaffMember, StaffSignIn
from documents.suppliers import Supplier
from documents.systems import SystemClient, UsedAssertion
from documents.vocabulary import VocabularyWord

DOCUMENTS: list[type[Record]] = [
    Application,
    AuditEntry,
    AuditHead,
    AuditIntent,
    CapacityDay,
    CapacityHead,
    CapacityTaking,
    CategoryVersion,
    Challenge,
    Consent,
    ContactCode,
    ContentChunk,
    ContentHead,
    DataKey,
    Erasure,
    Event,
    Evidence,
    FacetCounts,
    FeedEntry,
    FeedTopic,
    FileTicket,
    FileWork,
    GatewayRecord,
    IdempotencyKey,
    ImportFile,
    Job,
    JobFault,
    LeaseRow,
    Listing,
    ListingDraft,
    ListingReview,
    ListingVersion,
    LockedOut,
    LooseContent,
    Measure,
    NoticeTask,
    Order,
    OrderTurn,
    OutboxHead,
    OutboxMessage,
    Participant,
    PartnerMessage,
    RateLimit,
    ReferenceRow,
    RegionRow,
    RegionVersion,
    Representation,
    RevocationCopy,
    Rotation,
    Session,
    StaffMember,
    StaffSignIn,
    StoredFile,
    Supplier,
    SystemClient,
    UsedAssertion,
    VocabularyWord,
]
