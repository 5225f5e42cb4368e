"""Dated capacity: offered by suppliers, read by everybody, taken and given back by orders."""

from resolvers.capacity.offering import Written, offer
from resolvers.capacity.reading import availability, versions
from resolvers.capacity.taking import (
    Wanted,
    check_wanted,
    confirm_for_order,
    expire_holds,
    release_for_order,
    take_for_order,
)

__all__ = [
    "Wanted",
    "Written",
    "availability",
    "check_wanted",
    "confirm_for_order",
    "expire_holds",
    "offer",
    "release_for_order",
    "take_for_order",
    "versions",
]
