"""What a client may know of an error: a code, a path, a message; and what the log may: never a value.

Rules' own errors are translated by a port (`Presenter`). Errors in the client's document or variables
keep graphql-core's words without the values in them. Everything else is INTERNAL: the client gets a
reference, the log the type and the place of the exception, without its text, the document or variables.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

logger = logging.getLogger("execution")

Presenter = Callable[[Exception, Any], Mapping[str, object] | None]
"""(exception, operation's context) → `code`, `path`, `message` (and more), or None for a stranger."""

Label = Callable[[str, Any], str]
"""(code, operation's context) → the sentence for it in the context's language."""

LABELS = {
    "BAD_REQUEST": "The request is not valid.",
    "REQUEST_TOO_LARGE": "The request body is too large.",
    "BODY_UNREADABLE": "The request body is not readable JSON in UTF-8.",
    "DOCUMENT_INVALID": "The document does not fit the schema.",
    "DOCUMENT_SYNTAX": "The document is not written in GraphQL.",
    "DOCUMENT_TOO_LARGE": "The document asks for too much.",
    "INTERNAL": "Something broke on our side.",
    "MEDIA_TYPE_UNSUPPORTED": "Send application/json.",
    "METHOD_NOT_ALLOWED": "This operation is not possible with this method.",
    "NOT_ACCEPTABLE": "The answer can be application/json or application/graphql-response+json.",
    "OPERATION_UNKNOWN": "The document has no such operation.",
    "QUERY_MISSING": "The request has no query.",
    "TOO_MANY_OPERATIONS": "Too many operations are open on this connection.",
    "VARIABLES_INVALID": "The variables do not fit the operation.",
}


class TooLarge(Exception):
    """A document passes one of the limits."""


def too_large(bound: str, allowed: int) -> GraphQLError:
    """The error for a document that passes a bound."""
    message = f"Allowed are {allowed} for {bound.replace('_', ' ')}."
    return GraphQLError(message, original_error=TooLarge(bound))


_REQUEST_ERRORS: dict[type[Exception], str] = {
    CannotGetOperationTypeError: "OPERATION_UNKNOWN",
    InvalidOperationTypeError: "METHOD_NOT_ALLOWED",
    MissingQueryError: "QUERY_MISSING",
    TooLarge: "DOCUMENT_TOO_LARGE",
}


def nobody(_error: Exception, _context: Any) -> None:
    """The presenter that knows no exception."""


def english(code: str, _context: Any) -> str:
    """The label of a code in English."""
    return LABELS[code]


def present(error: GraphQLError, context: Any, presenter: Presenter, label: Label) -> GraphQLError:
    """Return the error as the client may see it; an error that has been here is left alone."""
    if "code" in (error.extensions or {}):
        return error
    cause = _cause(error)
    known = presenter(cause, context) if cause else None
    code = str(known["code"]) if known else _code(error, cause)
    message = str(known["message"]) if known else label(code, context)
    shown: dict[str, object] = {**(known or {}), "code": code}
    if code == "INTERNAL":
        shown["reference"] = log_internal(cause or error, error.path or ())
    elif not known and code != "METHOD_NOT_ALLOWED":
        message = f"{message} {without_values(error.message)}"
    return _rewritten(error, message, {"path": [], **shown, "message": message})


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
    for kind, code in _REQUEST_ERRORS.items():
        if isinstance(cause, kind):
            return code
    if isinstance(error, GraphQLSyntaxError):
        return "DOCUMENT_TOO_LARGE" if _BOUNDED.search(error.message) else "DOCUMENT_SYNTAX"
    if error.path is None and error.message.startswith(("Variable ", "Too many errors processing variables")):
        return "VARIABLES_INVALID"
    if error.path is None and (error.nodes or not cause):
        return "DOCUMENT_INVALID"
    return "VARIABLES_INVALID" if error.message.startswith("Argument '") and not cause else "INTERNAL"


_BOUNDED = re.compile("more than|exceeds|too deeply")
_VALUES = [
    (
        r"^(Variable '\$\w+'|Argument '\w+').*? has invalid (default )?value( at [^:]*)?:.*",
        r"\1 has an invalid \2value\3.",
    ),
    (r"^(\w+)(?: '(\w+)')? cannot represent .*", r"\1 \2 cannot represent this value."),
    (r"^Value .* does not exist in (?:the )?'(\w+)' enum.*", r"No such value in '\1'."),
    (r"^(Expected value of (?:non-null )?type '[^']*').*", r"\1."),
    (r"\b((?:Block)?String|Int|Float) (['\"]).*\2", r"\1"),
]


def without_values(message: str) -> str:
    """graphql-core's words without suggestions and without what the client wrote as a value."""
    message = message.split(" Did you mean", maxsplit=1)[0]
    for pattern, kept in _VALUES:
        message = re.sub(pattern, kept, message, flags=re.DOTALL)
    return " ".join(message.split())


def log_internal(error: Exception, path: Iterable[object]) -> str:
    """Log an exception by type and place, never by its text, and return the reference for the client."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    where = ".".join(str(step) for step in path)
    logger.error("internal error %s: %s in %s%s", reference, type(error).__name__, where, places)
    return reference
