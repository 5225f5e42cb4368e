"""The portal's schema: the stems joined, names as clients see them, errors as data."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from documents.base import AWAY
from domain.errors import DomainError, InvalidInput
from domain.identity import Role
from domain.rate_limits import RateLimited
from domain.texts import preferred, text
from execution.documents import Rules
from execution.schema import Schema
from resolvers.context import Context
from schema.audit import AuditQueries
from schema.categories import CategoryMutations, CategoryQueries
from schema.erasure import ErasureMutations
from schema.errors import described
from schema.feeds import FeedResync, FeedSubscriptions, StatusChange
from schema.files import File, FileMutations
from schema.identity import IdentityMutations, IdentityQueries, SessionMutations
from schema.imports import ImportMutations
from schema.jobs import Job, JobMutations
from schema.listings import (
    ComparisonQueries,
    Listing,
    ListingDraft,
    ListingMutations,
    ListingQueries,
    ListingReview,
    ModerationMutations,
    ModerationQueries,
    SuggestionQueries,
)
from schema.listings.capacity import CapacityMutations
from schema.lookups import LookupQueries
from schema.measures import Measure, MeasureMutations, NoticeTask
from schema.naming import PortalNames
from schema.orders import Order, OrderApplication, OrderMutations, OrderQueries
from schema.participants import ParticipantMutations
from schema.policies import check_policies
from schema.reference import ReferenceQueries
from schema.regions import RegionQueries
from schema.representatives import RepresentativeMutations, RepresentativeQueries
from schema.staff import StaffMutations
from schema.suppliers import SupplierQueries
from schema.systems import SystemMutations, SystemQueries
from schema.values import DECIMAL
from schema.viewer import ViewerQueries


def present(error: Exception, context: Any) -> Mapping[str, object] | None:
    """A rule's refusal as an entry of `errors`; None for anything that is not a rule."""
    if isinstance(error, AWAY):
        return {"code": "UNAVAILABLE", "message": label("UNAVAILABLE", context)}
    if not isinstance(error, DomainError) or not isinstance(context, Context):
        return None
    shown = described(error, context.language)
    if isinstance(error, InvalidInput):
        shown["issues"] = [described(issue, context.language) for issue in error.issues]
    if isinstance(error, RateLimited):
        shown["retryAfter"] = error.retry_after
    return shown


def label(code: str, context: Any) -> str:
    """The sentence of a code of the doors themselves, in the operation's language."""
    return text(f"errors.{code}", context.language if isinstance(context, Context) else preferred(None))


def message(code: str, languages: str) -> str:
    """The sentence of a code for a request that never became an operation."""
    return text(f"errors.{code}", preferred(languages))


def systems_only(context: Any) -> bool:
    """Free text is for programs that signed in as such: the portal's own pages send known documents."""
    return isinstance(context, Context) and context.viewer.role is Role.system


QUERIES = (
    AuditQueries,
    CategoryQueries,
    ComparisonQueries,
    IdentityQueries,
    ListingQueries,
    LookupQueries,
    ModerationQueries,
    OrderQueries,
    ReferenceQueries,
    RegionQueries,
    RepresentativeQueries,
    SuggestionQueries,
    SupplierQueries,
    SystemQueries,
    ViewerQueries,
)
MUTATIONS = (
    CapacityMutations,
    CategoryMutations,
    ErasureMutations,
    FileMutations,
    IdentityMutations,
    ImportMutations,
    ListingMutations,
    JobMutations,
    MeasureMutations,
    ModerationMutations,
    OrderMutations,
    ParticipantMutations,
    RepresentativeMutations,
    SessionMutations,
    StaffMutations,
    SystemMutations,
)
SHOWN = [
    FeedResync,
    StatusChange,
    File,
    Job,
    Listing,
    ListingDraft,
    ListingReview,
    Measure,
    NoticeTask,
    Order,
    OrderApplication,
]
CONFIG = StrawberryConfig(
    name_converter=PortalNames(), disable_field_suggestions=True, scalar_map={Decimal: DECIMAL}
)


def portal_schema(rules: Rules | None = None, *, compiled: bool = True) -> Schema:
    """The schema; raises when anything has no policy that is asked, or a field no declaration."""
    schema = Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS),
        subscription=merge_types("Subscription", (FeedSubscriptions,)),
        types=SHOWN,
        config=CONFIG,
        rules=rules,
        presenter=present,
        label=label,
        compiled=compiled,
    )
    check_policies(schema)
    return schema
