"""The tree of errors: codes, places, and what a message needs."""

import pytest

from domain.errors import (
    AccessDenied,
    DomainError,
    IdempotencyConflict,
    InvalidInput,
    Issue,
    NotFound,
    Refused,
    VersionConflict,
    invalid,
)


@pytest.mark.parametrize(
    ("error", "code", "path"),
    [
        (NotFound(("id",)), "NOT_FOUND", ("id",)),
        (AccessDenied(), "ACCESS_DENIED", ()),
        (AccessDenied("SIGN_IN_REQUIRED", ("x",)), "SIGN_IN_REQUIRED", ("x",)),
        (Refused("CHOICE_BLOCKED", ("measure",), until="2026-01-01"), "CHOICE_BLOCKED", ("measure",)),
        (VersionConflict(1, 2), "VERSION_CONFLICT", ("expectedVersion",)),
        (IdempotencyConflict(), "IDEMPOTENCY_CONFLICT", ("input", "idempotencyKey")),
        (invalid("INVALID_ID", "input", 0, maximum=5), "INVALID_ID", ("input", 0)),
    ],
)
def test_each_error_says_what_and_where(error: DomainError, code: str, path: tuple[str | int, ...]) -> None:
    """R-K: each error carries a stable code and the place in the request."""
    assert (error.code, error.path, str(error)) == (code, path, code)


def test_many_issues_at_once() -> None:
    """R-K: an invalid input lists every issue; it speaks as its first one."""
    issues = [Issue("TOO_LONG", ("a",), {"maximum": 5}), Issue("NOT_TEXT", ("b",))]
    error = InvalidInput(issues)
    assert (error.code, error.path, error.params, error.issues) == (
        "TOO_LONG",
        ("a",),
        {"maximum": 5},
        tuple(issues),
    )
    assert invalid("TOO_SHORT", "c", minimum=3).issues[0].params == {"minimum": 3}
    assert Issue("NOT_TEXT").params == {}


def test_both_versions() -> None:
    """R-B5: a conflict tells the version that was expected and the one that stands."""
    error = VersionConflict(3, 5)
    assert (error.expected, error.actual, error.params) == (3, 5, {"expected": 3, "actual": 5})
