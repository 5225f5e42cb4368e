"""Consents: under the key of whoever they register."""

from datetime import UTC, datetime

import pytest

from documents import consents
from documents.base import collection, new_id
from documents.consents import SignedChallenge
from domain.texts import Language

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_what_was_signed_opens_again() -> None:
    """R-A3: words and signature are kept sealed, open again as they were, and not in another place."""
    person, signed = new_id(), SignedChallenge(new_id(), "Согласен".encode(), b"signature")
    first = await consents.keep(("participant", person), signed, 1, Language.kk, NOW)
    await consents.keep(("supplier", new_id()), signed, 1, Language.kk, NOW)
    (kept,) = await consents.of(person)
    assert (kept["_id"], kept["version"], kept["language"], kept["challenge"]) == (first, 1, "kk", signed.id)
    assert await consents.opened(kept) == signed
    stored = str(await collection("consents").find({}).to_list())
    assert "Согласен" not in stored
    with pytest.raises(ValueError, match="does not open"):
        await consents.opened(kept | {"_id": new_id()})
