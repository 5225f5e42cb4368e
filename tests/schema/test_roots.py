"""Root fields: none without a row in the policy table, none that speaks otherwise than in typed errors."""

import pytest

from resolvers.context import Context
from schema.roots import mutation, query, subscription


async def unheard_of(context: Context) -> str:
    """A field that nobody wrote into the table."""
    return str(context)


@pytest.mark.parametrize("declare", [query, mutation, subscription])
def test_a_root_field_without_a_row_stops_the_start(declare: object) -> None:
    """R-J3: a root field without an access policy can't be declared, so the server does not start."""
    assert callable(declare)
    with pytest.raises(LookupError, match="unheardOf has no row in the policy table"):
        declare(unheard_of)
