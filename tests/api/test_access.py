"""Rights through the API: each mutation and each kind of record, asked by everybody who may not."""

from dataclasses import dataclass
from typing import Any

import pytest

from schema.nodes import global_id
from tests.api.client import ACTS, Client
from tests.api.portal import Portal, card, local, of_draft
from tests.api.reach import reviewed
from tests.api.tables import uploaded

OPEN = {"signInBegin", "signInComplete", "signInRefresh", "signInActAs", "signInStaff"}
OWN = {"sessionRevoke", "sessionRevokeOthers", "participantEmailChange"}
"""About the viewer's own sign-ins and contacts: see tests/api/test_reach.py and test_matrix.py."""

CHANGE: dict[str, Any] = {
    "category": "walkers",
    "expectedVersion": 1,
    "changes": [{"retire": {"characteristic": "wk-06"}}],
    "reason": "чужая рука",
}


DAYS = {"from": "2027-01-01", "to": "2027-01-02", "places": 5}


@dataclass(frozen=True, slots=True)
class Stage:
    """An order with everybody around it, and strangers of each role."""

    people: dict[str, Client]
    given: dict[str, dict[str, Any]]
    records: dict[str, str]


async def tables_of(supplier: Client) -> dict[str, dict[str, Any]]:
    """What is done with tables: a file of one's own goes into a category, listings of one's own come out."""
    given = {"category": "wheelchairs_manual", "fileId": await uploaded(supplier), "policy": "REJECT_ALL"}
    return {"listingsImport": given, "listingsExport": {"category": "wheelchairs_manual", "format": "CSV"}}


def of_listings(draft: str, review: str) -> dict[str, dict[str, Any]]:
    """What acts on a card and its review are given."""
    card_seen = {"listingId": draft, "expectedVersion": 2}
    review_seen = {"reviewId": review, "expectedVersion": 2}
    return {
        "listingEdit": card_seen | {"card": card("Чужая рука")},
        "listingRestore": card_seen | {"version": 1},
        "listingPersonErase": {"listingId": draft, "personId": "0" * 24, "reason": "чужая рука"},
        **dict.fromkeys(("listingPublish", "listingWithdraw", "listingSchedule"), card_seen),
        "listingApprove": review_seen,
        "listingReturn": review_seen | {"remarks": [{"path": ["price"], "text": "чужая рука"}]},
        "capacitySet": {"listingId": draft, "days": [DAYS]},
        "listingAppeal": review_seen | {"reason": "чужая рука"},
    }


@pytest.fixture(scope="module")
async def stage(portal: Portal) -> Stage:
    """One of each."""
    (_, supplier), (_, other_supplier) = await portal.supplier(), await portal.supplier()
    (person, participant), (_, other_participant) = await portal.participant(), await portal.participant()
    draft = await portal.published(supplier)
    measure, free = await portal.measure(person), await portal.measure(person)
    order = (await portal.order(person, participant, draft, measure))["id"]
    prepared = await participant.done("orderPrepare", measureId=free, listingId=of_draft(draft))
    application = prepared["application"]
    cms = portal.sign(person.identity, application["document"]["content"])
    orders = {name: {"orderId": order} for name in ACTS if name.startswith("order")}
    body = await portal.employee("executive_body")
    found = await body.read("{ viewer { noticeTasks(first: 100) { nodes { id measure { id } } } } }")
    tasks = [one["id"] for one in found["viewer"]["noticeTasks"]["nodes"] if one["measure"]]
    given: dict[str, dict[str, Any]] = {
        **orders,
        "categoryChange": CHANGE,
        "fileTicket": {"purpose": "PHOTO", "fileName": "a.jpg", "size": 9, "contentType": "image/jpeg"},
        "listingCreate": {"category": "wheelchairs_manual", "card": card()},
        **await tables_of(supplier),
        **of_listings(draft, await reviewed(portal, supplier)),
        "measureActivateChoice": {"measureId": free},
        "noticeTaskComplete": {"taskId": tasks[0], "result": "NOTIFIED", "method": "LETTER"},
        "orderPrepare": {"measureId": free, "listingId": of_draft(draft)},
        "orderPlace": {"applicationId": application["id"], "cms": cms},
        "orderSignAct": {"orderId": order, "cms": cms},
        "orderDecline": {"orderId": order, "reason": "чужой"},
        "orderRefuse": {"orderId": order, "reason": "чужой"},
        "participantErase": {"iin": portal.iin(), "reason": "чужая рука"},
    }
    people = {
        "anonymous": portal.visitor(),
        "participant": other_participant,
        "supplier": other_supplier,
        **{
            role: await portal.employee(role)
            for role in ("executive_body", "contact_centre", "administrator", "authorised_body")
        },
    }
    records = {"Order": order, "Measure": free, "ListingDraft": draft, "OrderApplication": application["id"]}
    return Stage(people, given, records | {"NoticeTask": tasks[0]})


