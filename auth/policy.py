"""May they: one table from act to the roles and the relation to the object that it asks for.

An act that is missing here is nobody's: `require` refuses it, and the start fails for a root field
without a row.
"""

from collections.abc import Callable, Mapping
from typing import Any

from auth.viewer import Viewer
from domain.errors import AccessDenied, NotFound
from domain.identity import STAFF, Role

Record = Mapping[str, Any]
Relation = Callable[[Viewer, Record], bool]


def anything(_viewer: Viewer, _record: Record) -> bool:
    """No relation is asked for."""
    return True


def own_participant(viewer: Viewer, record: Record) -> bool:
    """The record belongs to the participant acted as."""
    return viewer.subject is not None and record.get("participant") == viewer.subject


def own_supplier(viewer: Viewer, record: Record) -> bool:
    """The record belongs to the supplier acted as."""
    return viewer.subject is not None and record.get("supplier") == viewer.subject


def own_region(viewer: Viewer, record: Record) -> bool:
    """The record lies in the executive body's region."""
    return viewer.region is not None and record.get("region") == viewer.region


ANYONE = frozenset(Role)
SIGNED_IN = ANYONE - {Role.anonymous}

Rule = Mapping[Role, Relation]


def _roles(roles: frozenset[Role], relation: Relation = anything) -> Rule:
    return dict.fromkeys(roles, relation)


RULES: dict[str, Rule] = {
    # reading
    "Query.listings": _roles(ANYONE),
    "Query.categories": _roles(ANYONE),
    "Query.regions": _roles(ANYONE),
    "Query.node": _roles(ANYONE),
    "Query.viewer": _roles(ANYONE),
    "Query.serviceStatus": _roles(ANYONE),
    "Query.signInRequirements": _roles(ANYONE),
    "Query.verifyEvidence": _roles(SIGNED_IN),
    # signing in
    "Mutation.signInBegin": _roles(ANYONE),
    "Mutation.signInComplete": _roles(ANYONE),
    "Mutation.signInRefresh": _roles(ANYONE),
    "Mutation.signInActAs": _roles(SIGNED_IN),
    "Mutation.signOut": _roles(SIGNED_IN),
    # a supplier's listings
    "Mutation.listingCreate": {Role.supplier: anything},
    "Mutation.listingEdit": {Role.supplier: own_supplier},
    "Mutation.listingPublish": {Role.supplier: own_supplier},
    "Mutation.listingWithdraw": {Role.supplier: own_supplier},
    # a participant's measures and orders
    "Mutation.measureActivateChoice": {Role.participant: own_participant},
    "Mutation.orderPrepare": {Role.participant: own_participant},
    "Mutation.orderPlace": {Role.participant: own_participant},
    "Mutation.orderCancel": {Role.participant: own_participant},
    "Mutation.orderAccept": {Role.supplier: own_supplier},
    "Mutation.orderDecline": {Role.supplier: own_supplier},
    "Mutation.orderStart": {Role.supplier: own_supplier},
    "Mutation.orderSignAct": {Role.supplier: own_supplier, Role.participant: own_participant},
    "Mutation.orderApprove": {Role.executive_body: own_region},
    "Mutation.orderRefuse": {Role.executive_body: own_region},
    "Mutation.orderReimburse": {Role.executive_body: own_region},
    "Mutation.noticeTaskComplete": {Role.executive_body: own_region},
    # live
    "Subscription.participantFeed": {Role.participant: anything},
    "Subscription.supplierFeed": {Role.supplier: anything},
    "Subscription.regionFeed": {Role.executive_body: anything},
    # records, wherever they are reached
    "Measure.read": {Role.participant: own_participant, Role.executive_body: own_region},
    "Order.read": {
        Role.participant: own_participant,
        Role.supplier: own_supplier,
        Role.executive_body: own_region,
    },
    "ListingDraft.read": {Role.supplier: own_supplier},
    "NoticeTask.read": {Role.executive_body: own_region},
    "Participant.read": {Role.participant: lambda viewer, record: record.get("_id") == viewer.subject},
    "Supplier.cabinet": {Role.supplier: lambda viewer, record: record.get("_id") == viewer.subject},
    "Staff.read": _roles(STAFF),
}


def allows(viewer: Viewer, act: str, record: Record | None = None) -> bool:
    """Whether the viewer may do the act; without a record, whether the role could at all."""
    relation = RULES.get(act, {}).get(viewer.role)
    return relation is not None and (record is None or relation(viewer, record))


def require(viewer: Viewer, act: str, record: Record | None = None) -> None:
    """Refuse an act that the table does not allow: `SIGN_IN_REQUIRED` to visitors, else `ACCESS_DENIED`."""
    if allows(viewer, act, record):
        return
    raise AccessDenied("SIGN_IN_REQUIRED" if viewer.role is Role.anonymous else "ACCESS_DENIED")


def require_visible(viewer: Viewer, act: str, record: Record | None, *path: str | int) -> Record:
    """The record if the viewer may know of it; NotFound else, so that existence is not given away."""
    if record is None or not allows(viewer, act, record):
        raise NotFound(path)
    return record
