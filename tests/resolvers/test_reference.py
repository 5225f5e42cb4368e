"""The portal itself: its time and telephone by the data of the day."""

from datetime import date

import pytest

from documents.reference import store_reference
from domain.categories import Category
from resolvers import reference
from resolvers.reference import codes_of, knowing, knowing_on, knowing_one, service_status, terms_of
from tests.domain.test_categories_changes import NAMES, category
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


def choices(definition: Category, code: str = "made_in") -> list[tuple[str, bool]]:
    """The codes that a characteristic takes or took, and whether it takes them no more."""
    return [(one.code, one.retired) for one in definition.by_code[code].choices]


@pytest.mark.usefixtures("database")
async def test_definitions_know_the_codes_of_a_day() -> None:
    """R-B2: of each type its codes with names, those out of force retired; the same object while they stay."""
    named = {"names": NAMES}
    gone = rule("country", "su", None, until=date(2024, 1, 1)) | named
    await store_reference([rule("country", "kz", None) | named, gone, rule("country", "nameless", None)])
    plain = category({"code": "made_in", "type": "text"})
    asking = category({"code": "made_in", "type": "reference", "reference": "country"})
    [same, known, again] = await knowing(acting(), [plain, asking, asking])
    assert (same is plain, again is known) == (True, True)
    assert choices(known) == [("kz", False), ("su", True)]
    [then] = await knowing_on(NOW.replace(year=2023), [asking])
    assert choices(then) == [("kz", False), ("su", False)]
    await store_reference([rule("country", "tr", None) | named])
    assert choices(await knowing_one(acting(), asking)) == [("kz", False), ("su", True), ("tr", False)]
    assert [row["code"] for row in (await codes_of(acting(), ["country"]))["country"]] == ["kz", "su", "tr"]


@pytest.mark.usefixtures("database")
async def test_not_every_definition_is_remembered() -> None:
    """R-K: what is made of definitions does not fill the memory, and stays right."""
    await store_reference([rule("country", "kz", None) | {"names": NAMES}])
    ctx = acting()
    for _ in range(300):
        asking = category({"code": "made_in", "type": "reference", "reference": "country"})
        assert choices(await knowing_one(ctx, asking)) == [("kz", False)]
    assert len(reference._known) <= reference._MOST_KNOWN
