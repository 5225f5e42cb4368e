"""The portal itself: its time and telephone by the data of the day."""

import pytest

from documents.reference import store_reference
from resolvers.reference import service_status
from tests.resolvers.stage import NOW, acting, rule


@pytest.mark.usefixtures("database")
async def test_the_time_and_the_telephone() -> None:
    """R-F1: the telephone is dated reference data; without a row there is none; the time is that of Astana."""
    status = await service_status(acting())
    assert (status["now"], status["contact_centre_phone"]) == (NOW, None)
    await store_reference([rule("contact_centre", "phone", "+77000000000")])
    assert (await service_status(acting()))["contact_centre_phone"] == "+77000000000"
