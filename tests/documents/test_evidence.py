from datetime import UTC, datetime, timedelta

import pytest

from documents import encryption, evidence, nodes
from documents.base import collection, in_transaction, new_id
from documents.evidence import Kept, LastCheck
from domain.errors import Erased
from domain.evidence import EvidencePurpose, digest
from domain.signatures import HolderRole, Signer, Verified

NOW = datetime(2026, 3, 10, 9, 0, 0, 999_999, tzinfo=UTC)
SIGNER = Signer("900101300017", None, frozenset({HolderRole.individual}), "1a", "CN=A", "A", None, NOW)


def kept(**changes: object) -> Kept:
    """Something to keep."""
    fields: dict[str, object] = {
        "purpose": EvidencePurpose.application,
        "owner": new_id(),
        "subject_kind": "order",
        "subject": new_id(),
        "content": b"content",
        "cms": b"cms",
        "verified": Verified(SIGNER, (b"leaf", b"root"), (b"list one", b"list two"), NOW),
        "retention_until": None,
        **changes,
    }
    return Kept(**fields)  # type: ignore[arg-type]


async def test_what_went_in_comes_out(database: object) -> None:
    """R-D2: Content, signature, chain, lists and signer come back exactly."""
    row = new_id()
    await in_transaction(lambda: evidence.keep(row, kept(retention_until=NOW)))
    stored = await nodes.load("evidence", row)
    assert stored is not None
    assert stored["content_sha256"] == digest(b"content")
    opened = await evidence.open_evidence(stored)
    assert (opened.content, opened.cms) == (b"content", b"cms")
    assert opened.material.chain == (b"leaf", b"root")
    assert opened.material.crls == (b"list one", b"list two")
    assert opened.signer["iin"] == "900101300017"
    assert await evidence.content_of(stored) == b"content"


async def test_every_proof_comes_back(database: object) -> None:
    """R-D2: answers of an OCSP responder and the statement of another service are kept under the same seal."""
    row = new_id()
    verified = Verified(SIGNER, (b"leaf",), (), NOW, (b"answer",), b'{"valid": true}')
    await in_transaction(lambda: evidence.keep(row, kept(verified=verified)))
    stored = await evidence.get(row)
    assert stored is not None
    assert (await evidence.open_evidence(stored)).material == verified.material


async def test_evidence_from_before_ocsp_still_opens(database: object) -> None:
    """R-D2: a chain that was kept alone is read as such."""
    row = new_id()
    await in_transaction(lambda: evidence.keep(row, kept()))
    plain = await encryption.seal(row, "evidence.chain", row, b'["bGVhZg=="]')
    await collection("evidence").update_one({"_id": row}, {"$set": {"chain": plain}})
    stored = await evidence.get(row)
    assert stored is not None
    material = (await evidence.open_evidence(stored)).material
    assert (material.chain, material.ocsp, material.statement) == ((b"leaf",), (), None)


async def test_lists_are_stored_once(database: object) -> None:
    """R-D2: A revocation list that many signatures need is kept once."""
    for _ in range(3):
        row = new_id()
        await in_transaction(lambda row=row: evidence.keep(row, kept()))  # type: ignore[misc]
    assert await collection("revocation_lists").count_documents({}) == 2
    assert await collection("evidence").count_documents({}) == 3


async def test_evidence_of_one_does_not_open_as_anothers(database: object) -> None:
    """R-J1: Each piece has a key of its own and is bound to its row: parts can't be exchanged."""
    rows = [new_id(), new_id()]
    for row in rows:
        await in_transaction(lambda row=row: evidence.keep(row, kept()))  # type: ignore[misc]
    other = await evidence.get(rows[1])
    assert other is not None
    await collection("evidence").update_one({"_id": rows[0]}, {"$set": {"content": other["content"]}})
    changed = await evidence.get(rows[0])
    assert changed is not None
    with pytest.raises(ValueError):
        await evidence.open_evidence(changed)
    assert await collection("data_keys").count_documents({"_id": {"$in": rows}}) == 2


async def test_the_end_of_a_term(database: object) -> None:
    """R-J1: at the end of its term evidence loses key and content; digest and last check stay, once."""
    rows = [new_id() for _ in range(3)]
    for row, until in zip(rows, (NOW, None, NOW + timedelta(days=1)), strict=True):
        await in_transaction(lambda row=row, until=until: evidence.keep(row, kept(retention_until=until)))  # type: ignore[misc]
    assert [row["_id"] for row in await evidence.due(NOW, 10)] == [rows[0]]
    last = LastCheck(at=NOW.replace(microsecond=0), code="X")
    ended = [await in_transaction(lambda: evidence.end(rows[0], last)) for _ in range(2)]
    assert ended == [True, False]
    stored = await evidence.get(rows[0])
    assert stored is not None
    assert (stored["content"], stored["content_sha256"]) == (None, digest(b"content"))
    assert stored["last_check"] == last.model_dump()
    for opening in (evidence.open_evidence(stored), evidence.content_of(stored)):
        with pytest.raises(Erased):
            await opening
    assert await evidence.due(NOW, 10) == []
    acts = [row["act"] async for row in collection("audit_intents").find({"subject": rows[0]})]
    assert acts == ["Evidence.keep", "Evidence.end"]
    assert await evidence.chain_position(rows[0]) is None