OWNERS = {
    "executive_body": {"orderApprove", "orderRefuse", "orderReimburse", "noticeTaskComplete"},
    "supplier": {"fileTicket", "listingCreate", "listingsExport"},
    "administrator": {"categoryChange", "listingApprove", "listingReturn"},
    "authorised_body": {"listingApprove", "listingReturn"},
}
"""What a role may try here: the executive body is that of the region, a file and a card of one's own are one's own."""


@pytest.mark.parametrize("name", sorted(set(ACTS) - OPEN - OWN))
async def test_an_act_by_everybody_who_may_not(portal: Portal, stage: Stage, name: str) -> None:
    """R-J3: each mutation asked by each other role and by another owner is refused, and nothing changes."""
    before = await _everything(portal)
    for role, client in stage.people.items():
        if name in OWNERS.get(role, ()):
            continue
        answer = await client.act(name, **stage.given[name])
        expected = {
            "anonymous": {("AccessDenied", "SIGN_IN_REQUIRED")},
        }.get(role, {("AccessDenied", "ACCESS_DENIED"), ("NotFound", "NOT_FOUND")})
        assert (answer["__typename"], answer["code"]) in expected, (role, answer)
    assert await _everything(portal) == before


async def _everything(portal: Portal) -> list[Any]:
    """The business records that these acts could touch, whole."""
    names = ("orders", "applications", "measures", "listing_drafts", "listings", "notice_tasks", "evidence")
    counts = await portal.counts()
    found = [await portal.database[name].find({}).sort("_id", -1).to_list(50) for name in names]
    return [counts, [[(row["_id"], row.get("version"), row.get("status")) for row in rows] for rows in found]]


@pytest.mark.parametrize("kind", ["Order", "Measure", "ListingDraft", "OrderApplication"])
async def test_a_record_of_somebody_else(portal: Portal, stage: Stage, kind: str) -> None:
    """R-J3: whoever may not see a record is told that there is none, over `node` as anywhere."""
    for role, client in stage.people.items():
        if role == "executive_body" and kind in {"Order", "Measure"}:
            continue
        found = await client.read("query($id: ID!) { node(id: $id) { id } }", id=stage.records[kind])
        assert found == {"node": None}, role


async def test_a_person_in_clear_is_nobody_elses(portal: Portal, stage: Stage) -> None:
    """R-J1: no other viewer reads a participant's record, whatever the role."""
    person, client = await portal.participant()
    own = (await client.read("{ viewer { participant { id iin } } }"))["viewer"]["participant"]
    assert own["iin"] == person.iin
    for other in stage.people.values():
        query = "query($id: ID!) { node(id: $id) { ... on Participant { iin name { surname } } } }"
        assert await other.read(query, id=own["id"]) == {"node": None}


async def test_evidence_of_somebody_else(portal: Portal, stage: Stage) -> None:
    """R-D2: evidence is checked by those who may see the order, and by nobody else."""
    row = await portal.database["evidence"].find_one({"subject_kind": "order"}, sort=[("_id", -1)])
    assert row is not None
    query = "query($id: ID!) { verifyEvidence(id: $id) { holds } }"
    codes = {}
    for role, client in stage.people.items():
        if role != "executive_body":
            (error,) = await client.errors(query, id=global_id("evidence", row["_id"]))
            codes[role] = error["code"]
    assert codes.pop("anonymous") == "SIGN_IN_REQUIRED"
    assert set(codes.values()) == {"NOT_FOUND"}


async def test_anonymous_sees_no_cabinet(portal: Portal) -> None:
    """R-J3: a visitor's cabinet is empty, and its lists are refused."""
    visitor = portal.visitor()
    seen = await visitor.read("{ viewer { role participant { id } supplier { oked } } }")
    assert seen["viewer"] == {"role": "ANONYMOUS", "participant": None, "supplier": None}
    for cabinet in ("drafts", "measures", "orders", "noticeTasks"):
        errors = await visitor.errors(f"{{ viewer {{ {cabinet} {{ nodes {{ id }} }} }} }}")
        assert {error["code"] for error in errors} <= {"SIGN_IN_REQUIRED", "NOT_FOUND", "ACCESS_DENIED"}
        assert errors


async def test_an_individuals_name_needs_a_sign_in(portal: Portal) -> None:
    """R-B7: a supplier's particulars and number are never public, whoever asks."""
    organisation, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    answer = await portal.visitor().send(
        "query($id: ID!) { node(id: $id) { ... on Listing { supplier { id name { ru } region directions } } } }",
        id=of_draft(listing),
    )
    assert answer.json()["data"]["node"]["supplier"]["region"] == "71"
    fields = await portal.visitor().read('{ __type(name: "Supplier") { fields { name } } }')
    assert "identifier" not in {one["name"] for one in fields["__type"]["fields"]}
    assert local(listing)
    assert organisation.bin not in answer.text.replace(f"Проверка {organisation.bin}", "")
