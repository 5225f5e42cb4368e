"""Wrong input of every kind through the API: a typed error in the reader's language, and nothing stored."""

import json
from typing import Any

import pytest

from domain.texts import Language, catalogue
from tests.api.client import ACTS, Client, document, input_type, key
from tests.api.portal import ANSWERS, CATEGORY, Portal, card, global_id

ZERO = "0" * 24
LONG = "ж" * 100_000


@pytest.fixture(scope="module")
async def supplier(portal: Portal) -> Client:
    """One supplier for everything that is refused anyway."""
    return (await portal.supplier())[1]


def answering(**answer: Any) -> dict[str, Any]:
    """A card with one answer replaced or added."""
    others = [one for one in ANSWERS if one["code"] != answer["code"]]
    return card(characteristics=[*others, answer])


async def refusal(portal: Portal, client: Client, name: str, **given: Any) -> Any:
    """The typed error of an act in three languages; none of them stores anything."""
    before = await portal.counts()
    answers = [await client.speaking(language).act(name, **given) for language in ("kk", "ru", "en")]
    assert await portal.counts() == before
    assert len({(one["__typename"], one["code"], tuple(one["path"])) for one in answers}) == 1
    assert len({one["message"] for one in answers}) == 3
    assert "INTERNAL" not in {one["code"] for one in answers}
    return answers[2]


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        (answering(code="wings", number="2"), "UNKNOWN_CHARACTERISTIC", ["characteristics", "6"]),
        (answering(code="$where", text="1"), "UNKNOWN_CHARACTERISTIC", ["characteristics", "6"]),
        (answering(code="seat.width", number="2"), "UNKNOWN_CHARACTERISTIC", ["characteristics", "6"]),
        (answering(code="", number="2"), "UNKNOWN_CHARACTERISTIC", ["characteristics", "6"]),
        (answering(code=LONG[:900], number="2"), "UNKNOWN_CHARACTERISTIC", ["characteristics", "6"]),
        (answering(code="seat_width", number="219"), "OUT_OF_RANGE", ["characteristics", "seat_width"]),
        (answering(code="seat_width", number="701"), "OUT_OF_RANGE", ["characteristics", "seat_width"]),
        (answering(code="seat_width", number="-1e9"), "OUT_OF_RANGE", ["characteristics", "seat_width"]),
        (answering(code="seat_width", number="1e400"), "OUT_OF_RANGE", ["characteristics", "seat_width"]),
        (
            answering(code="seat_width", number="450", unit="kg"),
            "WRONG_UNIT",
            ["characteristics", "seat_width"],
        ),
        (
            answering(code="seat_width", number="450", unit=""),
            "WRONG_UNIT",
            ["characteristics", "seat_width"],
        ),
        (answering(code="seat_width", text="450"), "WRONG_TYPE", ["characteristics", "seat_width"]),
        (answering(code="seat_width", boolean=True), "WRONG_TYPE", ["characteristics", "seat_width"]),
        (answering(code="seat_width"), "WRONG_TYPE", ["characteristics", "seat_width"]),
        (answering(code="seat_width", number="1", text="1"), "WRONG_TYPE", ["characteristics", "seat_width"]),
        (
            answering(code="seat_width", number="450.5"),
            "TOO_MANY_DECIMALS",
            ["characteristics", "seat_width"],
        ),
        (answering(code="weight", number="15.55"), "TOO_MANY_DECIMALS", ["characteristics", "weight"]),
        (answering(code="weight", number="NaN"), "NOT_FINITE", ["characteristics", "weight"]),
        (answering(code="weight", number="-Infinity"), "NOT_FINITE", ["characteristics", "weight"]),
        (answering(code="weight", number="sNaN"), "NOT_FINITE", ["characteristics", "weight"]),
        (answering(code="purpose", choice="flying"), "NOT_A_CHOICE", ["characteristics", "purpose"]),
        (answering(code="purpose", choice="{$where: 1}"), "NOT_A_CHOICE", ["characteristics", "purpose"]),
        (answering(code="purpose", choice=""), "NOT_A_CHOICE", ["characteristics", "purpose"]),
        (
            answering(code="equipment", choices=["belt", "wings"]),
            "NOT_A_CHOICE",
            ["characteristics", "equipment"],
        ),
        (answering(code="folding", choice="true"), "WRONG_TYPE", ["characteristics", "folding"]),
        (answering(code="folding", number="1"), "WRONG_TYPE", ["characteristics", "folding"]),
        (
            card(characteristics=[*ANSWERS, ANSWERS[1]]),
            "DUPLICATE_CHARACTERISTIC",
            ["characteristics", "seat_width"],
        ),
        (card(title={"ru": "ж" * 201}), "TOO_LONG", ["title", "ru"]),
        (card(title={"kk": "ж" * 201}), "TOO_LONG", ["title", "kk"]),
        (card(title={"en": "ж" * 201}), "TOO_LONG", ["title", "en"]),
        (card(title={"ru": "жж"}), "TOO_SHORT", ["title", "ru"]),
        (card(title={"ru": "a\x00bc"}), "NOT_TEXT", ["title", "ru"]),
        (card(description={"ru": "ж" * 5001}), "TOO_LONG", ["description", "ru"]),
        (card(description={"kk": "ж" * 5001}), "TOO_LONG", ["description", "kk"]),
        (card(description={"en": "\x1b[31m"}), "NOT_TEXT", ["description", "en"]),
        (card(regions=["00"]), "UNKNOWN_REGION", ["regions", "0"]),
        (card(regions=["71", "$where"]), "UNKNOWN_REGION", ["regions", "1"]),
        (card(regions=["71", "71"]), "DUPLICATE_REGION", ["regions", "1"]),
        (card(regions=["71"] * 21), "TOO_MANY_REGIONS", ["regions"]),
        (card(price="0"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="-0.01"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="0.001"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="NaN"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="1." + "0" * 40 + "1"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="1e999999"), "PRICE_OUT_OF_RANGE", ["price"]),
        (card(price="9" * 60), "PRICE_OUT_OF_RANGE", ["price"]),
    ],
)
async def test_cards_that_can_not_be_meant(
    portal: Portal, supplier: Client, changed: dict[str, Any], code: str, path: list[str]
) -> None:
    """R-B4: what a card can't say is named by code and place, in each language, and nothing is stored."""
    answer = await refusal(portal, supplier, "listingCreate", category=CATEGORY, card=changed)
    assert (answer["__typename"], answer["code"]) == ("InvalidInput", code)
    assert [(issue["code"], issue["path"]) for issue in answer["issues"]] == [
        (code, ["input", "card", *path])
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": {"ru": "ж" * 200, "kk": "ж" * 200, "en": "ж" * 200}},
        {"title": {"ru": "жжж", "kk": "{$where: 'sleep(1000)'}"}},
        {"title": {"ru": "  Кресло   с пробелами  ", "kk": "«»—№ 🦽"}},
        {"description": {"ru": "ж" * 5000, "kk": "ж" * 5000, "en": "ж" * 5000}},
        {"description": {"ru": '{"$gt": ""}', "kk": "a.b.c $set"}},
        {"price": "0.01"},
        {"regions": []},
        {"characteristics": []},
    ],
)
async def test_cards_at_their_limits(supplier: Client, fields: dict[str, Any]) -> None:
    """R-B4: a field exactly at its limit is accepted, and operators inside a text are text."""
    await supplier.done("listingCreate", category=CATEGORY, card=card(**fields))


