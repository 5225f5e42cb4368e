"""Media types of GraphQL over HTTP: what a request sends and what it accepts."""

from __future__ import annotations

from functools import lru_cache

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

_MATCHES = {
    JSON: JSON,
    GRAPHQL_JSON: GRAPHQL_JSON,
    "application/*": JSON,
    "*/*": JSON,
}


@lru_cache(maxsize=256)
def accepted(header: str | None) -> str | None:
    """The media type to answer with, by weight, then by order; None when neither is accepted (RFC 9110)."""
    if not header or not header.strip():
        return JSON
    best: tuple[float, str] | None = None
    for part in header.split(",")[:32]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = _weight(parameters)
        if name in _MATCHES and weight > (best[0] if best else 0.0):
            best = weight, _MATCHES[name]
    return best[1] if best else None


@lru_cache(maxsize=256)
def is_json(header: str | None) -> bool:
    """Whether a request's Content-Type is JSON in UTF-8."""
    name, *parameters = (piece.strip().lower() for piece in (header or "").split(";"))
    charsets = [
        value.strip('"') for key, _, value in (p.partition("=") for p in parameters) if key == "charset"
    ]
    return name == JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)


def _weight(parameters: list[str]) -> float:
    given = [p.removeprefix("q=") for p in parameters if p.startswith("q=")]
    try:
        return float(given[0]) if given else 1.0
    except ValueError:
        return 0.0
