"""Evidence of signatures: the signed bytes, the signature, and what a later check needs, each under seal.

Evidence has a key of its own, so that it outlives the erasure of a person and ends with its own term (J1).
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import BaseModel
from pymongo import IndexModel

from documents import data_keys
from documents.audit import intend
from documents.audit.reading import Wanted, entries
from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.encryption import Sealed, reveal_bytes, seal
from documents.nodes import readable
from domain.audit import system_actor
from domain.errors import Erased
from domain.evidence import EvidencePurpose, digest
from domain.signatures import Material, Verified

NAME = "evidence"
LISTS = "revocation_lists"
KIND = "evidence"
KEPT, ENDED = "Evidence.keep", "Evidence.end"
EVIDENCE = system_actor("evidence")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SEALED = ("content", "cms", "chain", "summary")


class LastCheck(BaseModel):
    """When the signature was checked last, and what came of it; no code = it held."""

    model_config = Record.model_config

    at: datetime
    code: str | None = None


class Evidence(Record):
    """One signature that was verified: for which paper of which record, by whom, and until when it is kept.

    `content_sha256` is hexadecimal; `crls` name revocation lists by their SHA-256; `summary` repeats the
    plain fields and names the signer, so that a change of any of them shows. After its term only the digest
    and the last check are left of it (J1).
    """

    purpose: EvidencePurpose
    owner: Id
    subject_kind: str
    subject: Id
    content: Sealed | None
    content_sha256: str
    cms: Sealed | None
    chain: Sealed | None
    crls: list[bytes]
    summary: Sealed | None
    verified_at: datetime
    retention_until: datetime | None
    last_check: LastCheck
    destroyed_at: datetime | None = None

    class Settings(Record.Settings):
        """Found by the record it belongs to, and by the end of its term."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("subject", 1), ("purpose", 1)]),
            IndexModel([("destroyed_at", 1), ("retention_until", 1)]),
        ]


class RevocationCopy(Record):
    """One revocation list as it was published: thousands of signatures share it."""

    digest: bytes
    der: bytes

    class Settings(Record.Settings):
        """One row a list."""

        name = LISTS
        indexes: ClassVar = [IndexModel([("digest", 1)], unique=True)]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept: which paper of which record, whose, the verified signature and its term."""

    purpose: EvidencePurpose
    owner: Id
    subject_kind: str
    subject: Id
    content: bytes
    cms: bytes
    verified: Verified
    retention_until: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """Evidence in clear, as it went in; see `open_evidence`."""

    content: bytes
    cms: bytes
    material: Material
    signer: dict[str, Any]


async def keep(row: Id, kept: Kept) -> Row:
    """Write evidence under the identifier `row`, inside the transaction under way."""
    evidence = Evidence(
        _id=row,
        purpose=kept.purpose,
        owner=kept.owner,
        subject_kind=kept.subject_kind,
        subject=kept.subject,
        content=await _seal(row, "content", kept.content),
        content_sha256=digest(kept.content),
        cms=await _seal(row, "cms", kept.cms),
        chain=await _seal(row, "chain", _packed(kept.verified.material)),
        crls=[await _keep_list(der) for der in kept.verified.crls],
        summary=await _seal(row, "summary", _json(_summary(kept))),
        verified_at=kept.verified.checked_at,
        retention_until=kept.retention_until,
        last_check=LastCheck(at=kept.verified.checked_at),
    )
    details = {"purpose": kept.purpose.value, "sha256": digest(kept.content)}
    await intend(KEPT, by=EVIDENCE, at=kept.verified.checked_at, subject=(KIND, row), details=details)
    return dict(await insert(evidence), kind=KIND)


async def get(evidence: Id) -> Row | None:
    """The evidence as a record of kind "evidence"; what it consists of is sealed."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": evidence}, session=session()))


async def due(now: datetime, limit: int) -> list[Row]:
    """Evidence whose term is over and whose key is still there; some of it."""
    query = {"destroyed_at": None, "retention_until": {"$type": "date", "$lte": now}}
    rows = await collection(NAME).find(query, limit=limit, session=session()).to_list()
    return [dict(row, kind=KIND) for row in rows]


async def end(row: Id, last: LastCheck) -> bool:
    """Destroy the key and what it sealed, inside the transaction under way; False when that was done."""
    gone = dict.fromkeys(_SEALED) | {"last_check": last.model_dump(), "destroyed_at": last.at}
    done = await collection(NAME).update_one(
        {"_id": row, "destroyed_at": None}, {"$set": gone}, session=session()
    )
    if done.modified_count:
        await data_keys.destroy([row], last.at)
        await intend(ENDED, by=EVIDENCE, at=last.at, subject=(KIND, row), details={"code": last.code})
    return done.modified_count == 1


