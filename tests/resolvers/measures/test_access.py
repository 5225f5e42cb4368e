"""Who may see which measures."""

import pytest

from auth.viewer import Viewer
from documents.base import new_id
from domain.errors import AccessDenied, InvalidInput, NotFound
from domain.identity import Role
from domain.measures import MeasureStatus
from resolvers.measures import get, listed, name, visible_measures
from tests.resolvers.measures.conftest import World, executive_body, participant, rows


async def test_a_person_sees_own_measures_and_a_region_its_own(world: World) -> None:
    """R-C1: the cabinet lists one's own measures with status and history, page by page; others see nothing."""
    for number in range(3):
        await world.say(world.message(id=f"ES-{number}", region="71" if number else "75"))
    stored = await rows("measures")
    own = world.context(participant({"_id": stored[0]["participant"]}))
    first = await listed(own, 2, None)
    second = await listed(own, 2, first.cursors[-1])
    ids = [row["_id"] for row in [*first.rows, *second.rows]]
    assert ids == [row["_id"] for row in reversed(stored)]
    assert (first.has_next, second.has_next) == (True, False)
    assert (await get(own, ids[0]))["kind"] == "measure"
    assert (await name(own, stored[0]))["ru"] == "Кресло-коляска комнатная"

    region = world.context(executive_body("71"))
    assert len((await listed(region, 10, None)).rows) == 2
    assert (await listed(region, 10, None, MeasureStatus.ordered)).rows == []
    with pytest.raises(NotFound):
        await get(region, stored[0]["_id"])

    stranger = world.context(participant({"_id": new_id()}))
    assert (await listed(stranger, 10, None)).rows == []
    with pytest.raises(NotFound):
        await get(stranger, ids[0])
    with pytest.raises(NotFound):
        await name(stranger, stored[0])
    for nobody in (
        Viewer(Role.supplier, new_id()),
        Viewer(Role.administrator, new_id()),
        Viewer(Role.participant),
    ):
        with pytest.raises(AccessDenied):
            await listed(world.context(nobody), 10, None)
    with pytest.raises(InvalidInput, match="PAGE_SIZE"):
        await listed(own, 1_000_000, None)
    with pytest.raises(InvalidInput, match="BAD_CURSOR"):
        await listed(own, 1, "x")


async def test_measures_that_others_lead_to(world: World) -> None:
    """R-J3: of many measures named by other records a viewer gets those of its own, in the order asked for."""
    await world.say(world.message())
    (stored,) = await rows("measures")
    own = world.context(participant({"_id": stored["participant"]}))
    named = [new_id(), stored["_id"]]
    assert [row and row["_id"] for row in await visible_measures(own, named)] == [None, stored["_id"]]
    stranger = world.context(participant({"_id": new_id()}))
    assert await visible_measures(stranger, named) == [None, None]
