"""What a client may know of an error: a code, a path, a message; and what the log may: never a value.

Rules' own errors are translated by a port (`Presenter`). Errors in the client's document or variables
keep graphql-core's words, without the values in them, as a detail. Everything else is INTERNAL: the client
gets a reference, the log the type and the place of the exception, without its text, document or variables.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from execution.masking import place, places, without_values

logger = logging.getLogger("execution")

Presenter = Callable[[Exception, Any], Mapping[str, object] | None]
"""(exception, operation's context) → `code`, `path`, `message` (and more), or None for a stranger."""

Label = Callable[[str, Any], str]
"""(code, operation's context) → the sentence for it in the context's language."""

LABELS = {
    "BAD_REQUEST": "The request is not valid.",
    "REQUEST_TOO_LARGE": "The request body is too large.",
    "BODY_UNREADABLE": "The request body is not readable JSON in UTF-8.",
    "DOCUMENT_NOT_TRUSTED": "Only documents that the portal knows are answered.",
    "DOCUMENT_UNKNOWN": "The portal knows no document with this hash.",
    "DOCUMENT_INVALID": "The document does not fit the schema.",
    "DOCUMENT_SYNTAX": "The document is not written in GraphQL.",
    "DOCUMENT_TOO_LARGE": "The document asks for too much.",
    "INTERNAL": "Something broke on our side.",
    "INTROSPECTION_OFF": "The schema is not told here: ask for its file.",
    "MEDIA_TYPE_UNSUPPORTED": "Send application/json.",
    "METHOD_NOT_ALLOWED": "This operation is not possible with this method.",
    "NOT_ACCEPTABLE": "The answer can be application/json or application/graphql-response+json.",
    "OPERATION_UNKNOWN": "The document has no such operation.",
    "QUERY_MISSING": "The request has no query.",
    "TOO_MANY_OPERATIONS": "Too many operations are open on this connection.",
    "UNAVAILABLE": "The portal can't answer at the moment. Try again later.",
    "VARIABLES_INVALID": "The variables do not fit the operation.",
}


class Coded(Exception):
    """A refusal of this package's own, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def too_large(bound: str, allowed: int) -> GraphQLError:
    """The error for a document that passes a bound."""
    message = f"Allowed are {allowed} for {bound.replace('_', ' ')}."
    return GraphQLError(message, original_error=Coded("DOCUMENT_TOO_LARGE"))


_REQUEST_ERRORS: dict[type[Exception], str] = {
    CannotGetOperationTypeError: "OPERATION_UNKNOWN",
    InvalidOperationTypeError: "METHOD_NOT_ALLOWED",
    MissingQueryError: "QUERY_MISSING",
}
_DETAILED = frozenset({"DOCUMENT_INVALID", "DOCUMENT_SYNTAX", "DOCUMENT_TOO_LARGE", "VARIABLES_INVALID"})
_TELLING = frozenset({"DOCUMENT_INVALID"})
"""Codes whose details name types, fields and arguments: kept back where the schema is not to be explored."""


def nobody(_error: Exception, _context: Any) -> None:
    """The presenter that knows no exception."""


def english(code: str, _context: Any) -> str:
    """The label of a code in English."""
    return LABELS[code]


def present(
    error: GraphQLError, context: Any, presenter: Presenter, label: Label, *, telling: bool = True
) -> GraphQLError:
    """Return the error as the client may see it; an error that has been here is left alone.

    `telling` says whether details may name what the schema has.
    """
    if "code" in (error.extensions or {}):
        return error
    cause = _cause(error)
    shown = dict(presenter(cause, context) or {}) if cause else {}
    if not shown:
        shown = _own(error, _code(error, cause), context, label, telling=telling)
    if shown["code"] == "UNAVAILABLE":
        logger.warning("not available: %s in %s", type(cause).__name__, _where(error.path or ()))
    if shown["code"] == "INTERNAL":
        shown["reference"] = log_internal(cause or error, error.path or ())
    return _rewritten(error, str(shown["message"]), {"path": [], **shown})


def _own(error: GraphQLError, code: str, context: Any, label: Label, *, telling: bool) -> dict[str, object]:
    """An error of the document, the variables or this server, with graphql-core's words as its detail."""
    shown: dict[str, object] = {"code": code, "message": label(code, context)}
    if code == "VARIABLES_INVALID":
        shown["path"] = place(error.message)
    if code in _DETAILED and (telling or code not in _TELLING):
        shown["detail"] = without_values(error.message)
    return shown


def _rewritten(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions=extensions,
    )


def _cause(error: GraphQLError) -> Exception | None:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _code(error: GraphQLError, cause: Exception | None) -> str:
    if isinstance(cause, Coded):
        return cause.code
    for kind, code in _REQUEST_ERRORS.items():
        if isinstance(cause, kind):
            return code
    if isinstance(error, GraphQLSyntaxError):
        return "DOCUMENT_TOO_LARGE" if _BOUNDED.search(error.message) else "DOCUMENT_SYNTAX"
    if error.path is None and _COERCION.match(error.message):
        return "VARIABLES_INVALID"
    if error.path is None and (error.nodes or not cause):
        return "DOCUMENT_INVALID"
    return "VARIABLES_INVALID" if error.message.startswith("Argument '") and not cause else "INTERNAL"


_COERCION = re.compile(
    r"Variable '\$\w+' has invalid value|Variable values are nested|Too many errors processing variables"
)
_BOUNDED = re.compile("more than|exceeds|too deeply")


def log_internal(error: Exception, path: Iterable[object]) -> str:
    """Log an exception by type and place, never by its text, and return the reference for the client."""
    reference = secrets.token_hex(4)
    logger.error(
        "internal error %s: %s in %s%s", reference, type(error).__name__, _where(path), places(error)
    )
    return reference


def _where(path: Iterable[object]) -> str:
    return ".".join(str(step) for step in path)
