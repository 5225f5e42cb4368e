"""Documents of cards in reviews and histories: whose eyes they are for, and what is bound to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from auth.viewer import Viewer
from documents import files
from documents.base import Id, Row, collection, new_id
from documents.reference import store_reference
from domain.errors import NotFound
from domain.files import FilePurpose
from domain.identity import Role
from resolvers import listings as acts
from resolvers.context import Context
from resolvers.files import accept, shown
from resolvers.listings import DocumentInput
from tests.resolvers.stage import NOW, acting, rule, supplier
from tests.resolvers.test_files import uploaded
from tests.resolvers.test_listings import WHOLE

pytestmark = pytest.mark.usefixtures("database")


async def ready(ctx: Context, key: str) -> Id:
    """A licence that was looked at."""
    file = await uploaded(ctx, key)
    taken = await files.take(timedelta(minutes=1))
    assert taken is not None
    assert await accept(ctx, taken, file, None)
    found: Id = file["_id"]
    return found


async def licensed(ctx: Context, *licences: Id) -> Row:
    """A card with licences."""
    named = [DocumentInput(one, FilePurpose.licence) for one in licences]
    return await acts.create(ctx, "walkers", replace(WHOLE, documents=named), "key-create")


async def test_moderators_see_files_of_what_they_decide_about() -> None:
    """R-B8: a file is shown to moderators as long as a card with it has a review, and to no stranger."""
    _, ctx = await supplier()
    await store_reference([rule("moderation", "tsr_sale", value=True)])
    file = await ready(ctx, "key-file-1")
    draft = await licensed(ctx, file)
    moderators = [acting(Viewer(role, new_id())) for role in (Role.administrator, Role.authorised_body)]
    strangers = [acting(Viewer(role, new_id())) for role in (Role.supplier, Role.contact_centre)]
    for who in (*moderators, *strangers):
        with pytest.raises(NotFound):
            await shown(who, str(file), None)
    await acts.publish(ctx, draft["_id"], 1, "key-publish")
    for who in (*moderators, ctx):
        assert not (await shown(who, str(file), None)).public
    for who in strangers:
        with pytest.raises(NotFound):
            await shown(who, str(file), None)
    (review,) = await acts.reviews_of(ctx, draft)
    await acts.approve(moderators[0], review["_id"], 1, "key-approve")
    for who in (*moderators, *strangers, ctx):
        assert (await shown(who, str(file), None)).public


async def test_an_approval_is_about_documents_as_well() -> None:
    """R-B5: another document is other content: the review is taken back, and the change is told."""
    _, ctx = await supplier()
    await store_reference([rule("moderation", "tsr_sale", value=True)])
    one, other = await ready(ctx, "key-file-1"), await ready(ctx, "key-file-2")
    draft = await licensed(ctx, one)
    sent = await acts.publish(ctx, draft["_id"], 1, "key-publish")
    card = replace(WHOLE, documents=[DocumentInput(other, FilePurpose.licence)])
    edited = await acts.edit(ctx, draft["_id"], sent["version"], card, "key-edit-1")
    assert (sent["review"] is None, edited["review"]) == (False, None)
    assert edited["content_hash"] != sent["content_hash"]
    changes = (await acts.changes(ctx, edited, 1, 3)).changes
    assert sorted(change.path for change in changes) == sorted(
        [("documents", str(one)), ("documents", str(other))]
    )


async def test_an_old_version_comes_back_with_its_documents() -> None:
    """R-B5: what an old version named is kept, however long no card has named it, and is restored."""
    _, ctx = await supplier()
    file = await ready(ctx, "key-file-1")
    draft = await licensed(ctx, file)
    bare = await acts.edit(ctx, draft["_id"], 1, replace(WHOLE, documents=[]), "key-edit-1")
    assert bare["documents"] == []
    await files.sweep(NOW + timedelta(days=365))
    restored = await acts.restore(ctx, draft["_id"], 2, 1, "key-restore")
    assert restored["documents"] == draft["documents"]
    assert restored["content_hash"] == draft["content_hash"]
    assert await collection("files").count_documents({}) == 1
