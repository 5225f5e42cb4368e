"""May they: one table from act to the roles and the relation to the object that it asks for.

An act that is missing here is nobody's: `require` refuses it, and the start fails for a root field
without a row.
"""

from collections.abc import Mapping

from auth.relations import (
    Among,
    Anything,
    Both,
    Given,
    InAudience,
    InRegion,
    Owns,
    OwnSession,
    Record,
    Relation,
    WithScope,
)
from auth.viewer import Viewer
from domain.errors import AccessDenied, NotFound
from domain.identity import Role
from domain.orders.lifecycle import OrderStatus
from domain.systems import Scope

anything = Anything()
own_participant, own_supplier, itself = Owns("participant"), Owns("supplier"), Owns("_id")
own_region = InRegion()
accepted = Among(
    "status",
    frozenset({OrderStatus.accepted.value, OrderStatus.in_fulfilment.value, OrderStatus.handed_over.value}),
)
"""An order that is being fulfilled: its supplier has to reach the person."""
nobodys = Among("supplier", frozenset({None}))
"""A job that an administrator asked for."""
in_audience = InAudience()
"""A file that a published listing shows is everybody's, any other its supplier's."""
for_moderators = Among("moderators", frozenset({True}))
"""A file on a published listing, or on a card that has an unsettled review."""
registered = Given("registered_at")
"""What the gateway said of a supplier is public once it registered here, and not before."""

ANYONE = frozenset(Role)
PEOPLE = ANYONE - {Role.system}
SIGNED_IN = PEOPLE - {Role.anonymous}

NOBODY: Mapping[Role, Relation] = {}
Rule = Mapping[Role, Relation]


def _roles(roles: frozenset[Role], relation: Relation = anything) -> Rule:
    return dict.fromkeys(roles, relation)


_PUBLIC = {**_roles(PEOPLE), Role.system: WithScope(Scope.catalogue_read)}
"""What every visitor reads, and every system that was given the catalogue."""

_MODERATORS = _roles(frozenset({Role.administrator, Role.authorised_body}))
"""Who looks at cards before they are shown: the authorised body, and whoever runs the portal for it."""


