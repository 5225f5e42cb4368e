"""Files as acts: tickets within bounds, uploads kept whole or not at all, settled once, shown by rights."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from auth.viewer import ANONYMOUS, Viewer
from documents import files
from documents.base import Id, Row, collection, in_transaction, new_id
from documents.files import contents
from domain.errors import AccessDenied, DomainError, InvalidInput, NotFound, Refused
from domain.files import FILES_MAX, FilePurpose
from domain.identity import Role
from domain.rate_limits import Limits, Rate, RateLimited, RateRule
from resolvers import listings
from resolvers.context import Context
from resolvers.files import (
    Asked,
    accept,
    address,
    issue,
    receive,
    uploading,
    written,
)
from resolvers.listings import CardInput, DocumentInput
from tests.api.pictures import pdf
from tests.resolvers.stage import NOW, WALKER, acting, supplier

PDF = pdf()
KEPT = (contents.HEADS, contents.CHUNKS, contents.LOOSE, "files", "file_work", "events", "audit_intents")
pytestmark = pytest.mark.usefixtures("database")


def asked(**other: Any) -> Asked:
    """A licence."""
    known: dict[str, Any] = {
        "purpose": FilePurpose.licence,
        "name": "licence.pdf",
        "size": len(PDF),
        "content_type": "application/pdf",
    }
    return Asked(**(known | other))


async def body(*parts: bytes) -> AsyncIterator[bytes]:
    """A body that comes in pieces."""
    for part in parts:
        yield part


async def seller() -> Context:
    """A supplier."""
    return (await supplier())[1]


async def stored() -> dict[str, int]:
    """How many rows an upload could leave."""
    return {name: await collection(name).count_documents({}) for name in KEPT}


async def uploaded(ctx: Context, key: str = "key-00001") -> Row:
    """A licence that waits for a worker."""
    ticket = await issue(ctx, asked(), key)
    return await receive(ctx, written(ticket["_id"]), None, body(PDF[:9], PDF[9:]))


async def test_an_upload_is_kept_with_its_traces() -> None:
    """R-B8: a file, its work, its event and its intent are there together; the ticket says where it goes."""
    ctx = await seller()
    ticket = await issue(ctx, asked(), "key-00001")
    assert address(ctx, ticket) == f"test/files/upload/{written(ticket['_id'])}"
    row = await receive(ctx, written(ticket["_id"]), len(PDF), body(PDF))
    assert (row["_id"], row["supplier"], row["status"]) == (ticket["_id"], ctx.viewer.subject, "uploaded")
    assert await files.whole(row["content"]) == PDF
    assert await stored() == dict.fromkeys(KEPT, 1) | {contents.LOOSE: 0, "audit_intents": 2}
    acts = [one["act"] async for one in collection("audit_intents").find({}).sort("_id", 1)]
    assert acts == ["Mutation.fileTicket", "File.upload"]


async def test_too_many_files_and_nobody() -> None:
    """R-B8: a supplier has a bounded number of files; whoever is no supplier gets no ticket."""
    ctx = await seller()
    rows = [{"supplier": ctx.viewer.subject, "n": number} for number in range(FILES_MAX)]
    await collection("files").insert_many(rows)
    with pytest.raises(Refused, match="FILE_QUOTA"):
        await issue(ctx, asked(), "key-00001")
    with pytest.raises(NotFound):
        await issue(acting(Viewer(Role.supplier)), asked(), "key-00002")
    assert await collection("file_tickets").count_documents({}) == 0


@pytest.mark.parametrize("rule", [RateRule.file_ticket, RateRule.file_upload])
async def test_too_often(rule: RateRule) -> None:
    """R-B8: tickets and uploads are counted, whether they are good or not."""
    ctx = await seller()
    few = Limits({rule: Rate(1, timedelta(hours=1))})
    ctx = replace(ctx, services=replace(ctx.services, limits=few))
    await issue(ctx, asked(), "key-00001")
    with pytest.raises(NotFound if rule is RateRule.file_upload else RateLimited):
        await (
            issue(ctx, asked(), "key-00002")
            if rule is RateRule.file_ticket
            else receive(ctx, "x", None, body())
        )
    with pytest.raises(RateLimited):
        await (
            issue(ctx, asked(), "key-00003")
            if rule is RateRule.file_ticket
            else receive(ctx, "x", None, body())
        )


@pytest.mark.parametrize("text", ["", "A", "AAAA", "é", "-" * 200, "A" * 16, "A" * 59])
async def test_tickets_that_are_none(text: str) -> None:
    """R-B8: what was never given out as a ticket is none."""
    with pytest.raises(NotFound):
        await receive(await seller(), text, None, body(PDF))


async def test_whose_a_ticket_is() -> None:
    """R-B8: with another's ticket nobody uploads, and it stays good for its owner."""
    ctx = await seller()
    ticket = written((await issue(ctx, asked(), "key-00001"))["_id"])
    before = await stored()
    cases: list[tuple[Viewer, type[DomainError]]] = [
        (Viewer(Role.supplier, new_id()), NotFound),
        (Viewer(Role.participant, ctx.viewer.subject), AccessDenied),
        (ANONYMOUS, AccessDenied),
    ]
    for viewer, error in cases:
        with pytest.raises(error):
            await receive(replace(ctx, viewer=viewer), ticket, None, body(PDF))
    assert await stored() == before
    assert await receive(ctx, ticket, None, body(PDF))


