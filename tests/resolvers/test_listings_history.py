"""Histories inside a transaction: what is kept of whom, what an old version becomes, who may ask."""

from dataclasses import replace
from typing import Any

import pytest

from auth.viewer import Viewer
from documents import categories, data_keys
from documents.base import collection, in_transaction, new_id
from documents.encryption import vault
from domain.errors import AccessDenied, InvalidInput, NotFound, VersionConflict
from domain.identity import Role
from domain.listings import EditConflict
from resolvers import listings as acts
from tests.resolvers.stage import NOW, WALKER, acting, supplier
from tests.resolvers.test_listings import ANSWERS, EMPTY, WHOLE, drafted

PERSON: dict[str, Any] = {
    "name": "Айша Серік",
    "role": "техник",
    "qualification": {"ru": "Высшая", "kk": "Жоғары"},
}
OTHER: dict[str, Any] = {"name": "Болат Омаров", "role": "врач", "qualification": {}}
pytestmark = pytest.mark.usefixtures("database")


async def test_a_draft_without_a_history_gets_one() -> None:
    """R-B5: of a draft that was stored before versions were kept, the one that stood is kept with the first change."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    await collection("listing_versions").delete_many({})
    later = dict.fromkeys(
        ("kept_from", "review", "approved_version", "approved_hash", "schedule", "due_at"), ""
    )
    await collection("listing_drafts").update_one({"_id": draft["_id"]}, {"$unset": later})
    old = await acts.draft(ctx, draft["_id"])
    assert await acts.obstacles(ctx, old) == []
    published = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    assert published["kept_from"] == 1
    page = await acts.history(ctx, published, 10, None)
    assert [(row["version"], row["act"], row["by"]) for row in page.rows] == [
        (2, "published", ctx.viewer.key),
        (1, "created", ctx.viewer.key),
    ]
    difference = await acts.changes(ctx, published, 1, 2)
    assert list(difference.changes) == []
    for before, after in ((1, 3), (0, 2)):
        with pytest.raises(NotFound):
            await acts.changes(ctx, published, before, after)
    with pytest.raises(NotFound):
        await acts.restore(ctx, draft["_id"], 2, 3, "key-restore")
    bare = await acts.create(ctx, "walkers", EMPTY, "key-create-2")
    assert [one.path for one in (await acts.changes(ctx, bare, 1, 1)).changes] == []


async def test_a_conflict_without_a_history() -> None:
    """R-B5: a version that never stood, or is still to come, has no other side to tell of."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    for expected in (-1, 0, 2, 2**31 - 1):
        with pytest.raises(EditConflict) as lost:
            await acts.publish(ctx, draft["_id"], expected, "key-publish")
        assert (lost.value.steps, list(lost.value.difference.changes)) == ((), [])


async def test_a_conflict_tells_every_step() -> None:
    """R-B5: who was away for long learns of each step, and of all that differs."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    await acts.edit(ctx, draft["_id"], 1, replace(WHOLE, price=1_00), "key-edit-1")
    await acts.publish(ctx, draft["_id"], 2, "key-publish")
    with pytest.raises(EditConflict) as lost:
        await acts.edit(ctx, draft["_id"], 1, EMPTY, "key-edit-2")
    assert [(step.version, step.act, step.by, step.at) for step in lost.value.steps] == [
        (2, "edited", ctx.viewer.key, NOW),
        (3, "published", ctx.viewer.key, NOW),
    ]
    assert [(one.path, one.before, one.after) for one in lost.value.difference.changes] == [
        (("price",), 100_00, 1_00)
    ]


async def test_what_the_definition_takes_no_more() -> None:
    """R-B5: an answer that the draft's definition refuses by now is not restored, and nothing is written."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    kept = tuple(
        one.model_copy(update={"maximum": 5}) if one.code == "weight" else one
        for one in WALKER.characteristics
    )
    narrower = WALKER.model_copy(update={"version": WALKER.version + 1, "characteristics": kept})
    await categories.publish_definition(narrower)
    lighter = [one | {"number": 4} if one["code"] == "weight" else one for one in ANSWERS]
    await acts.edit(ctx, draft["_id"], 1, replace(WHOLE, characteristics=lighter), "key-edit-1")
    migrated = {"definition_version": narrower.version}
    await collection("listing_drafts").update_one({"_id": draft["_id"]}, {"$set": migrated})
    with pytest.raises(InvalidInput) as refused:
        await acts.restore(ctx, draft["_id"], 2, 1, "key-restore")
    (issue,) = refused.value.issues
    assert issue.path == ("input", "version", "characteristics", "weight")
    assert (await acts.draft(ctx, draft["_id"]))["version"] == 2
    restored = await acts.restore(ctx, draft["_id"], 2, 2, "key-restore")
    assert (restored["version"], restored["definition_version"]) == (3, narrower.version)


