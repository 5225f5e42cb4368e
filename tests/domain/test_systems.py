"""Scopes and registrations of systems."""

import pytest

from domain.errors import InvalidInput
from domain.systems import Scope, parse_scopes, registration_issues
from domain.texts import Language, text

URI = "https://keys.example/jwks"


def test_scopes_are_known_or_refused() -> None:
    """R-A8: scopes of the table pass, each once and in its order; none and unknown ones do not."""
    assert parse_scopes(["statistics:read", "catalogue:read"]) == [
        Scope.catalogue_read,
        Scope.statistics_read,
    ]
    for given in ([], ["everything"], ["catalogue:read", "everything"]):
        with pytest.raises(InvalidInput, match="SCOPE_UNKNOWN"):
            parse_scopes(given, "input", "scopes")


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_says_what_it_opens(scope: Scope) -> None:
    """R-K: each scope has its meaning in every language."""
    assert len({text(f"scopes.{scope.name}", language) for language in Language}) == 3


@pytest.mark.parametrize(
    ("name", "jwks", "uri", "codes"),
    [
        ("Система", "{}", None, []),
        ("Система", None, URI, []),
        ("Система", None, "https://keys.example:8443/a?b=c", []),
        ("С", "{}", None, ["SYSTEM_NAME_INVALID"]),
        ("Сис\nтема", "{}", None, ["SYSTEM_NAME_INVALID"]),
        ("Система", None, None, ["SYSTEM_KEYS_MISSING"]),
        (
            "",
            "{}",
            "ftp://keys.example",
            ["SYSTEM_NAME_INVALID", "SYSTEM_KEYS_MISSING", "SYSTEM_ADDRESS_INVALID"],
        ),
    ],
)
def test_what_a_registration_must_say(name: str, jwks: str | None, uri: str | None, codes: list[str]) -> None:
    """R-A8: a name, and keys in exactly one way; everything that is wrong is told at once."""
    assert [issue.code for issue in registration_issues(name, jwks, uri, secure=True)] == codes


@pytest.mark.parametrize(
    "uri",
    [
        "http://keys.example/jwks",
        "http://127.0.0.1:1/jwks",
        "https://user@keys.example/jwks",
        "https://keys.example/#fragment",
        "https:///jwks",
        "https://keys.example:port/",
        "https://keys.example:0/",
        "https://[::1/",
        "https://ключи.example/",
        "https://keys.example/\x00",
        "https://keys.example/" + "a" * 3_000,
    ],
)
def test_addresses_of_keys(uri: str) -> None:
    """R-A8: keys are fetched by https from a named host, and from nowhere else."""
    assert [issue.code for issue in registration_issues("Система", None, uri, secure=True)] == [
        "SYSTEM_ADDRESS_INVALID"
    ]


def test_a_laptop_may_serve_its_own_keys() -> None:
    """R-A8: without TLS only this machine's own addresses pass, and only where that is allowed."""
    assert registration_issues("Система", None, "http://127.0.0.1:9/jwks", secure=False) == []
    assert registration_issues("Система", None, "http://10.0.0.1/jwks", secure=False) != []
