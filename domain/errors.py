"""What can go wrong by a rule; every door translates this one tree.

DomainError
├── InvalidInput        the request says something impossible (one issue or many)
├── NotFound            no such thing, or none that the viewer may see
├── AccessDenied        the viewer may not do this
├── Refused             a rule of the law or of the portal says no
│   └── Erased          the person it was about was erased
├── VersionConflict     somebody else wrote first
└── IdempotencyConflict the key was used before for another request
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
Parameter = str | int


@dataclass(frozen=True)
class Issue:
    """One thing wrong with an input: its code, where it stands, and the values its message needs."""

    code: str
    path: Path = ()
    params: Mapping[str, Parameter] = field(default_factory=dict)


class DomainError(Exception):
    """A typed refusal: `code` names it, `path` points into the input, `params` fill its message."""

    def __init__(self, code: str, path: Path = (), **params: Parameter) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.params = params


class InvalidInput(DomainError):
    """The input can't be meant: carries every issue found, not only the first."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        first = issues[0]
        super().__init__(first.code, first.path, **first.params)
        self.issues = tuple(issues)


class NotFound(DomainError):
    """Nothing there that this viewer may see."""

    def __init__(self, path: Path = ()) -> None:
        super().__init__("NOT_FOUND", path)


class AccessDenied(DomainError):
    """The viewer may not do this, whatever the state of things."""

    def __init__(self, code: str = "ACCESS_DENIED", path: Path = ()) -> None:
        super().__init__(code, path)


class Refused(DomainError):
    """A rule says no, in this state and at this time."""


class Erased(Refused):
    """What is asked for belonged to somebody whose key was destroyed: nobody can read it any more (J1)."""

    def __init__(self, path: Path = ()) -> None:
        super().__init__("CONTENT_ERASED", path)


class VersionConflict(DomainError):
    """The record moved on: `expected` is what the client saw, `actual` what stands."""

    def __init__(self, expected: int, actual: int, path: Path = ("expectedVersion",)) -> None:
        super().__init__("VERSION_CONFLICT", path, expected=expected, actual=actual)
        self.expected = expected
        self.actual = actual


class IdempotencyConflict(DomainError):
    """The same key came before with another request."""

    def __init__(self) -> None:
        super().__init__("IDEMPOTENCY_CONFLICT", ("input", "idempotencyKey"))


def invalid(code: str, *path: str | int, **params: Parameter) -> InvalidInput:
    """An `InvalidInput` of a single issue."""
    return InvalidInput([Issue(code, path, params)])
