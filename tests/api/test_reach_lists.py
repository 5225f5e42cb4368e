"""Every other way to the data of another person: lists, cursors, counts, keys, feeds, evidence, doors."""

import json

import pytest

from tests.api.client import base64_of, document, input_type, key
from tests.api.generated import NOWHERE
from tests.api.portal import Portal, card, global_id, of_draft
from tests.api.reach import Stage
from tests.api.socket import following

LISTS = ("drafts", "measures", "orders", "noticeTasks")
LIST = "query($after: String) {{ viewer {{ {0}(first: 100, after: $after) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }} }}"


async def test_by_a_list_and_a_cursor_of_another(reach: Stage) -> None:
    """R-J3: no list of a stranger holds A's records, wherever it is entered: a cursor of A's opens nothing."""
    for name in LISTS:
        owner = reach.supplier if name == "drafts" else reach.own
        found = (await owner.ask(LIST.format(name)))["data"]["viewer"][name]
        cursors = [None, found["pageInfo"]["endCursor"]] if found else [None]
        for who, client in reach.strangers.items():
            for cursor in cursors:
                answer = await client.send(LIST.format(name), after=cursor)
                assert not [one for one in reach.secrets if one in answer.text], (who, name)


async def test_by_a_filter_of_a_list(reach: Stage) -> None:
    """R-J3: no status asked for brings another's measure."""
    statuses = [one["name"] for one in reach.schema.types["MeasureStatus"]["enumValues"]]
    query = (
        "query($status: MeasureStatus) { viewer { measures(first: 100, status: $status) { nodes { id } } } }"
    )
    for who, client in reach.strangers.items():
        for status in statuses:
            answer = await client.send(query, status=status)
            assert not [one for one in reach.secrets if one in answer.text], (who, status)


async def test_by_counting(reach: Stage) -> None:
    """R-J3: what is not published counts for nobody, in the catalogue or at its supplier."""
    query = """query($id: ID!) { listings(first: 1) { totalCount }
    node(id: $id) { ... on Listing { supplier { listings(first: 1) { totalCount } } } } }"""
    shown = of_draft(reach.records["ListingDraft"])
    before = {who: await client.ask(query, id=shown) for who, client in reach.strangers.items()}
    await reach.supplier.done("listingCreate", category="wheelchairs_manual", card=card("Черновик"))
    assert {who: await client.ask(query, id=shown) for who, client in reach.strangers.items()} == before
    assert before["anonymous"]["data"]["node"]["supplier"]["listings"]["totalCount"] == 1


async def test_by_repeating_a_key(reach: Stage) -> None:
    """R-J3: the idempotency key of another gives nothing of theirs: keys belong to whoever used them."""
    own = key()
    wanted = {
        "measureId": reach.records["Measure"],
        "listingId": of_draft(reach.records["ListingDraft"]),
        "quantity": 1,
    }
    asked = {"idempotencyKey": own, **wanted}
    done = (await reach.own.ask(document("orderPrepare"), input=asked))["data"]["orderPrepare"]
    assert done["__typename"] == "OrderPrepared"
    for who, client in reach.strangers.items():
        answer = (await client.ask(document("orderPrepare"), input=asked))["data"]["orderPrepare"]
        assert answer["__typename"] in {"NotFound", "AccessDenied"}, (who, answer)
    made = {"idempotencyKey": own, "category": "wheelchairs_manual", "card": card("Одинаковый ключ")}
    drafts = [
        (await client.ask(document("listingCreate"), input=made))["data"]["listingCreate"]["draft"]["id"]
        for client in (reach.supplier, reach.strangers["supplier"])
    ]
    assert drafts[0] != drafts[1]
    assert input_type("listingCreate") in reach.schema.types


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("participantFeed", "participant"),
        ("participantFeed", "guardian"),
        ("supplierFeed", "supplier"),
        ("regionFeed", "executive_body"),
    ],
)
async def test_by_a_feed_from_its_beginning(portal: Portal, reach: Stage, name: str, who: str) -> None:
    """R-E4: a feed, from whatever position, is the viewer's own; nothing of A's is in it."""
    topic = {"regionFeed": "region:71"}.get(name)
    head = await portal.database["feed_topics"].find_one({"_id": topic}) if topic else None
    async with following(portal, reach.strangers[who], name, max(0, head["seq"] - 50) if head else 0) as feed:
        heard = [(await feed.item()) for _ in range(3)] if head else [await feed.ping()]
    assert not [one for one in reach.secrets if one in json.dumps(heard, ensure_ascii=False)]


async def test_by_evidence(reach: Stage) -> None:
    """R-D2: evidence of another's signature is refused exactly as evidence that never was."""
    query = "query($id: ID!) { verifyEvidence(id: $id) { holds contentSha256 } }"
    for who, client in reach.strangers.items():
        theirs = await client.errors(query, id=reach.evidence)
        assert theirs == await client.errors(query, id=global_id("Evidence", NOWHERE)), who
        assert {one["code"] for one in theirs} <= {"NOT_FOUND", "SIGN_IN_REQUIRED", "ACCESS_DENIED"}
    assert (await reach.own.read(query, id=reach.evidence))["verifyEvidence"]["holds"]


@pytest.mark.parametrize("door", ["gateway", "esobes"])
async def test_by_the_doors_of_partners(portal: Portal, reach: Stage, door: str) -> None:
    """R-A4: a person's own signature opens no partner's door, and the refusal tells nothing of A."""
    stranger = portal.someone()
    content = base64_of(json.dumps({"message_id": "x", "iin": reach.person.iin}).encode())
    cms = portal.sign(stranger.identity, content)
    answer = await portal.http.post(
        f"/partners/{door}", content=cms.encode(), headers={"Content-Type": "application/pkcs7-mime"}
    )
    assert answer.status_code in {400, 401, 403}
    assert not [one for one in reach.secrets if one in answer.text]


@pytest.mark.parametrize("path", ["/files", "/exports", "/audit", "/download", "/metrics"])
async def test_by_doors_that_are_not_there(portal: Portal, reach: Stage, path: str) -> None:
    """R-B8: files, exports and the audit are served by no door yet, whatever is named behind it."""
    for kind in ("Order", "Evidence", "Participant"):
        answer = await portal.http.get(
            f"{path}/{reach.records[kind]}", headers=reach.strangers["participant"].headers
        )
        assert answer.status_code == 404
