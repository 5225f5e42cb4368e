"""Systems that come by machine: what each scope opens, and what a registration must say (A8)."""

from collections.abc import Collection
from enum import StrEnum
from urllib.parse import urlsplit

from domain.errors import Issue, invalid

NAME_LENGTHS = range(3, 201)
LONGEST_ADDRESS = 2_000


class Scope(StrEnum):
    """What a system may be given; a token carries what was asked for, never more than was registered."""

    catalogue_read = "catalogue:read"
    """Published listings, suppliers' public profiles, categories, facets."""
    statistics_read = "statistics:read"
    """Aggregate counts by region, direction and status; never a person."""
    esobes_send = "esobes:send"
    """Signed messages about measures, at /partners/esobes."""
    gateway_send = "gateway:send"
    """Signed records of people and suppliers, at /partners/gateway."""


def parse_scopes(given: Collection[str], *path: str) -> list[Scope]:
    """Known scopes in their order, each once; InvalidInput `SCOPE_UNKNOWN` for none and for any other."""
    known = {str(scope) for scope in Scope}
    if not given or not known.issuperset(given):
        raise invalid("SCOPE_UNKNOWN", *path)
    return [scope for scope in Scope if str(scope) in given]


def registration_issues(name: str, jwks: str | None, jwks_uri: str | None, *, secure: bool) -> list[Issue]:
    """What is wrong with a registration: its name, and that its keys come in exactly one way.

    `secure` demands https for `jwks_uri`; without it this machine's own addresses pass as well.
    """
    issues = []
    if len(name.strip()) not in NAME_LENGTHS or not name.isprintable():
        issues.append(Issue("SYSTEM_NAME_INVALID", ("input", "name")))
    if (jwks is None) == (jwks_uri is None):
        issues.append(Issue("SYSTEM_KEYS_MISSING", ("input", "jwks")))
    if jwks_uri is not None and not _is_address(jwks_uri, secure=secure):
        issues.append(Issue("SYSTEM_ADDRESS_INVALID", ("input", "jwksUri")))
    return issues


def _is_address(address: str, *, secure: bool) -> bool:
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.hostname == "127.0.0.1" and not secure
    named = bool(parts.hostname) and parts.username is None and not parts.fragment
    return (parts.scheme == "https" or plain) and named and port_is_readable
