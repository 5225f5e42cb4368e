"""What categories say of their listings: how they are taken by dates, and what dated rules there are."""

from tests.api.portal import Portal


async def test_categories_say_how_they_are_taken(portal: Portal) -> None:
    """R-B2: a client learns from the category which orders name days, and what is counted."""
    seen = await portal.visitor().read("{ categories { code capacity { unit length aDay } } }")
    found = {one["code"]: one["capacity"] for one in seen["categories"]}
    assert found["sanatorium_stay"] == {"unit": "NIGHTS", "length": "days", "aDay": None}
    assert found["individual_assistant"] == {"unit": "HOURS", "length": None, "aDay": "hours_day"}
    assert found["home_care"]["unit"] == "VISITS"
    assert found["day_care"]["unit"] == "PLACES"
    assert found["wheelchairs_manual"] is None


async def test_categories_say_what_reference_data_rules(portal: Portal) -> None:
    """R-B2: kind of means, replacement and quotas come from dated rows, each with its basis or marked as ours."""
    asked = "{ categories { code direction terms { rule quantity months option basis assumed sample } } }"
    found = {one["code"]: one for one in (await portal.visitor().read(asked))["categories"]}
    rules = {code: {each["rule"]: each for each in one["terms"]} for code, one in found.items()}
    assert rules["diapers"]["annual_quota"]["quantity"] == 1460
    assert (rules["diapers"]["period_quota"]["quantity"], rules["diapers"]["period_quota"]["months"]) == (
        365,
        3,
    )
    assert rules["wheelchairs_manual"]["replacement_term"]["sample"] is True
    assert rules["individual_assistant"]["day_limit"]["quantity"] == 8
    assert rules["sanatorium_stay"].keys() == {"annual_quota"}
    kinds = {code: one["goods_kind"]["option"] for code, one in rules.items() if "goods_kind" in one}
    assert kinds.keys() == {code for code, one in found.items() if one["direction"] == "TSR_SALE"}
    assert set(kinds.values()) == {
        "prosthetic_orthopaedic", "surdotechnical", "typhlotechnical", "hygiene", "movement",
    }  # fmt: skip
    assert all(each["basis"] or each["sample"] for one in rules.values() for each in one.values())