async def test_who_may_not_ask() -> None:
    """R-J3: to another supplier, or another role, a draft has no history, and nothing to restore."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    for viewer in (Viewer(Role.supplier, new_id()), Viewer(Role.administrator, new_id())):
        stranger = acting(viewer)
        with pytest.raises(NotFound):
            await acts.history(stranger, draft, 10, None)
        with pytest.raises(NotFound):
            await acts.changes(stranger, draft, 1, 1)
        with pytest.raises(NotFound):
            await acts.obstacles(stranger, draft)
        with pytest.raises(NotFound):
            await acts.allowed_actions(stranger, [draft])
    with pytest.raises(NotFound):
        await acts.restore(acting(Viewer(Role.supplier, new_id())), draft["_id"], 1, 1, "key-restore")


async def test_names_are_sealed_wherever_they_stand() -> None:
    """R-J1: in draft, version and snapshot a name is sealed to its row; it opens there and nowhere else."""
    _, ctx = await supplier()
    draft = await drafted(ctx, replace(WHOLE, people=[PERSON]))
    published = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    assert published["content_hash"] == draft["content_hash"]
    stored = [
        await collection(name).find_one({}) for name in ("listing_drafts", "listing_versions", "listings")
    ]
    sealed = [row["people"][0]["name"] for row in stored if row]
    assert len(set(sealed)) == 3
    assert not any("Айша".encode() in one for one in sealed)
    (shown,) = await acts.published(ctx, [draft["_id"]])
    assert shown is not None
    for row in (published, shown):
        (people,) = await acts.people(ctx, [row])  # type: ignore[misc]
        assert people == [{**PERSON, "id": draft["people"][0]["id"]}]
    assert acts.people(acting(Viewer(Role.anonymous)), [shown]) == [
        [{**PERSON, "id": draft["people"][0]["id"], "name": None}]
    ]
    moved = {**shown, "_id": new_id()}
    with pytest.raises(ValueError, match="changed or moved"):
        await acts.people(ctx, [moved])  # type: ignore[misc]


async def test_people_stay_who_they_are() -> None:
    """R-B4: by the same name a person stays the same; no list at all leaves everybody where they are."""
    _, ctx = await supplier()
    draft = await drafted(ctx, replace(WHOLE, people=[PERSON, OTHER]))
    first, second = (one["id"] for one in draft["people"])
    kept = await acts.edit(ctx, draft["_id"], 1, WHOLE, "key-edit-1")
    assert [one["id"] for one in kept["people"]] == [first, second]
    people = [OTHER | {"role": "логопед"}, PERSON | {"name": "Айша Серікова"}]
    edited = await acts.edit(ctx, draft["_id"], 2, replace(WHOLE, people=people), "key-edit-2")
    assert edited["people"][0]["id"] == second
    assert edited["people"][1]["id"] not in {first, second}
    difference = await acts.changes(ctx, edited, 2, 3)
    assert {one.path[0] for one in difference.changes} == {"people"}
    names = {one.after["name"] for one in difference.changes if one.after and len(one.path) > 1}
    assert names == {"Болат Омаров", "Айша Серікова"}
    nobody = await acts.edit(ctx, draft["_id"], 3, replace(WHOLE, people=[]), "key-edit-3")
    assert nobody["people"] == []


async def test_who_was_erased_stays_away() -> None:
    """R-J1: a destroyed key takes the name from draft, history and snapshot at once; restoring leaves it out."""
    _, ctx = await supplier()
    draft = await drafted(ctx, replace(WHOLE, people=[PERSON, OTHER]))
    published = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    gone, stays = (one["id"] for one in draft["people"])
    await in_transaction(lambda: data_keys.destroy([gone], NOW))
    vault().forget()
    (shown,) = await acts.published(ctx, [draft["_id"]])
    assert shown is not None
    page = await acts.history(ctx, published, 10, None)
    for row in (published, shown, *page.rows):
        (people,) = await acts.people(ctx, [row])  # type: ignore[misc]
        assert [one["name"] for one in people] == [None, "Болат Омаров"]
    again = await acts.publish(ctx, draft["_id"], 2, "key-publish-2")
    (shown,) = await acts.published(ctx, [draft["_id"]])
    assert shown is not None
    assert [one["id"] for one in shown["people"]] == [stays]
    restored = await acts.restore(ctx, draft["_id"], again["version"], 1, "key-restore")
    assert [one["id"] for one in restored["people"]] == [stays]


async def test_erasing_asks_whom_and_why() -> None:
    """R-J1: only somebody who was on the card is erased, by its supplier, with a reason that is kept."""
    _, ctx = await supplier()
    draft = await drafted(ctx, replace(WHOLE, people=[PERSON]))
    whom = str(draft["people"][0]["id"])
    for listing, person in ((draft["_id"], str(new_id())), (draft["_id"], "x"), (new_id(), whom)):
        with pytest.raises(NotFound):
            await acts.erase_person(ctx, listing, person, "просьба специалиста", "key-erase-1")
    with pytest.raises(InvalidInput):
        await acts.erase_person(ctx, draft["_id"], whom, "...", "key-erase-1")
    administrator = acting(Viewer(Role.administrator, new_id()))
    with pytest.raises(AccessDenied):
        await acts.erase_person(administrator, draft["_id"], whom, "просьба", "key-erase-1")
    done = await acts.erase_person(ctx, draft["_id"], whom, "просьба специалиста", "key-erase-1")
    assert done["version"] == 1
    (intent,) = await collection("audit_intents").find({"act": "Listing.erasePerson"}).to_list()
    assert isinstance(intent["reason"], bytes), "what was said is kept, sealed"
    ((person,),) = await acts.people(ctx, [done])  # type: ignore[misc]
    assert person["name"] is None


@pytest.mark.parametrize("which", [0, 1])
async def test_a_name_is_erased_under_every_identifier(which: int) -> None:
    """R-J1: taken off and written again, the name has a new identifier; erasing either leaves it in no version."""
    _, ctx = await supplier()
    draft = await drafted(ctx, replace(WHOLE, people=[PERSON, OTHER]))
    await acts.publish(ctx, draft["_id"], 1, "key-publish")
    await acts.edit(ctx, draft["_id"], 2, replace(WHOLE, people=[OTHER]), "key-edit-1")
    edited = await acts.edit(ctx, draft["_id"], 3, replace(WHOLE, people=[OTHER, PERSON]), "key-edit-2")
    ids = [draft["people"][0]["id"], edited["people"][1]["id"]]
    assert ids[0] != ids[1]
    done = await acts.erase_person(ctx, draft["_id"], str(ids[which]), "просьба специалиста", "key-erase")
    (shown,) = await acts.published(ctx, [draft["_id"]])
    assert shown is not None
    rows = [done, shown, *(await acts.history(ctx, done, 10, None)).rows]
    assert len(rows) == 6
    for row in rows:
        (people,) = await acts.people(ctx, [row])  # type: ignore[misc]
        assert {one["name"] for one in people} <= {None, "Болат Омаров"}
        assert "Болат Омаров" in {one["name"] for one in people}
    restored = await acts.restore(ctx, draft["_id"], 4, 1, "key-restore")
    assert [one["id"] for one in restored["people"]] == [draft["people"][1]["id"]]
    again = await acts.erase_person(ctx, draft["_id"], str(ids[which]), "ещё одна просьба", "key-erase-2")
    assert again["_id"] == draft["_id"], "who is erased already can be named again"


async def test_faults_of_people_stand_in_the_request_or_in_the_draft() -> None:
    """R-B4: a person's fault points into the request; a missing translation keeps from publishing."""
    _, ctx = await supplier()
    with pytest.raises(InvalidInput) as refused:
        await drafted(ctx, replace(WHOLE, people=[PERSON | {"name": ""}]))
    assert [issue.path for issue in refused.value.issues] == [("input", "card", "people", 0, "name")]
    half = replace(WHOLE, people=[PERSON | {"qualification": {"ru": "Высшая"}}])
    draft = await drafted(ctx, half)
    (obstacle,) = await acts.obstacles(ctx, draft)
    assert (obstacle.code, obstacle.path) == ("MISSING_QUALIFICATION", ("people", 0, "qualification", "kk"))
    with pytest.raises(InvalidInput):
        await acts.publish(ctx, draft["_id"], 1, "key-publish")


async def test_a_lost_race_of_other_records_stays_as_it_was() -> None:
    """R-K: a conflict of a card is one of the conflicts that every door knows."""
    _, ctx = await supplier()
    draft = await drafted(ctx)
    with pytest.raises(VersionConflict):
        await acts.restore(ctx, draft["_id"], 5, 1, "key-restore")
