"""Everybody and everything of one family and its supplier, and strangers of every role around them.

What can be reached is taken from the served schema: a kind, an edge, a field of Query or Viewer or an
identifier in an input that is not classified here fails tests/api/test_reach.py until somebody has thought
about it.
"""

from dataclasses import dataclass, field

from bson import ObjectId

from tests.api.client import Client
from tests.api.generated import Served, named, served
from tests.api.people import Someone
from tests.api.pictures import picture
from tests.api.portal import CATEGORY, Portal, card, global_id, local, of_draft
from tests.api.roles import system
from tests.api.tables import upload

REGION = "75"
"""Where everything of the stage lies: the executive body of Astana is a stranger there."""

PUBLIC = {"Listing", "Category", "Supplier"}
OWNED = {
    "ListingDraft",
    "ListingReview",
    "File",
    "Job",
    "Measure",
    "Order",
    "OrderApplication",
    "NoticeTask",
    "Participant",
    "Representation",
    "Session",
}
NOBODYS = {"FileTicket", "StaffMember", "Evidence", "SystemClient", "Erasure", "ImportFile"}
"""Kinds that have an identifier but are read in no node."""
ALSO_SEES = {
    ("Representation", "administrator"),
    ("ListingReview", "administrator"),
    ("ListingReview", "authorised_body"),
}

EDGES = {
    # public records
    "Listing.category": "public",
    "CategoryChanged.category": "public",
    "Listing.supplier": "public",
    "ListingConnection.nodes": "public",
    "ListingComparison.listings": "public",
    "SupplierConnection.nodes": "public",
    "SupplierEdge.node": "public",
    "ListingEdge.node": "public",
    "ListingDraft.published": "public",
    "ListingReview.category": "public",
    "ListingReview.supplier": "public",
    "ListingPreview.category": "public",
    "ListingPreview.supplier": "public",
    "Order.supplier": "public",
    "SupplierCabinet.supplier": "public",
    # asked record by record
    "StatusChange.node": "asked",
    "NoticeTask.measure": "asked",
    "Order.measure": "asked",
    "ListingDraft.review": "asked",
    "ListingDraft.reviews": "asked",
    "ListingDocument.file": "asked",
    # lists that the filter of the viewer bounds
    "ListingReviewConnection.nodes": "filtered",
    "ListingReviewEdge.node": "filtered",
    "ListingDraftConnection.nodes": "filtered",
    "JobConnection.nodes": "filtered",
    "MeasureConnection.nodes": "filtered",
    "OrderConnection.nodes": "filtered",
    "NoticeTaskConnection.nodes": "filtered",
    # the viewer's own
    "Viewer.participant": "own",
    "Viewer.wards": "own",
    "Viewer.sessions": "own",
    "Participant.representatives": "own",
    # what somebody with a reason found, written down
    "RepresentationFound.representation": "noted",
    # what the viewer's own act left behind
    "ListingCreated.draft": "act",
    "ListingEdited.draft": "act",
    "ListingRestored.draft": "act",
    "ListingPublished.draft": "act",
    "ListingScheduled.draft": "act",
    "ListingPersonErased.draft": "act",
    "ListingReviewed.review": "act",
    "ListingWithdrawn.draft": "act",
    "JobCancelled.job": "act",
    "CategoryChanged.job": "act",
    "ImportBegun.job": "act",
    "ExportBegun.job": "act",
    "CapacitySet.draft": "act",
    "MeasureChoiceActivated.measure": "act",
    "NoticeTaskCompleted.task": "act",
    "OrderPrepared.application": "act",
    "OrderPlaced.order": "act",
    "OrderChanged.order": "act",
    "ContactCodeSent.participant": "act",
    "ContactConfirmed.participant": "act",
    "RepresentationRevoked.representation": "act",
    "SessionsChanged.sessions": "act",
}
"""Field → how it keeps to what the viewer may know of; each way is walked below."""

