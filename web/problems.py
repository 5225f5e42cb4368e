"""Refusals of the doors that are not GraphQL: problem+json with the portal's own code (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from domain.errors import AccessDenied, DomainError, InvalidInput, NotFound, Path
from domain.rate_limits import RateLimited
from domain.texts import Language, catalogue, text

KINDS: Sequence[tuple[type[DomainError], int]] = (
    (InvalidInput, 400),
    (AccessDenied, 403),
    (NotFound, 404),
    (RateLimited, 429),
)


def status_of(error: DomainError) -> int:
    """400 for what can't be meant, 403, 404, 429 for too often, and 409 for a rule that says no."""
    return next((status for kind, status in KINDS if isinstance(error, kind)), 409)


def headers_of(error: DomainError) -> dict[str, str]:
    """When whoever came too often may come again (RFC 9110, 10.2.3)."""
    return {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimited) else {}


def problem(
    status: int,
    code: str,
    language: Language,
    path: Path = (),
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal as a response, its message in the reader's language."""
    message = sentence(code, language, **(params or {}))
    body = {"type": "about:blank", "status": status, "title": message}
    body |= {"code": code, "path": list(path), "message": message}
    content = json.dumps(body, ensure_ascii=False)
    return Response(content, status, dict(headers or {}), media_type="application/problem+json")


def sentence(code: str, language: Language, **params: str | int) -> str:
    """What a code says to a person; the code itself where there are no words."""
    key = f"errors.{code}"
    return text(key, language, **params) if key in catalogue() else code
