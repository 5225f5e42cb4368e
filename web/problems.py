"""Refusals of the doors that are not GraphQL: problem+json with the portal's own code (RFC 9457)."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from domain.errors import AccessDenied, DomainError, InvalidInput, NotFound, Path
from domain.texts import Language, catalogue, text


def status_of(error: DomainError) -> int:
    """400 for what can't be meant, 403, 404, and 409 for a rule that says no."""
    kinds: list[tuple[type[DomainError], int]] = [(InvalidInput, 400), (AccessDenied, 403), (NotFound, 404)]
    return next((status for kind, status in kinds if isinstance(error, kind)), 409)


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
