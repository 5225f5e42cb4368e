"""Availability: whose eyes it is for, and how far one question reaches."""

from datetime import date, timedelta
from typing import Any

import pytest

from documents import listings
from documents.base import Row
from domain.capacity import Day
from domain.errors import InvalidInput
from resolvers import capacity
from tests.resolvers.capacity.conftest import FIRST, Stay, on


async def test_availability_is_for_whoever_sees_the_listing(stay: Stay) -> None:
    """R-B7: the days of a published listing are everybody's, those of a draft its supplier's; goods have none."""
    await stay.offer(5)
    await stay.place(await stay.prepare())
    listing, chair = stay.world.rows["stay"], stay.world.rows["listing"]
    draft = await listings.get_draft(listing["_id"])
    assert draft is not None

    async def seen(who: str, *rows: Row) -> list[Any]:
        return await capacity.availability(stay.world.context(who), rows, FIRST, on(3))

    expected = {on(0): Day(5, 1), on(1): Day(5, 1), on(2): Day(5, 1), on(3): Day(5, 0)}
    assert await seen("anonymous", listing, chair) == [expected, None]
    assert await seen("supplier", draft) == [expected]
    assert await seen("other_supplier", draft) == [None]
    assert await seen("anonymous", chair) == [None]


async def test_availability_is_bounded(stay: Stay) -> None:
    """R-K: one question spans at most 92 days; without days it is about today and a month."""
    await stay.offer(5)
    ctx, rows = stay.world.context("anonymous"), [stay.world.rows["stay"]]
    with pytest.raises(InvalidInput) as found:
        await capacity.availability(ctx, rows, FIRST, on(92))
    assert found.value.code == "DAYS_TOO_MANY"
    with pytest.raises(InvalidInput):
        await capacity.availability(ctx, rows, FIRST, on(-1))
    assert await capacity.availability(ctx, rows, FIRST, on(91)) != [{}]
    assert await capacity.availability(ctx, rows, None, None) == [{}]
    assert await capacity.availability(ctx, rows, date.max, None) == [{}]
    stay.world.now += timedelta(days=50)
    assert (
        len((await capacity.availability(stay.world.context("anonymous"), rows, None, None))[0] or {}) == 10
    )
