"""People on a card, its preview, what keeps it from being published, and what can be done with it."""

from typing import Any

import pytest

from tests.api.client import Client, key
from tests.api.portal import CATEGORY, Portal, card, of_draft

PEOPLE = "people { personId name role qualification { kk ru en } }"
SHOWN = f"query($id: ID!) {{ node(id: $id) {{ ... on Listing {{ {PEOPLE} }} }} }}"
DRAFT = f"""query($id: ID!) {{ node(id: $id) {{ ... on ListingDraft {{ version {PEOPLE}
obstacles {{ code path message }} allowedActions {{ action allowed reason reasonText }}
preview {{ title {{ ru }} price {{ amount currency }} regions characteristics {{ code value unit }} {PEOPLE}
category {{ code }} supplier {{ id }} version }} }} }} }}"""
PERSON = {
    "name": "Айша Серік",
    "role": "сурдопедагог",
    "qualification": {"kk": "Жоғары санат", "ru": "Высшая категория"},
}
SECRET = "Айша Серік"


async def created(client: Client, **fields: Any) -> str:
    """A new draft."""
    return str((await client.done("listingCreate", category=CATEGORY, card=card(**fields)))["draft"]["id"])


async def seen(client: Client, draft: str) -> Any:
    """The draft as its supplier sees it."""
    return (await client.read(DRAFT, id=draft))["node"]


async def test_a_name_needs_sign_in(portal: Portal) -> None:
    """R-J1: on the published card everybody sees role and qualification, and who signed in sees the name."""
    _, supplier = await portal.supplier()
    draft = await portal.published(supplier, people=[PERSON])
    (own,) = (await seen(supplier, draft))["people"]
    assert (own["name"], own["role"]) == (SECRET, "сурдопедагог")
    listing = of_draft(draft)
    (person,) = (await portal.visitor().read(SHOWN, id=listing))["node"]["people"]
    assert person == own | {"name": None}
    for client in (
        (await portal.participant())[1],
        (await portal.supplier())[1],
        await portal.employee("administrator"),
    ):
        assert (await client.read(SHOWN, id=listing))["node"]["people"] == [own]
    listed = await portal.visitor().send(
        f"{{ listings(first: 5, sort: NEWEST) {{ nodes {{ id {PEOPLE} }} }} }}"
    )
    assert listing in listed.text
    assert SECRET not in listed.text


async def test_a_name_stands_nowhere_in_clear(portal: Portal) -> None:
    """R-J1: neither draft, snapshot, history, audit nor feed holds a name that can be read without its key."""
    _, supplier = await portal.supplier()
    named = "Ұлжан Бақытқызы"
    draft = await portal.published(supplier, people=[PERSON | {"name": named}])
    await supplier.done("listingEdit", listingId=draft, expectedVersion=2, card=card(people=[]))
    await supplier.done("listingRestore", listingId=draft, expectedVersion=3, version=1)
    assert [one["name"] for one in (await seen(supplier, draft))["people"]] == [named]
    for name in await portal.database.list_collection_names():
        async for row in portal.database[name].find({}, sort=[("_id", -1)], limit=200):
            assert named not in repr(row), name
            assert named.encode() not in repr(row).encode()


async def test_a_name_is_erased_everywhere(portal: Portal) -> None:
    """R-J1: a person's name can be taken out of draft, published card and history at once, by its supplier alone."""
    (_, supplier), (_, other) = await portal.supplier(), await portal.supplier()
    draft = await portal.published(supplier, people=[PERSON, PERSON | {"name": "Болат Омаров"}])
    person = (await seen(supplier, draft))["people"][0]["personId"]
    given = {"listingId": draft, "personId": person, "reason": "Просьба специалиста", "idempotencyKey": key()}
    assert (await other.act("listingPersonErase", **given))["__typename"] == "NotFound"
    for wrong in ("0" * 24, "x"):
        answer = await supplier.act("listingPersonErase", **(given | {"personId": wrong}))
        assert (answer["__typename"], answer["path"]) == ("NotFound", ["input", "personId"])
    assert (await supplier.act("listingPersonErase", **(given | {"reason": "..."})))["code"] == "TOO_SHORT"
    assert (await seen(supplier, draft))["people"][0]["name"] == SECRET
    first = await supplier.done("listingPersonErase", **given)
    assert await supplier.done("listingPersonErase", **given) == first
    history = "query($id: ID!) { node(id: $id) { ... on ListingDraft { history { nodes { content { people { name } } } } } } }"
    told = [(await supplier.read(SHOWN, id=of_draft(draft)))["node"], await seen(supplier, draft)]
    told += [one["content"] for one in (await supplier.read(history, id=draft))["node"]["history"]["nodes"]]
    assert [[one["name"] for one in card_["people"]] for card_ in told] == [[None, "Болат Омаров"]] * 4
    await supplier.done("listingPublish", listingId=draft, expectedVersion=2)
    (left,) = (await supplier.read(SHOWN, id=of_draft(draft)))["node"]["people"]
    assert left["name"] == "Болат Омаров"


