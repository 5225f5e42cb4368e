"""Categories: read by everybody, changed by administrators, and the listings that follow a change."""

from resolvers.categories.carrying import WORK, carry
from resolvers.categories.changing import Wanted, change, made_by
from resolvers.categories.following import as_read, up_to_date
from resolvers.categories.reading import all_categories

__all__ = [
    "WORK",
    "Wanted",
    "all_categories",
    "as_read",
    "carry",
    "change",
    "made_by",
    "up_to_date",
]
