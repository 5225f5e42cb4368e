"""Records for whoever may see them."""

from auth.viewer import SYSTEM, Viewer
from documents.base import new_id
from domain.identity import Role
from resolvers.nodes import may_see, visible
from tests.resolvers.stage import acting, supplier


async def test_a_record_is_for_whoever_may_know_of_it(database: object) -> None:
    """R-J3: a record that is not there, of another's or of a kind that is nobody's reads as none."""
    row, ctx = await supplier()
    assert (await visible(ctx, "supplier", row["_id"]) or {})["_id"] == row["_id"]
    assert await visible(ctx, "supplier", new_id()) is None
    assert await visible(ctx, "nothing", row["_id"]) is None
    other = acting(Viewer(Role.supplier, new_id()))
    draft = {"kind": "listing_draft", "supplier": row["_id"]}
    assert [may_see(one, draft) for one in (ctx, other, acting())] == [True, False, False]
    assert not may_see(acting(SYSTEM), {"kind": "unheard_of"})