@pytest.mark.parametrize(
    ("people", "fault"),
    [
        ([PERSON | {"name": " "}], ("TOO_SHORT", ["input", "card", "people", "0", "name"])),
        ([PERSON, PERSON | {"role": "а" * 101}], ("TOO_LONG", ["input", "card", "people", "1", "role"])),
        ([PERSON] * 21, ("TOO_MANY_PEOPLE", ["input", "card", "people"])),
    ],
)
async def test_faults_of_people(portal: Portal, people: list[Any], fault: tuple[str, list[str]]) -> None:
    """R-B4: a fault of a person is told with its place, and nothing is written."""
    _, supplier = await portal.supplier()
    before = await portal.counts()
    answer = await supplier.act("listingCreate", category=CATEGORY, card=card(people=people))
    assert [(issue["code"], issue["path"]) for issue in answer["issues"]] == [fault]
    assert await portal.counts() == before


async def test_null_leaves_people_who_they_are(portal: Portal) -> None:
    """R-B4: an edit without people keeps them; an empty list takes all of them off the card."""
    _, supplier = await portal.supplier()
    draft = await created(supplier, people=[PERSON])
    before = (await seen(supplier, draft))["people"]
    await supplier.done("listingEdit", listingId=draft, expectedVersion=1, card=card("Другое кресло"))
    assert (await seen(supplier, draft))["people"] == before
    await supplier.done("listingEdit", listingId=draft, expectedVersion=2, card=card(people=[]))
    assert (await seen(supplier, draft))["people"] == []


async def test_a_preview_is_what_would_be_shown(portal: Portal) -> None:
    """R-B4: the preview shows the draft with the types of a published card, while the catalogue shows nothing of it."""
    _, supplier = await portal.supplier()
    draft = await created(supplier, people=[PERSON])
    found = await seen(supplier, draft)
    assert found["obstacles"] == []
    assert found["preview"]["title"]["ru"] == "Кресло-коляска"
    assert found["preview"]["price"] == {"amount": "150000", "currency": "KZT"}
    assert found["preview"]["people"] == found["people"]
    assert {one["code"] for one in found["preview"]["characteristics"]} >= {"seat_width", "purpose"}
    assert (await portal.visitor().read(SHOWN, id=of_draft(draft)))["node"] is None


async def test_obstacles_are_what_publishing_would_refuse(portal: Portal) -> None:
    """R-B4: obstacles name the very issues that publishing answers with, and nothing is published by asking."""
    _, supplier = await portal.supplier()
    draft = await created(
        supplier,
        regions=[],
        price=None,
        characteristics=[],
        people=[PERSON | {"qualification": {"ru": "Высшая"}}],
    )
    before = await portal.counts()
    found = (await seen(supplier, draft))["obstacles"]
    assert await portal.counts() == before
    answer = await supplier.act("listingPublish", listingId=draft, expectedVersion=1)
    assert answer["issues"] == found
    assert {"PRICE_REQUIRED", "REGION_REQUIRED", "MISSING_QUALIFICATION"} <= {one["code"] for one in found}


async def test_which_acts_are_allowed(portal: Portal) -> None:
    """R-B4: each act says whether the status lets it be done, and why not in the reader's words."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    found = {one["action"]: one for one in (await seen(supplier.speaking("ru"), draft))["allowedActions"]}
    assert {name for name, one in found.items() if one["allowed"]} == {
        "EDIT",
        "RESTORE",
        "PUBLISH",
        "SCHEDULE",
    }
    assert found["WITHDRAW"]["reason"] == "TRANSITION_REFUSED"
    assert "Черновик" in found["WITHDRAW"]["reasonText"]
    assert found["APPEAL"]["reasonText"] == "Нет возврата, который можно обжаловать."
