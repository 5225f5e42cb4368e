"""A supplier's cabinet: for itself."""

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents.base import new_id
from domain.errors import AccessDenied
from domain.identity import Role
from resolvers import suppliers as acts
from tests.resolvers.stage import BIN, acting, supplier


@pytest.mark.usefixtures("database")
async def test_the_cabinet_is_the_suppliers_own() -> None:
    """R-A7: the particulars open for the supplier itself and for nobody else."""
    row, ctx = await supplier()
    own = await acts.own(ctx)
    assert own is not None
    assert await acts.particulars(ctx, own) == {"identifier": BIN, "head": "Ахметов"}
    assert await acts.own(acting(ANONYMOUS)) is None
    for viewer in (ANONYMOUS, Viewer(Role.supplier, new_id()), Viewer(Role.administrator, row["_id"])):
        with pytest.raises(AccessDenied):
            await acts.particulars(acting(viewer), row)
