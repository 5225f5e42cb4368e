"""Messages without values: what graphql-core says to a client, and what a log keeps of an exception."""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

logger = logging.getLogger("execution")

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
_PLACE = re.compile(
    r"^(?:Variable '\$(?P<variable>\w+)'|Argument '(?P<argument>\w+)')(?:[^:]*? at (?P<at>[^:]*):)?"
)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def without_values(message: str) -> str:
    """graphql-core's words without suggestions and without what the client wrote as a value."""
    message = message.split(" Did you mean", maxsplit=1)[0]
    for pattern, kept in _VALUES:
        message = re.sub(pattern, kept, message, flags=re.DOTALL)
    return " ".join(message.split())


def place(message: str) -> list[str]:
    """Where in the variables, or which argument, a message of coercion complains of."""
    found = _PLACE.match(message)
    if found is None:
        return []
    steps = _STEP.findall(found["at"] or "")
    return [found["variable"] or found["argument"], *(name or number for name, number in steps)]


def places(error: BaseException) -> str:
    """Where an exception came from, a line a frame; neither its text nor any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)


def reticent(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """A loop's exception handler: asyncio's own writes the exception's text and the task's arguments."""
    error = context.get("exception")
    said = f": {type(error).__name__}{places(error)}" if isinstance(error, BaseException) else ""
    logger.error("%s%s", context.get("message"), said)


class Reticent(logging.Formatter):
    """Formats a process's log: of an exception its type and places, since its text may hold anything."""

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The type of an exception and the places that it came through."""
        return f"{type(ei[1]).__name__}{places(ei[1])}" if ei[1] else ""