QUERIES = {
    "listings": "public",
    "listingComparison": "public",
    "listingSuggestions": "public",
    "suppliers": "public",
    "categories": "public",
    "regions": "public",
    "serviceStatus": "public",
    "signInRequirements": "public",
    "node": "asked",
    "viewer": "own",
    "verifyEvidence": "asked",
    "participantLookup": "noted",
    "participantOf": "noted",
    "representations": "noted",
    "systemClients": "administrator's",
    "moderationQueue": "administrator's",
    "auditEntries": "administrator's",
    "auditHead": "administrator's",
}
VIEWER = {
    "role", "region", "onBehalf", "participant", "supplier", "wards", "sessions", "drafts", "jobs", "measures", "orders", "noticeTasks",
}  # fmt: skip
COUNTS = {
    "Job.faultCount",
    "ListingConnection.totalCount",
    "ListingFacetOption.count",
    "ListingFacetRange.count",
    "StatusCount.count",
    "AuditedWrite.count",
}
PEOPLE = {"Order.recipient", "ParticipantFound.person", "Query.participantOf"}
"""Fields that show somebody else in brief."""
IDENTIFIERS = {
    "jobId": "Job",
    "fileId": "ImportFile",
    "orderId": "Order",
    "measureId": "Measure",
    "applicationId": "OrderApplication",
    "taskId": "NoticeTask",
    "listingId": "ListingDraft",
    "reviewId": "ListingReview",
    "id": "Representation",
    "sessionId": "Session",
}
"""Identifier in an input → the kind of record it names."""
UNTRIED = {"challengeId", "staffId", "clientId"}
"""Identifiers that name nobody's record: spent by answering, or for administrators alone."""


@dataclass
class Stage:
    """A and everything of A's; everybody who has nothing to do with A."""

    schema: Served
    person: Someone
    own: Client
    supplier: Client
    records: dict[str, str]
    evidence: str
    strangers: dict[str, Client] = field(default_factory=dict)

    @property
    def secrets(self) -> set[str]:
        """What must stand in no answer to a stranger."""
        owned = {local(self.records[kind]) for kind in OWNED} | {self.records[kind] for kind in OWNED}
        return owned | {self.person.iin, self.person.surname, "улица Закрытая", "Закрытое замечание"}


async def guardian(portal: Portal) -> tuple[Client, str]:
    """A representative acting for a ward of another family, and the ward's authority."""
    ward, acting = await portal.person(), await portal.person()
    return await acts_for(portal, acting, ward), ward.iin


async def acts_for(portal: Portal, acting: Someone, ward: Someone) -> Client:
    """A representative's client in the capacity for the ward."""
    authority = {"authority": "guardian", "basis": "Постановление", "valid_from": "2024-01-01T00:00:00Z"}
    answer = await portal.gateway("authority", authority | {"representative": acting.iin, "ward": ward.iin})
    assert answer.status_code == 200, answer.text
    own = await portal.sign_in(acting.iin, acting.identity)
    place = next(one["index"] for one in own.signed_in["capacities"] if one["onBehalf"])
    given = {"refreshToken": own.signed_in["refreshToken"], "capacity": place}
    return Client(portal.http, (await own.done("signInActAs", **given))["accessToken"])


async def everybody_else(portal: Portal) -> dict[str, Client]:
    """One of each role who has nothing to do with A."""
    staff = ("executive_body", "contact_centre", "administrator", "authorised_body")
    return {
        "anonymous": portal.visitor(),
        "participant": (await portal.participant())[1],
        "guardian": (await guardian(portal))[0],
        "supplier": (await portal.supplier())[1],
        **{role: await portal.employee(role) for role in staff},
        "system": await system(portal, {"catalogue:read"}),
    }


async def settled_job(portal: Portal, draft: str) -> ObjectId:
    """A job of a draft's supplier."""
    found = await portal.database["listing_drafts"].find_one({"_id": ObjectId(local(draft))}) or {}
    job = {
        "work": "none", "supplier": found["supplier"], "role": "supplier", "subject": None, "asked": {},
        "status": "done", "place": None, "total": 0, "done": 0, "refused": 0, "faults": 0, "attempts": 1, "result": {},
        "error": None, "created_at": found["created_at"], "changed_at": found["created_at"], "finished_at": found["created_at"],
    }  # fmt: skip
    await portal.server.write_behind("jobs", identifier := ObjectId(), {"$set": job})
    return identifier


