"""Records for whoever may see them."""

from auth.policy import RULES
from documents.nodes import READERS
from resolvers.nodes import ACTS, PUBLIC
from schema.nodes import NAMES


def test_every_kind_is_public_or_has_its_row() -> None:
    """R-J3: each readable kind is public, or a row of the table says who may read it, or nobody may."""
    assert set(ACTS.values()) <= set(RULES)
    assert not PUBLIC & set(ACTS)
    hidden = set(READERS) - PUBLIC - set(ACTS)
    assert hidden <= {"staff", "evidence"}
    assert PUBLIC | set(ACTS) <= set(NAMES)
