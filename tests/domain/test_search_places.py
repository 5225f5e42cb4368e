"""Places in the keys of the catalogue: they lead to everything that serves a place, and are few."""

from hypothesis import given
from hypothesis import strategies as st

from domain.regions import serves
from domain.search.places import WIDE, WIDE_FROM, asked_places, listed_places
from tests.domain.test_regions import CODES


@given(st.lists(CODES, min_size=1, max_size=20, unique=True), CODES)
def test_the_keys_lead_to_whatever_serves_a_place(regions: list[str], place: str) -> None:
    """R-B7: no listing that serves a place is missed by its keys, and none has more than six places."""
    listed = listed_places(regions)
    assert len(listed) < WIDE_FROM
    if serves(regions, place):
        assert {*listed} & {*asked_places(place)}


@given(st.lists(CODES, min_size=1, max_size=2, unique=True), CODES)
def test_the_keys_of_few_places_lead_to_nothing_else(regions: list[str], place: str) -> None:
    """R-B7: whoever asks for a village reads nothing of its neighbours, as long as a listing has few places."""
    listed = listed_places(regions)
    if WIDE not in listed and {*regions} <= {*listed}:
        assert bool({*listed} & {*asked_places(place)}) == serves(regions, place)


@given(st.lists(st.sampled_from([f"{code}" for code in range(10, 30)]), min_size=1, unique=True))
def test_regions_have_the_keys_that_they_had(regions: list[str]) -> None:
    """R-B7: a listing of whole regions has one place for each, and one for all from seven on."""
    assert list(listed_places(regions)) == (regions if len(regions) < WIDE_FROM else [WIDE])


def test_many_villages_are_taken_for_what_they_lie_in() -> None:
    """R-B7: seven villages of one district stand under the district, not under all regions."""
    villages = [f"1132{sub_district}100" for sub_district in range(30, 37)]
    assert list(listed_places(villages)) == ["113200000", "~11"]


def test_what_is_no_code_is_asked_for_as_it_is() -> None:
    """R-B7: it meets nothing that lies within anything."""
    assert list(asked_places("$x")) == ["$x", WIDE]
