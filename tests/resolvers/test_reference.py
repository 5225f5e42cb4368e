"""The portal itself: its time and telephone by the data of the day."""

from datetime import date

import pytest

from documents.reference import store_reference
from resolvers.reference import service_status, terms_of
from tests.resolvers.stage import NOW, acting, rule


@pytest.mark.usefixtures("database")
async def test_the_time_and_the_telephone() -> None:
    """R-F1: the telephone is dated reference data; without a row there is none; the time is that of Astana."""
    status = await service_status(acting())
    assert (status["now"], status["contact_centre_phone"]) == (NOW, None)
    await store_reference([rule("contact_centre", "phone", "+77000000000")])
    assert (await service_status(acting()))["contact_centre_phone"] == "+77000000000"


@pytest.mark.usefixtures("database")
async def test_what_is_ruled_of_categories() -> None:
    """R-B2: the rows in force today, of each category its own, in a fixed order; of the unknown none."""
    rows = [rule("annual_quota", "diapers", 1460), rule("goods_kind", "diapers", "hygiene")]
    gone = rule("annual_quota", "walkers", 1, until=date(2023, 1, 1))
    await store_reference([*rows, gone, rule("guaranteed_sum", "diapers", 1)])
    found = await terms_of(acting(), ["walkers", "diapers", "nothing"])
    assert [[each["type"] for each in one] for one in found] == [[], ["goods_kind", "annual_quota"], []]
