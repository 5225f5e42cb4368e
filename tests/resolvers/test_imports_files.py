"""Files of tables at the resolvers: whole or not, within bounds, and gone in time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from documents import imports as files
from documents.base import collection, in_transaction
from documents.housekeeping import drop_expired
from domain.errors import NotFound, Refused
from domain.imports import ImportPolicy
from domain.rate_limits import Limits, Rate, RateLimited, RateRule
from resolvers import imports
from resolvers.imports import files as uploads
from tests.resolvers.stage import NOW, supplier
from tests.resolvers.tables import kept_bytes, pieces

pytestmark = pytest.mark.usefixtures("database")
LENIENT = ImportPolicy.ignore_failed_fields


async def test_files_that_can_not_be_imported() -> None:
    """R-B6: a file that is not whole, that an export made or that has expired is refused."""
    _, ctx = await supplier()
    given: dict[str, Any] = {"policy": LENIENT, "dry_run": True, "publish": False, "key": "key-begin-1"}
    file = (await imports.upload(ctx, pieces(b"key\n"), 4))["_id"]
    for change, refusal in (
        ({"purpose": "result"}, NotFound),
        ({"purpose": "source", "size": None}, NotFound),
        ({"size": 1, "expires_at": NOW}, Refused),
    ):
        await collection(files.NAME).update_one({"_id": file}, {"$set": change})
        with pytest.raises(refusal):
            await imports.begin_import(ctx, "walkers", file, **given)
        if refusal is NotFound and "size" not in change:
            continue
        with pytest.raises(NotFound):
            await imports.download(ctx, str(file))


async def test_a_repeated_import_is_answered_when_its_file_is_gone() -> None:
    """R-K: the same request gives the same job though the file has expired; under a new key it is refused."""
    _, ctx = await supplier()
    given: dict[str, Any] = {"policy": LENIENT, "dry_run": True, "publish": False}
    file = (await imports.upload(ctx, pieces(b"key\n"), 4))["_id"]
    job = await imports.begin_import(ctx, "walkers", file, **given, key="key-begin-1")
    await collection(files.NAME).update_one({"_id": file}, {"$set": {"expires_at": NOW}})
    again = await imports.begin_import(ctx, "walkers", file, **given, key="key-begin-1")
    assert again["_id"] == job["_id"]
    with pytest.raises(Refused, match="IMPORT_FILE_GONE"):
        await imports.begin_import(ctx, "walkers", file, **given, key="key-begin-2")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04x", "xlsx"), (b"\xef\xbb\xbf \n[", "json"), (b"{", "json"), (b"key;", "csv"), (b"", "csv")],
)
async def test_the_first_bytes_say_what_it_is(content: bytes, kind: str) -> None:
    """R-B6: nobody has to say what kind of file a table is."""
    _, ctx = await supplier()
    row = await imports.upload(ctx, pieces(content), None)
    assert (row["format"], row["size"]) == (kind, len(content))


async def test_bounds_of_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: what is announced or comes too large leaves no bytes; too many files, or too often, is refused."""
    _, ctx = await supplier()
    monkeypatch.setattr(uploads, "LARGEST", 5_000)
    taken = 0

    async def much() -> Any:
        nonlocal taken
        while True:
            taken += 1000
            yield b"x" * 1000

    for announced in (5_001, None):
        with pytest.raises(imports.FileTooLarge):
            await imports.upload(ctx, much(), announced)
    assert (taken, await kept_bytes()) == (6000, 0)

    async def broken() -> Any:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await imports.upload(ctx, broken(), None)
    assert await kept_bytes() == 0
    for _ in range(files.MOST_KEPT - 2):
        await imports.upload(ctx, pieces(b"key"), 3)
    with pytest.raises(Refused, match="IMPORT_TOO_MANY_FILES"):
        await imports.upload(ctx, pieces(b"key"), 3)
    few = replace(ctx.services, limits=Limits({RateRule.import_file: Rate(1, timedelta(hours=1))}))
    hasty = replace(ctx, services=few)
    with pytest.raises(RateLimited):
        await imports.upload(hasty, pieces(b"key"), 3)


async def test_files_go_when_they_expire() -> None:
    """R-L: bytes and rows of files that have expired are dropped, those of unfinished uploads too."""
    _, ctx = await supplier()
    old = await imports.upload(ctx, pieces(b"key"), 3)
    later = replace(ctx, now=NOW + timedelta(days=2))
    fresh = await imports.upload(later, pieces(b"key"), 3)
    assert await drop_expired(NOW + files.KEPT + timedelta(seconds=1)) >= 1
    assert await files.get(old["_id"]) is None
    assert [row["files_id"] for row in await collection(f"{files.BYTES}.chunks").find().to_list()] == [
        fresh["_id"]
    ]
    assert await in_transaction(lambda: files.complete(old["_id"], 3, "x")) is None
    with pytest.raises(NotFound):
        await uploads.whole(ctx, old["_id"], 3, "x")
    with pytest.raises(files.FileGone):
        await anext(aiter(files.read(old["_id"])))
