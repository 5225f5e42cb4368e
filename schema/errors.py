"""Errors as data: every mutation answers with its payload or one of these (requirement K)."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from domain import errors as domain
from domain import rate_limits
from domain.listings import EditConflict
from domain.texts import Language, catalogue, text
from execution.fields import as_type
from schema.changes import FieldChange, VersionStep, told_changes, told_steps


@strawberry.interface(description="Why a request was not done. Nothing was changed.")
class Error:
    """`path` points into the request; `message` is in the request's language."""

    code: str = strawberry.field(description="Stable name of the reason, in capitals.")
    path: list[str] = strawberry.field(description="Where in the request: argument, field, list position.")
    message: str = strawberry.field(description="For a person, in the language asked for.")


@strawberry.type(description="One of the things wrong with an input.")
class Issue(Error):
    """A single fault; many come at once."""


@strawberry.type(description="The request says something impossible; all faults found are listed.")
class InvalidInput(Error):
    """Carries every issue, so that a form can mark them all."""

    issues: list[Issue]


@strawberry.type(description="The viewer may not do this.")
class AccessDenied(Error):
    """Whatever the state of things."""


@strawberry.type(description="There is no such record, or none that the viewer may see.")
class NotFound(Error):
    """The two cases are not told apart on purpose."""


@strawberry.type(description="A rule of the law or of the portal says no, in this state and at this time.")
class Refused(Error):
    """The code names the rule."""


@strawberry.type(description="Too often: the same may be tried again later.")
class RateLimited(Error):
    """Others are answered meanwhile."""

    retry_after: int = strawberry.field(description="Whole seconds to wait.")


@strawberry.type(description="Somebody else wrote first.")
class VersionConflict(Error):
    """Read the record again, then decide."""

    expected: int = strawberry.field(description="The version that the request was made for.")
    actual: int = strawberry.field(description="The version that stands.")
    steps: list[VersionStep] = strawberry.field(
        default_factory=list, description="Of a card: what was done since the one expected, at most 50."
    )
    changes: list[FieldChange] = strawberry.field(
        default_factory=list, description="Of a card: what differs between the one expected and what stands."
    )


@strawberry.type(description="The idempotency key was used before for another request.")
class IdempotencyConflict(Error):
    """Take a new key for a new request."""


Problem = (
    InvalidInput | AccessDenied | NotFound | Refused | RateLimited | VersionConflict | IdempotencyConflict
)


def message(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """The text of an error code; parameters `name_kk`, `name_ru`, `name_en` give the reader's `{name}`."""
    named = {"name": params.get(f"name_{language}", "")} | dict(params)
    if "status" in named:
        named["status"] = _status(str(named["status"]), language)
    return text(f"errors.{code}", language, **named)


def _status(code: str, language: Language) -> str:
    """A status in words; no two kinds of record share one under different words."""
    keys = (f"statuses.{kind}_{code}" for kind in ("order", "measure", "listing", "job"))
    found = next((key for key in keys if key in catalogue()), None)
    return text(found, language) if found else code


def described(error: domain.DomainError | domain.Issue, language: Language) -> dict[str, Any]:
    """Code, path and message of an error, as every door shows them."""
    return {
        "code": error.code,
        "path": [str(step) for step in error.path],
        "message": message(error.code, language, error.params),
    }


def problem(error: domain.DomainError, language: Language) -> Problem:
    """The typed error of a mutation's answer."""
    said = described(error, language)
    if isinstance(error, domain.InvalidInput):
        return InvalidInput(**said, issues=[Issue(**described(issue, language)) for issue in error.issues])
    if isinstance(error, rate_limits.RateLimited):
        return RateLimited(**said, retry_after=error.retry_after)
    if isinstance(error, EditConflict):
        steps = [as_type(VersionStep, one) for one in told_steps(error.steps)]
        changes = [as_type(FieldChange, one) for one in told_changes(error.difference)]
        return VersionConflict(
            **said, expected=error.expected, actual=error.actual, steps=steps, changes=changes
        )
    if isinstance(error, domain.VersionConflict):
        return VersionConflict(**said, expected=error.expected, actual=error.actual)
    shown: type[Problem] = next((kind for source, kind in _SHOWN if isinstance(error, source)), Refused)
    return shown(**said)


_SHOWN: tuple[tuple[type[domain.DomainError], type[Problem]], ...] = (
    (domain.AccessDenied, AccessDenied),
    (domain.NotFound, NotFound),
    (domain.IdempotencyConflict, IdempotencyConflict),
)


def answers(name: str, payload: type) -> Any:
    """The union `name` of a mutation's payload and every error it may answer with."""
    return Annotated[payload | Problem, strawberry.union(name)]
