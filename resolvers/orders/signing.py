"""Papers to sign, and acts that need a signature: verified first, done once per idempotency key."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from documents import idempotency, participants, suppliers
from documents.base import Row
from domain.errors import IdempotencyConflict, NotFound, Refused
from domain.evidence import digest
from domain.identity import Role
from domain.orders.papers import rendered
from domain.signatures import BINDING, Purpose, Signer, Verified, has_role, require_person, same_holder
from domain.suppliers import by_organisation
from domain.texts import Language
from resolvers.acts import once
from resolvers.admission import still_admitted
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Paper:
    """The exact bytes to sign, and their digest in hexadecimal."""

    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""
        return digest(self.content)

    def text(self, language: Language) -> str:
        """The paper in words, made from the bytes."""
        return rendered(self.content, language)


@dataclass(frozen=True, slots=True)
class Deed:
    """A signed act: its operation and idempotency key, what it is about, the paper, the signature (CMS)."""

    operation: str
    key: str
    about: Mapping[str, str]
    paper: Paper
    cms: bytes


async def once_signed(ctx: Context, deed: Deed, work: Callable[[Verified], Awaitable[Row]]) -> Row:
    """Verify signature and signer, then do `work` once in a transaction; a repeated key repeats its answer.

    SignatureRefused for a signature that does not hold over exactly these bytes, Refused
    SIGNATURE_OF_ANOTHER_PERSON or SIGNER_NOT_ENTITLED for one of somebody else. AccessDenied SESSION_ENDED or
    AUTHORITY_ENDED when either ended while the signature was looked at.
    """
    request = {**deed.about, "cms": digest(deed.cms)}
    if await idempotency.find(idempotency.scope(ctx.viewer.key, deed.operation, deed.key)) is not None:
        return await once(ctx, deed.operation, deed.key, request, _vanished)
    verified = await ctx.services.signatures.verify(deed.cms, deed.paper.content, Purpose.document, ctx.now)
    await check_signer(ctx, verified.signer)

    async def done() -> Row:
        await still_admitted(ctx.viewer, ctx.services.clock())  # another service may verify for seconds
        return await work(verified)

    return await once(ctx, deed.operation, deed.key, request, done)


async def check_signer(ctx: Context, signer: Signer) -> None:
    """Refuse a signature that isn't of the person who acts, or doesn't bind the supplier acted for."""
    require_person(signer)
    if ctx.viewer.role is Role.supplier:
        await _check_supplier(ctx, signer)
        return
    acting = ctx.viewer.representative or ctx.viewer.subject
    row = await participants.get(acting) if acting else None
    if row is None or not same_holder(signer, iin=(await participants.profile(row)).iin):
        raise Refused("SIGNATURE_OF_ANOTHER_PERSON", ("input", "cms"))


async def _check_supplier(ctx: Context, signer: Signer) -> None:
    row = await suppliers.get(ctx.viewer.subject) if ctx.viewer.subject else None
    if row is None:
        raise NotFound(("viewer",))
    identifier = await suppliers.identifier(row)
    organisation = by_organisation(identifier)
    own = {"bin_": identifier} if organisation else {"iin": identifier}
    if not same_holder(signer, **own):
        raise Refused("SIGNATURE_OF_ANOTHER_PERSON", ("input", "cms"))
    if organisation and not has_role(signer, BINDING):
        raise Refused("SIGNER_NOT_ENTITLED", ("input", "cms"))


async def _vanished() -> Row:  # pragma: no cover - a key that expires between two reads
    """The key was there a moment ago and has expired since: nothing was verified, so nothing is done."""
    raise IdempotencyConflict
