"""Categories, for everybody."""

import pytest

from resolvers.categories import all_categories
from tests.resolvers.stage import acting, supplier


@pytest.mark.usefixtures("database")
async def test_what_everybody_reads() -> None:
    """R-B2: categories under their newest definitions are for everybody."""
    await supplier()
    assert [row["code"] for row in await all_categories(acting())] == ["walkers"]