RULES: dict[str, Rule] = {
    # reading
    "Query.listings": _PUBLIC,
    "Query.listingComparison": _PUBLIC,
    "Query.listingSuggestions": _PUBLIC,
    "Query.categories": _PUBLIC,
    "Query.suppliers": _PUBLIC,
    "Query.regions": _PUBLIC,
    "Query.node": _roles(ANYONE),
    "Query.viewer": _roles(ANYONE),
    "Query.serviceStatus": _roles(ANYONE),
    "Query.signInRequirements": _roles(PEOPLE),
    "Query.verifyEvidence": _roles(SIGNED_IN),
    # whom something is about: with a reason that is kept
    "Query.participantLookup": {Role.contact_centre: anything},
    "Query.participantOf": {Role.executive_body: own_region},
    # signing in
    "Mutation.signInBegin": _roles(PEOPLE),
    "Mutation.signInComplete": _roles(PEOPLE),
    "Mutation.signInRefresh": _roles(PEOPLE),
    "Mutation.signInActAs": _roles(SIGNED_IN),
    "Mutation.signInStaff": _roles(PEOPLE),
    "Mutation.signOut": _roles(SIGNED_IN),
    "Mutation.sessionRevoke": _roles(SIGNED_IN, OwnSession()),
    "Mutation.sessionRevokeOthers": _roles(SIGNED_IN, OwnSession()),
    "Session.read": _roles(SIGNED_IN, OwnSession()),
    # a supplier's listings
    "Mutation.listingCreate": {Role.supplier: anything},
    "Mutation.listingEdit": {Role.supplier: own_supplier},
    "Mutation.listingRestore": {Role.supplier: own_supplier},
    "Mutation.listingPublish": {Role.supplier: own_supplier},
    "Mutation.listingWithdraw": {Role.supplier: own_supplier},
    "Mutation.capacitySet": {Role.supplier: own_supplier},
    "Mutation.listingSchedule": {Role.supplier: own_supplier},
    "Mutation.listingPersonErase": {Role.supplier: own_supplier},
    # moderation of listings (docs/adr/0019)
    "Query.moderationQueue": _MODERATORS,
    "Mutation.listingApprove": _MODERATORS,
    "Mutation.listingReturn": _MODERATORS,
    "Mutation.listingAppeal": {Role.supplier: own_supplier},
    "Mutation.fileTicket": {Role.supplier: anything},
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
    # a participant's contacts, and who may act for whom
    "Mutation.participantPhoneChange": {Role.participant: own_participant},
    "Mutation.participantPhoneConfirm": {Role.participant: own_participant},
    "Mutation.participantEmailChange": {Role.participant: own_participant},
    "Mutation.participantEmailConfirm": {Role.participant: own_participant},
    "Query.representations": {Role.executive_body: own_region, Role.administrator: anything},
    "Mutation.representationRevoke": {Role.executive_body: own_region, Role.administrator: anything},
    "Mutation.staffDeactivate": {Role.administrator: anything},
    "Mutation.participantErase": {Role.administrator: anything},
    "Query.systemClients": {Role.administrator: anything},
    "Mutation.systemClientRegister": {Role.administrator: anything},
    "Mutation.systemClientDisable": {Role.administrator: anything},
    # definitions of categories
    "Mutation.categoryChange": {Role.administrator: anything},
    # tables of listings
    "Mutation.listingsImport": {Role.supplier: anything},
    "Mutation.listingsExport": {Role.supplier: anything},
    # long work
    "Mutation.jobCancel": {Role.supplier: own_supplier, Role.administrator: nobodys},
    # the sealed audit
    "Query.auditEntries": {Role.administrator: anything},
    "Query.auditHead": {Role.administrator: anything, Role.authorised_body: anything},
    # live
    "Subscription.participantFeed": {Role.participant: own_participant},
    "Subscription.supplierFeed": {Role.supplier: own_supplier},
    "Subscription.regionFeed": {Role.executive_body: own_region},
    "Subscription.administrationFeed": {Role.administrator: anything},
    # records, wherever they are reached: node, edges, lists, counts, feeds, repeated mutations
    "Listing.read": _PUBLIC,
    "Category.read": _PUBLIC,
    "Supplier.read": {role: Both(relation, registered) for role, relation in _PUBLIC.items()},
    "ListingDraft.read": {Role.supplier: own_supplier},
    "ImportFile.read": {Role.supplier: own_supplier},
    "Job.read": {Role.supplier: own_supplier, Role.administrator: nobodys},
    "ListingReview.read": {Role.supplier: own_supplier, **_MODERATORS},
    "FileTicket.read": {Role.supplier: own_supplier},
    "File.read": {
        **{role: Both(relation, in_audience) for role, relation in _PUBLIC.items()},
        **dict.fromkeys(_MODERATORS, for_moderators),
    },
    "Measure.read": {Role.participant: own_participant, Role.executive_body: own_region},
    "Order.read": {
        Role.participant: own_participant,
        Role.supplier: own_supplier,
        Role.executive_body: own_region,
    },
    "OrderApplication.read": {Role.participant: own_participant},
    "NoticeTask.read": {Role.executive_body: own_region},
    "Participant.read": {Role.participant: itself},
    "Representation.read": {
        Role.participant: Owns("ward"),
        Role.executive_body: own_region,
        Role.administrator: anything,
    },
    "Representation.held": {Role.participant: Owns("representative")},
    "SystemClient.read": {Role.administrator: anything},
    "Erasure.read": {Role.administrator: anything},
    "StaffMember.read": {Role.administrator: anything},
    "Evidence.read": NOBODY,  # checked through the record that it belongs to
    # fields that not everybody reads who reads the record
    "Order.act": {Role.participant: own_participant, Role.supplier: own_supplier},
    "Order.recipient": {Role.participant: own_participant, Role.supplier: Both(own_supplier, accepted)},
    "Supplier.cabinet": {Role.supplier: itself},
}


def relation_of(viewer: Viewer, act: str) -> Relation | None:
    """What the table asks of this viewer's role for an act; None when it is not the role's."""
    return RULES.get(act, NOBODY).get(viewer.role)


def allows(viewer: Viewer, act: str, record: Record | None = None) -> bool:
    """Whether the viewer may do the act; without a record, whether with any record at all."""
    relation = relation_of(viewer, act)
    if relation is None:
        return False
    return relation.opens(viewer) if record is None else relation.holds(viewer, record)


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
