"""Categories: read by everybody, changed by administrators, and the listings that follow a change."""

from resolvers.categories.carrying import WORK, carry
from resolvers.categories.changing import Wanted, change, made_by
from resolvers.categories.following import as_read, up_to_date
from resolvers.categories.reading import Hidden, all_categories, hidden_since, without_hidden

__all__ = [
    "WORK",
    "Hidden",
    "Wanted",
    "all_categories",
    "as_read",
    "carry",
    "change",
    "hidden_since",
    "made_by",
    "up_to_date",
    "without_hidden",
]