class GoneError(Exception):
    """The client went away."""


async def cut_off() -> AsyncIterator[bytes]:
    """A body whose client goes away."""
    yield PDF[:20]
    raise GoneError


@pytest.mark.parametrize(
    ("announced", "parts", "error", "spent"),
    [
        (len(PDF) + 1, [PDF], "FILE_TOO_LARGE", False),
        (len(PDF) - 1, [PDF], "FILE_SIZE_DIFFERS", False),
        (len(PDF), [PDF, b"more"], "FILE_TOO_LARGE", True),
        (None, [PDF[:-1]], "FILE_SIZE_DIFFERS", True),
        (None, [b"<html>", PDF[6:]], "FILE_TYPE_UNKNOWN", True),
        (None, None, "", True),
    ],
)
async def test_uploads_that_fail(
    announced: int | None, parts: list[bytes] | None, error: str, spent: bool
) -> None:
    """R-B8: whatever goes wrong leaves nothing of the file; only what began to come uses the ticket up."""
    ctx = await seller()
    ticket = await issue(ctx, asked(), "key-00001")
    before = await stored()
    with pytest.raises(InvalidInput if error else GoneError) as refused:
        await receive(ctx, written(ticket["_id"]), announced, body(*parts) if parts else cut_off())
    assert getattr(refused.value, "code", "") == error
    assert await stored() == before
    if spent:
        with pytest.raises(Refused, match="FILE_TICKET_SPENT"):
            await receive(ctx, written(ticket["_id"]), None, body(PDF))
    else:
        assert await receive(ctx, written(ticket["_id"]), None, body(PDF))


async def test_a_content_that_was_swept_meanwhile() -> None:
    """R-B8: an upload that lasted so long that its content was dropped is no file."""
    ctx = await seller()
    ticket = await issue(ctx, asked(), "key-00001")

    async def slow() -> AsyncIterator[bytes]:
        yield PDF
        await files.sweep(NOW + timedelta(days=1))

    before = await stored()
    with pytest.raises(Refused, match="FILE_TICKET_SPENT"):
        await receive(ctx, written(ticket["_id"]), None, slow())
    assert await collection("files").count_documents({}) == before["files"]


async def test_a_commit_nobody_knows_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B8: when the answer to a commit is lost, a file that was written keeps its content."""
    ctx = await seller()
    ticket = await issue(ctx, asked(), "key-00001")

    async def lost(work: Any) -> Any:
        await in_transaction(work)
        raise AutoReconnect("the answer is lost")

    monkeypatch.setattr(uploading, "in_transaction", lost)
    with pytest.raises(AutoReconnect):
        await receive(ctx, written(ticket["_id"]), None, body(PDF))
    row = await files.get(ticket["_id"])
    assert row is not None
    assert await files.whole(row["content"]) == PDF


async def test_a_card_with_a_file_that_is_none() -> None:
    """R-B8: a card that names no file of the supplier's is refused with its place."""
    ctx = await seller()
    card = CardInput(title={}, description={}, documents=[DocumentInput(new_id(), FilePurpose.photo)])
    with pytest.raises(InvalidInput) as refused:
        await listings.create(ctx, WALKER.code, card, "key-00009")
    assert [issue.path for issue in refused.value.issues] == [("input", "card", "documents", 0, "fileId")]


async def test_an_edit_that_says_nothing_of_documents() -> None:
    """R-B8: an edit that does not speak of documents leaves them, and one that gives none takes them off."""
    ctx = await seller()
    file = await uploaded(ctx)
    taken = await files.take(timedelta(minutes=1))
    assert taken is not None
    await accept(ctx, taken, file, None)
    bare = CardInput(title={"ru": "Ходунки"}, description={})
    card = replace(bare, documents=[DocumentInput(file["_id"], FilePurpose.licence)])
    draft = await listings.create(ctx, WALKER.code, card, "key-00009")
    kept = await listings.edit(ctx, draft["_id"], 1, bare, "key-00010")
    assert [one["id"] for one in kept["documents"]] == [file["_id"]]
    assert kept["content_hash"] == draft["content_hash"]
    gone = await listings.edit(ctx, draft["_id"], 2, replace(bare, documents=[]), "key-00011")
    assert gone["documents"] == []
    assert gone["content_hash"] != draft["content_hash"]


async def test_a_file_that_goes_while_a_card_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B8: a card is not stored with a file that was collected after it had been checked."""
    ctx = await seller()
    file = await uploaded(ctx)
    taken = await files.take(timedelta(minutes=1))
    assert taken is not None
    await accept(ctx, taken, file, None)
    card = CardInput(title={}, description={}, documents=[DocumentInput(file["_id"], FilePurpose.licence)])
    whole = files.by_ids

    async def then_collected(wanted: set[Id]) -> dict[Id, Row]:
        found = await whole(wanted)
        await collection("files").delete_many({})
        return found

    monkeypatch.setattr(files, "by_ids", then_collected)
    with pytest.raises(InvalidInput) as refused:
        await listings.create(ctx, WALKER.code, card, "key-00009")
    assert refused.value.code == "UNKNOWN_FILE"
    assert await collection("listing_drafts").count_documents({}) == 0
