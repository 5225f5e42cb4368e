"""Signing in: a challenge, its signature, tokens; and what somebody without a certificate must do first."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from domain.errors import invalid
from domain.identity import Role
from domain.texts import Language, text
from execution.fields import stored, value
from resolvers import identity as acts
from resolvers.context import Context
from resolvers.representatives import titles as titles_of
from schema.errors import answers
from schema.nodes import global_id
from schema.roots import given, mutation, query

Plain = Mapping[str, Any]

SIGNATURE_MAX = 90_000
"""Characters of a Base64 signature: somewhat more than the 64 KB that are verified at most."""


@strawberry.type(description="Bytes to be signed with an authentication certificate of the NCA.")
class SignInChallenge:
    """Binds the act, the portal, the identifier entered, a nonce and an expiry; good for one answer."""

    challenge_id: strawberry.ID
    content: str = strawberry.field(description="The exact bytes to sign, in Base64.")
    text: str = strawberry.field(description="The same, for a person.")
    expires_at: datetime


@strawberry.type(description="A way in which the person behind the session may act.")
class Capacity:
    """`index` goes into `signInActAs`."""

    index: int
    role: Role
    subject: strawberry.ID
    on_behalf: bool = strawberry.field(description="As the legal representative of a ward.")
    region: str | None
    name: str | None = strawberry.field(
        description="Whom one acts as: the person, the ward, the organisation; null for staff."
    )


@strawberry.type(description="Tokens of one capacity.")
class SignedIn:
    """The access token goes into `Authorization: Bearer …` or into `connection_init`."""

    access_token: str
    refresh_token: str
    expires_in: int = strawberry.field(description="Seconds until the access token ends.")
    capacities: list[Capacity]
    current: int = strawberry.field(description="Index of the capacity that the token carries.")


@strawberry.type(description="The session is over; its tokens are refused from now on.")
class SignedOut:
    """Nothing else to say."""

    done: bool = True


@given
class SignInBeginInput:
    """Who is going to sign in."""

    identifier: str = strawberry.field(description="IIN or BIN, twelve digits.")
    consent: bool = strawberry.field(
        default=False, description="Register at first sign-in; the consent becomes part of what is signed."
    )


@given
class SignInCompleteInput:
    """The answer to a challenge."""

    challenge_id: strawberry.ID
    cms: str = strawberry.field(
        description="CMS over the challenge's content, attached or detached, Base64 of DER."
    )


@given
class SignInRefreshInput:
    """A refresh token is good once."""

    refresh_token: str


@given
class SignInActAsInput:
    """Another capacity of the same session."""

    refresh_token: str
    capacity: int


async def sign_in_begin(context: Context, *, input: SignInBeginInput) -> SignInChallenge:  # noqa: A002
    """Ask for a challenge."""
    made = await acts.begin(context, input.identifier, consent=input.consent)
    content = base64.b64encode(made.content).decode()
    return SignInChallenge(
        challenge_id=strawberry.ID(str(made.id)),
        content=content,
        text=made.content.decode(),
        expires_at=made.expires_at,
    )


async def sign_in_complete(context: Context, *, input: SignInCompleteInput) -> SignedIn:  # noqa: A002
    """Answer a challenge."""
    challenge = acts.challenge_id(input.challenge_id)
    return await shown(context, await acts.complete(context, challenge, signature(input.cms, "input", "cms")))


async def sign_in_refresh(context: Context, *, input: SignInRefreshInput) -> SignedIn:  # noqa: A002
    """Exchange a refresh token."""
    return await shown(context, await acts.refresh(context, input.refresh_token))


async def sign_in_act_as(context: Context, *, input: SignInActAsInput) -> SignedIn:  # noqa: A002
    """Change the capacity."""
    return await shown(context, await acts.act_as(context, input.capacity, input.refresh_token))


async def sign_out(context: Context) -> SignedOut:
    """End the session."""
    await acts.sign_out(context)
    return SignedOut()


def signature(text_: str, *path: str) -> bytes:
    """The DER behind a Base64 signature; InvalidInput `NOT_BASE64`."""
    try:
        return base64.b64decode(text_[:SIGNATURE_MAX], validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("NOT_BASE64", *path) from error


async def shown(context: Context, done: acts.SignedIn) -> SignedIn:
    """The tokens and capacities as clients see them."""
    titles = await titles_of(done.capacities)
    named = [title[_NAMES[context.language]] if title else None for title in titles]
    capacities = [
        _capacity(index, row, name)
        for index, (row, name) in enumerate(zip(done.capacities, named, strict=True))
    ]
    return SignedIn(
        access_token=done.access_token,
        refresh_token=done.refresh_token,
        expires_in=done.expires_in,
        capacities=capacities,
        current=done.session["current"],
    )


_NAMES = {Language.kk: "kk", Language.ru: "ru", Language.en: "ru"}
"""Registers write names in two languages."""
_SUBJECTS = {Role.participant: "participant", Role.supplier: "supplier"}


def _capacity(index: int, row: Plain, name: str | None) -> Capacity:
    role = Role(row["role"])
    return Capacity(
        index=index,
        role=role,
        subject=global_id(_SUBJECTS.get(role, "staff"), row["subject"]),
        on_behalf=row["representative"] is not None,
        region=row["region"],
        name=name,
    )


@value(description="One thing to do before signing in (Order 73, p. 4).")
class SignInStep:
    """For whoever has no certificate yet."""

    title: str = stored()
    text: str = stored()
    url: str | None = stored()


STEPS = (("install", "https://ncl.pki.gov.kz/"), ("certificate", "https://pki.gov.kz/"), ("register", None))


async def sign_in_requirements(context: Context) -> list[Plain]:
    """What p. 4 asks for, in the reader's language."""
    return [
        {
            "title": text(f"sign_in.{step}_title", context.language),
            "text": text(f"sign_in.{step}_text", context.language),
            "url": url,
        }
        for step, url in STEPS
    ]


@strawberry.type
class IdentityQueries:
    """Before anybody can sign in."""

    sign_in_requirements: list[SignInStep] = query(sign_in_requirements)


@strawberry.type
class IdentityMutations:
    """Signing in and out; none of these results is ever stored."""

    sign_in_begin: answers("SignInBeginResult", SignInChallenge) = mutation(sign_in_begin)  # type: ignore[valid-type]
    sign_in_complete: answers("SignInCompleteResult", SignedIn) = mutation(sign_in_complete)  # type: ignore[valid-type]
    sign_in_refresh: answers("SignInRefreshResult", SignedIn) = mutation(sign_in_refresh)  # type: ignore[valid-type]
    sign_in_act_as: answers("SignInActAsResult", SignedIn) = mutation(sign_in_act_as)  # type: ignore[valid-type]
    sign_out: answers("SignOutResult", SignedOut) = mutation(sign_out)  # type: ignore[valid-type]
