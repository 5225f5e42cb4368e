"""Signing in: a challenge bound to who enters it, its signature, and the capacities that follow."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from documents import identity, participants, suppliers
from documents.audit import intend
from documents.base import Id, Row, in_transaction, parse_id, unguessable_id
from documents.consents import SignedChallenge
from documents.identity import CHALLENGE_LIFETIME, SIGN_IN, Origin
from domain.audit import Actor
from domain.errors import Refused
from domain.identifiers import parse_bin, parse_iin
from domain.identity import Role
from domain.rate_limits import RateRule
from domain.signatures import Purpose, Refusal, SignatureRefused, Signer
from resolvers import consents
from resolvers.capacities import Entry, capacities_of
from resolvers.context import Context
from resolvers.identity.sessions import SignedIn, actor_of, caller_of, signed_in
from resolvers.rate_limits import failed, network, require_rate, require_unlocked, succeeded

CONTENT = """Kömek — portal of social services
act: {act}
audience: {audience}
identifier: {identifier}
registration consent: {consent}
nonce: {nonce}
issued: {issued}
expires: {expires}
"""
NOT_THE_SIGNERS_FAULT = frozenset(
    {Refusal.revocation_unknown, Refusal.unavailable, Refusal.offline, Refusal.gost}
)
"""What an honest signer can't help: it locks nobody out."""


@dataclass(frozen=True, slots=True)
class SignInChallenge:
    """What the person has to sign, byte for byte."""

    id: Id
    content: bytes
    expires_at: datetime


async def begin(ctx: Context, identifier: str, *, consent: bool) -> SignInChallenge:
    """A challenge for an IIN or BIN; `consent` registers whoever signs in for the first time (A1, A3).

    RateLimited after too many from one network, and while it is locked out for this identifier.
    """
    known = _identifier(identifier)
    await require_rate(ctx, RateRule.sign_in_begin, network(ctx))
    await require_rate(ctx, RateRule.sign_in_begin_person, known, network(ctx))
    await require_unlocked(ctx, known)
    expires, audience = ctx.now + CHALLENGE_LIFETIME, ctx.services.audience
    content = CONTENT.format(
        act=SIGN_IN,
        audience=audience,
        identifier=known,
        consent=await consents.statement(ctx, consent=consent),
        nonce=secrets.token_urlsafe(32),
        issued=ctx.now.isoformat(),
        expires=expires.isoformat(),
    ).encode()
    row = unguessable_id()
    await identity.open_challenge(row, content, known, consent=consent, now=ctx.now, audience=audience)
    return SignInChallenge(row, content, expires)


async def complete(ctx: Context, challenge: Id, cms: bytes) -> SignedIn:
    """Consume the challenge, verify its signature, open a session in the first capacity found.

    Refused: CHALLENGE_GONE, the codes of the signature, SIGNATURE_OF_ANOTHER_PERSON, and the reasons why
    nobody can act (`resolvers.capacities`). RateLimited as in `begin`; a wrong answer counts as a failure.
    """
    await require_rate(ctx, RateRule.sign_in_complete, network(ctx))
    taken = await identity.consume_challenge(challenge, ctx.now, audience=ctx.services.audience)
    if taken is None:
        raise Refused("CHALLENGE_GONE", ("input", "challengeId"))
    content, entered, consent = taken
    await require_unlocked(ctx, entered)
    try:
        signer, iin = await _signer(ctx, content, entered, cms)
    except Refused as refused:
        await _refused(ctx, entered, refused)
        raise
    entry = Entry(entered, consent, SignedChallenge(challenge, content, cms))
    done = await _opened(ctx, entry, signer, iin)
    await succeeded(ctx, entered)
    return done


async def _signer(ctx: Context, content: bytes, entered: str, cms: bytes) -> tuple[Signer, str]:
    """Who signed the challenge, and with which IIN: nobody but the person or organisation it was made for."""
    signer = (await ctx.services.signatures.verify(cms, content, Purpose.login, ctx.now)).signer
    if entered not in {signer.iin, signer.bin} or signer.iin is None:
        raise Refused("SIGNATURE_OF_ANOTHER_PERSON", ("input", "cms"))
    return signer, signer.iin


async def _refused(ctx: Context, entered: str, refused: Refused) -> None:
    """Count a wrong answer, and write down that somebody tried to get in as whom the portal knows."""
    if isinstance(refused, SignatureRefused) and refused.reason in NOT_THE_SIGNERS_FAULT:
        return
    locked = await failed(ctx, entered)
    subject = await _known(entered)
    if subject is not None:
        await intend(
            "SignIn.refused",
            by=Actor(Role.anonymous.value),
            at=ctx.now,
            subject=subject,
            details={"code": refused.code, "locked": locked},
        )


async def _known(entered: str) -> tuple[str, Id] | None:
    """The participant or supplier that an identifier means."""
    person = await participants.by_iin(entered)
    if person is not None:
        return "participant", person["_id"]
    supplier = await suppliers.by_identifier(entered)
    return ("supplier", supplier["_id"]) if supplier is not None else None


def _identifier(text: str) -> str:
    """An IIN or a BIN: the fifth digit of a BIN is 4 to 6, never the first digit of a day."""
    read = parse_bin if text[4:5] in {"4", "5", "6"} else parse_iin
    return read(text, path=("input", "identifier"))


async def _opened(ctx: Context, entry: Entry, signer: Signer, iin: str) -> SignedIn:
    """A session, written together with whatever the sign-in registers."""
    refresh = secrets.token_urlsafe(32)
    origin = Origin(entry.identifier, iin, signer.bin, tuple(sorted(signer.roles)), signer.serial)

    async def work() -> Row:
        capacities = await capacities_of(ctx, entry, signer)
        holder = participants.iin_index(iin)
        session = await identity.open_session(
            holder, capacities, refresh, ctx.now, origin=origin, caller=caller_of(ctx)
        )
        await intend(
            "Mutation.signInComplete",
            by=actor_of(session),
            at=ctx.now,
            subject=("session", session["_id"]),
            details={"certificate": signer.serial, "capacities": len(capacities)},
        )
        return session

    return signed_in(ctx, await in_transaction(work), refresh)


def challenge_id(text: str) -> Id:
    """The identifier of a challenge as a client gives it back."""
    return parse_id(text, "input", "challengeId")
