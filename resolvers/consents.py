"""The consent to be registered: its words stand in the challenge, so that they are what is signed (A3)."""

import re
from dataclasses import dataclass
from datetime import datetime

from documents import consents
from documents.base import Id
from documents.consents import SignedChallenge
from documents.reference import reference_value
from domain.errors import Refused
from domain.texts import Language
from domain.time import ASTANA
from resolvers.context import Context

TYPE, CODE = "consent", "registration"
_SAID = re.compile(rb"^registration consent: yes, text version ([0-9]+), (kk|ru|en)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """Which text a challenge carries: its version in reference data, and the language it was read in."""

    version: int
    language: Language


async def statement(ctx: Context, *, consent: bool) -> str:
    """What the challenge says after "registration consent: "; with consent, the whole text of the day.

    Refused CONSENT_TEXT_MISSING when reference data have no text in force: nobody consents to nothing.
    """
    if not consent:
        return "no"
    rule = await reference_value(TYPE, CODE, ctx.now.astimezone(ASTANA).date())
    words = (rule or {}).get("names") or {}
    if rule is None or ctx.language not in words:
        raise Refused("CONSENT_TEXT_MISSING", ("input", "consent"))
    one_line = " ".join(words[ctx.language].split())  # the lines of a challenge are ours alone
    return f"yes, text version {rule['value']}, {ctx.language}\nconsent text: {one_line}"


def said(content: bytes) -> Said:
    """Which text was consented to, by the very bytes that were signed; Refused CONSENT_REQUIRED if none."""
    found = _SAID.search(content)
    if found is None:
        raise Refused("CONSENT_REQUIRED", ("input", "challengeId"))
    return Said(int(found[1]), Language(found[2].decode()))


async def keep(subject: tuple[str, Id], signed: SignedChallenge, now: datetime) -> dict[str, str | int]:
    """Keep the signed consent inside the transaction that registers; what the audit notes of it."""
    words = said(signed.content)
    row = await consents.keep(subject, signed, words.version, words.language, now)
    return {"consent": str(row), "version": words.version, "challenge": str(signed.id)}
