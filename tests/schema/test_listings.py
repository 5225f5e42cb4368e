"""What a client's filter becomes before the catalogue sees it."""

import pytest

from domain.categories import Direction
from domain.search import CatalogueFilter, drivers
from schema.listings.catalogue import ListingFilter


@pytest.mark.parametrize("direction", Direction)
def test_a_direction_is_looked_for_under_the_keys_it_is_stored_with(direction: Direction) -> None:
    """R-B7: rows hold a direction as plain text, and the keys of an enum's member would be others."""
    asked = ListingFilter(direction=direction, region="71").wanted()
    assert drivers(asked) == drivers(CatalogueFilter(direction=str(direction.value), region="71"))