async def staged(portal: Portal) -> Stage:
    """One of each kind of record, all A's or A's supplier's."""
    _, supplier = await portal.supplier()
    address = {"region": REGION, "text": "Алматы, улица Закрытая, 1"}
    person, own = await portal.participant(address=address)
    await acts_for(portal, await portal.person(), person)
    draft = await portal.published(supplier, regions=[REGION])
    taken, free = [await portal.measure(person, region=REGION) for _ in range(2)]
    order = (await portal.order(person, own, draft, taken))["id"]
    review = await reviewed(portal, supplier)
    prepared = await own.done("orderPrepare", measureId=free, listingId=of_draft(draft))
    rows = {
        "NoticeTask": await portal.database["notice_tasks"].find_one({"region": REGION}, sort=[("_id", -1)]),
        "Participant": await portal.database["participants"].find_one({}, sort=[("created_at", -1)]),
        "Representation": await portal.database["representations"].find_one({}, sort=[("_id", -1)]),
        "Evidence": await portal.database["evidence"].find_one({}, sort=[("_id", -1)]),
    }
    found = {name: global_id(name, row["_id"]) for name, row in rows.items() if row}
    found["Participant"] = (await own.read("{ viewer { participant { id } } }"))["viewer"]["participant"][
        "id"
    ]
    shown = await own.read("{ viewer { participant { representatives { id } } } }")
    found["Representation"] = shown["viewer"]["participant"]["representatives"][0]["id"]
    records = found | {
        "ListingDraft": draft, "ListingReview": review, "Measure": free, "Order": order, "OrderApplication": prepared["application"]["id"],
        "File": await portal.uploaded(supplier, picture()),
    }  # fmt: skip
    records["Job"] = (await supplier.done("listingsExport", category=CATEGORY, format="CSV"))["job"]["id"]
    records["ImportFile"] = (await upload(supplier, b"key;title_ru\n")).json()["fileId"]
    records["FileTicket"] = global_id("FileTicket", local(records["File"]))
    records["Session"] = global_id("Session", own.signed_in["refreshToken"].partition(".")[0])
    portal.staff_since.clear()
    strangers = await everybody_else(portal)
    member = await portal.database["staff"].find_one({"active": True}) or {}
    records["StaffMember"] = global_id("StaffMember", member["_id"])
    gone = await portal.person()
    await strangers["administrator"].done("participantErase", iin=gone.iin, reason="заявление № 7")
    erasure = await portal.database["erasures"].find_one({}, sort=[("_id", -1)]) or {}
    records["Erasure"] = global_id("Erasure", erasure["_id"])
    schema = await served(portal.visitor())
    return Stage(schema, person, own, supplier, records, found["Evidence"], strangers)


async def reviewed(portal: Portal, supplier: Client) -> str:
    """A review of another card of the supplier's, returned with a remark; its identifier."""
    query = "query($id: ID!) { node(id: $id) { ... on ListingDraft { review { id } } } }"
    made = (await supplier.done("listingCreate", category=CATEGORY, card=card("Закрытая проверка")))["draft"]
    async with portal.moderated():
        await supplier.done("listingPublish", listingId=made["id"], expectedVersion=1)
    review = str((await supplier.read(query, id=made["id"]))["node"]["review"]["id"])
    remarks = [{"path": ["price"], "text": "Закрытое замечание"}]
    moderator = await portal.employee("administrator")
    await moderator.done("listingReturn", reviewId=review, expectedVersion=1, remarks=remarks)
    return review


def selection(schema: Served, type_: str, depth: int, seen: tuple[str, ...] = ()) -> str:
    """Everything of a type that needs no argument, so many levels down."""
    found = schema.types[type_]
    if found["kind"] in {"SCALAR", "ENUM"}:
        return ""
    if found["kind"] in {"UNION", "INTERFACE"} or depth == 0 or type_ in seen:
        return " { __typename }"
    parts = [
        f"{one['name']}{selection(schema, named(one['type']), depth - 1, (*seen, type_))}"
        for one in found["fields"]
        if not any(
            each["type"]["kind"] == "NON_NULL" and each["defaultValue"] is None for each in one["args"]
        )
    ]
    return f" {{ {' '.join(parts)} }}"