async def chain_position(row: Id) -> int | None:
    """The number of the audit's entry that holds the digest; None until the sealer has linked it."""
    wanted = Wanted(act=KEPT, subject=row)
    found = (await entries(wanted, first=1)).rows
    return int(found[0]["seq"]) if found else None


async def content_of(row: Row) -> bytes:
    """The signed bytes; ValueError when they were changed, Erased when their key was destroyed."""
    if row["content"] is None:
        raise Erased
    return await reveal_bytes(f"{NAME}.content", row["_id"], row["content"])


async def open_evidence(row: Row) -> Opened:
    """Everything in clear; ValueError when any part is not what was written, Erased after its term."""
    if row["destroyed_at"] is not None:
        raise Erased
    content, cms, chain, summary = [
        await reveal_bytes(f"{NAME}.{field}", row["_id"], row[field]) for field in _SEALED
    ]
    stated: dict[str, Any] = json.loads(summary)
    if digest(content) != row["content_sha256"] or stated["plain"] != _plain(row):
        raise ValueError("the plain fields of the evidence are not those that were sealed")
    return Opened(content, cms, _unpacked_material(chain, await _lists(row["crls"])), stated["signer"])


async def _seal(row: Id, field: str, value: bytes) -> Sealed:
    return await seal(row, f"{NAME}.{field}", row, value)


def _packed(material: Material) -> bytes:
    """All of the material but the lists, which many signatures share."""
    return _json(
        {
            "chain": [b64encode(link).decode() for link in material.chain],
            "ocsp": [b64encode(answer).decode() for answer in material.ocsp],
            "statement": None if material.statement is None else b64encode(material.statement).decode(),
        }
    )


def _unpacked_material(packed: bytes, lists: Sequence[bytes]) -> Material:
    read = json.loads(packed)
    kept: dict[str, Any] = read if isinstance(read, dict) else {"chain": read}  # before OCSP: the chain alone
    statement = kept.get("statement")
    return Material(
        tuple(b64decode(link) for link in kept["chain"]),
        tuple(lists),
        tuple(b64decode(answer) for answer in kept.get("ocsp", ())),
        None if statement is None else b64decode(statement),
    )


async def _keep_list(der: bytes) -> bytes:
    name = sha256(der).digest()
    known = await collection(LISTS).find_one({"digest": name}, {"_id": 1}, session=session())
    if known is None:
        await insert(RevocationCopy(digest=name, der=zlib.compress(der, 9)))
    return name


async def _lists(names: Sequence[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for name in names:
        row = await collection(LISTS).find_one({"digest": name}, session=session())
        found.append(_unpacked(name, row))
    return found


def _unpacked(name: bytes, row: Row | None) -> bytes:
    try:
        der = zlib.decompress(row["der"]) if row else b""
    except zlib.error as error:
        raise ValueError("a stored revocation list was changed") from error
    if sha256(der).digest() != name:
        raise ValueError("a stored revocation list was changed")
    return der


def _summary(kept: Kept) -> dict[str, Any]:
    signer = kept.verified.signer
    plain = {
        "purpose": kept.purpose.value,
        "owner": kept.owner,
        "subject_kind": kept.subject_kind,
        "subject": kept.subject,
        "verified_at": kept.verified.checked_at,
        "retention_until": kept.retention_until,
        "crls": [sha256(der).digest() for der in kept.verified.crls],
    }
    named = {
        "iin": signer.iin,
        "bin": signer.bin,
        "name": signer.name,
        "organisation": signer.organisation,
        "roles": sorted(signer.roles),
        "serial": signer.serial,
        "signed_at": signer.signed_at.isoformat() if signer.signed_at else None,
    }
    return {"plain": _plain(plain), "signer": named}


def _plain(row: Row) -> dict[str, Any]:
    """The plain fields in one form in which they compare; instants to the millisecond, as stored."""
    instants = {field: row[field] for field in ("verified_at", "retention_until")}
    return {
        "purpose": row["purpose"],
        "owner": str(row["owner"]),
        "subject_kind": row["subject_kind"],
        "subject": str(row["subject"]),
        "crls": [bytes(name).hex() for name in row["crls"]],
        **{field: (at - _EPOCH) // _MILLISECOND if at else None for field, at in instants.items()},
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


readable(KIND, get)