@pytest.mark.parametrize(
    "changed", [card(price="1_000"), card(price="١٢"), answering(code="weight", number="1_0")]
)
async def test_numbers_that_a_person_may_misread(
    portal: Portal, supplier: Client, changed: dict[str, Any]
) -> None:
    """R-K: underscores and digits of other scripts are no number anywhere, and nothing is stored."""
    before = await portal.counts()
    given = {"category": CATEGORY, "card": changed, "idempotencyKey": key()}
    answer = (await supplier.send(document("listingCreate"), input=given)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["VARIABLES_INVALID"]
    assert await portal.counts() == before


@pytest.mark.parametrize("category", ["", "no_such", "$ne", "a.b", "wheelchairs_manual\x00", LONG[:5000]])
async def test_categories_that_are_none(portal: Portal, supplier: Client, category: str) -> None:
    """R-B2: a card is made in a category that exists."""
    answer = await refusal(portal, supplier, "listingCreate", category=category, card=card())
    assert (answer["__typename"], answer["code"]) == ("InvalidInput", "UNKNOWN_CATEGORY")


IDS = [
    "",
    "x",
    ZERO,
    "TGlzdGluZw",
    "$where",
    "a.b",
    "é",
    "\x00",
    LONG[:5000],
    global_id("Nothing", ZERO),
    "=" * 90,
]
NAMED: dict[str, tuple[str, dict[str, Any]]] = {
    "listingEdit": ("listingId", {"expectedVersion": 1, "card": card()}),
    "listingPublish": ("listingId", {"expectedVersion": 1}),
    "listingWithdraw": ("listingId", {"expectedVersion": 1}),
    "orderAccept": ("orderId", {}),
    "orderDecline": ("orderId", {"reason": "жоқ"}),
    "orderStart": ("orderId", {}),
    "orderSignAct": ("orderId", {"cms": "AAAA"}),
    "measureActivateChoice": ("measureId", {}),
    "orderPlace": ("applicationId", {"cms": "AAAA"}),
    "orderCancel": ("orderId", {}),
    "noticeTaskComplete": ("taskId", {"result": "NOTIFIED", "method": "LETTER"}),
    "orderApprove": ("orderId", {}),
    "orderRefuse": ("orderId", {"reason": "жоқ"}),
    "orderReimburse": ("orderId", {}),
}
KINDS = {
    "listingId": "ListingDraft",
    "orderId": "Order",
    "measureId": "Measure",
    "applicationId": "OrderApplication",
}


async def actor(portal: Portal, name: str) -> Client:
    """Somebody whose role does the act."""
    if name.startswith(("listing", "orderAccept", "orderDecline", "orderStart", "orderSignAct")):
        return (await portal.supplier())[1]
    if name in {"noticeTaskComplete", "orderApprove", "orderRefuse", "orderReimburse"}:
        return await portal.employee("executive_body")
    return (await portal.participant())[1]


@pytest.mark.parametrize("name", sorted(NAMED))
async def test_identifiers_that_are_none(portal: Portal, name: str) -> None:
    """R-K: a malformed identifier is refused as one; a well-formed one of nothing is not found."""
    client = await actor(portal, name)
    field, more = NAMED[name]
    before = await portal.counts()
    for bad in IDS:
        answer = await client.act(name, **{field: bad}, **more)
        assert (answer["__typename"], answer["code"]) == ("InvalidInput", "INVALID_ID"), bad
        assert answer["path"] == ["input", field]
    absent = global_id(KINDS.get(field, "NoticeTask"), ZERO)
    answer = await client.act(name, **{field: absent}, **more)
    assert (answer["__typename"], answer["code"]) == ("NotFound", "NOT_FOUND")
    assert await portal.counts() == before


@pytest.mark.parametrize("identifier", [*IDS, global_id("Listing", ZERO), global_id("StaffMember", ZERO)])
async def test_nodes_that_are_none(portal: Portal, identifier: str) -> None:
    """R-K: the root field `node` is null for what is not there and refuses what is no identifier."""
    answer = await portal.visitor().ask("query($id: ID!) { node(id: $id) { id } }", id=identifier)
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert (answer["data"], codes) in [({"node": None}, set()), ({"node": None}, {"INVALID_ID"})]


@pytest.mark.parametrize("cms", ["", "x", "é", "AAAA", "A" * 90_001, "MIIB" * 20_000, "====", "\x00"])
async def test_signatures_that_are_none(portal: Portal, cms: str) -> None:
    """R-A2: what is no signature is refused and opens no session."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    answer = await portal.visitor().act("signInComplete", challengeId=challenge["challengeId"], cms=cms)
    assert answer["__typename"] in {"InvalidInput", "Refused"}
    assert answer["code"] in {"NOT_BASE64", "SIGNATURE_UNREADABLE", "SIGNATURE_TOO_LARGE"}


@pytest.mark.parametrize(
    "identifier",
    ["", "1", "860615300000", "8606153000001", "８６０６１５３０００００", "$where", LONG[:5000]],
)
async def test_numbers_that_are_none(portal: Portal, identifier: str) -> None:
    """R-A1: whoever enters what is no IIN or BIN gets no challenge."""
    answer = await refusal(portal, portal.visitor(), "signInBegin", identifier=identifier)
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["input", "identifier"])
    assert answer["code"] in {"INVALID_IIN", "INVALID_BIN"}


HOSTILE: list[object] = ["", "$where", "a.b", "\x00", "\u202e", LONG[:20_000], "NaN", "-1", "null"]


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"signInRefresh", "signInActAs"}))
async def test_hostile_texts_in_every_field(portal: Portal, name: str) -> None:
    """R-K: no text in any field of any mutation ends in an internal error or is stored."""
    client = await actor(portal, name)
    fields = await portal.visitor().read(
        "query($n: String!) { __type(name: $n) { inputFields { name type { kind ofType { name kind } } } } }",
        n=input_type(name),
    )
    texts = [one["name"] for one in fields["__type"]["inputFields"] if _is_text(one["type"])]
    given: dict[str, Any] = {
        "idempotencyKey": key(),
        **{field: "AAAA" for field in texts if field != "idempotencyKey"},
    }
    given |= {"expectedVersion": 1} if "expectedVersion" in str(fields) else {}
    given |= {"card": card()} if '"card"' in json.dumps(fields) else {}
    given |= {"result": "NOTIFIED", "method": "LETTER"} if name == "noticeTaskComplete" else {}
    before = await portal.counts()
    for field in texts:
        for hostile in HOSTILE:
            answer = await client.send(document(name), input=given | {field: hostile})
            assert answer.status_code == 200
            said = answer.json()
            assert "INTERNAL" not in answer.text, (field, hostile)
            assert "errors" in said or said["data"][name]["code"] in _codes(), (field, hostile)
    assert await portal.counts() == before


def _is_text(type_: Any) -> bool:
    return (type_["ofType"] or {}).get("name") in {"String", "ID"}


def _codes() -> set[str]:
    return {name.removeprefix("errors.") for name in catalogue() if name.startswith("errors.")}


async def test_messages_are_in_the_language_asked_for(portal: Portal) -> None:
    """R-K: Accept-Language chooses the language of queries' errors too; Russian when it names none."""
    query = 'query { listings(after: "x") { totalCount } }'
    said = {}
    for asked in ("kk", "ru", "en", "kk-KZ,ru;q=0.5", "de, en;q=0.1", "fr", ""):
        (error,) = await portal.visitor(asked).errors(query)
        said[asked] = error["message"]
    assert said["kk"] == said["kk-KZ,ru;q=0.5"] != said["ru"] == said["fr"] == said[""]
    assert said["en"] == said["de, en;q=0.1"]
    for language in Language:
        assert said[language] == catalogue()["errors.BAD_CURSOR"][language]
