"""What pydantic finds wrong with a definition or a change, as issues with texts of ours."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from domain.errors import Issue, Parameter, Path

_OURS = re.compile(r"[A-Z]+(_[A-Z]+)+")
_KNOWN = {
    "missing": "FIELD_MISSING",
    "string_too_long": "TOO_LONG",
    "string_too_short": "TOO_SHORT",
    "string_pattern_mismatch": "CODE_UNREADABLE",
    "too_long": "TOO_MANY",
    "too_short": "TOO_FEW",
}
_LIMITS = {"max_length": "maximum", "min_length": "minimum"}


def issues_of(error: ValidationError, path: Path) -> list[Issue]:
    """Every fault, at its place below `path`; fields are called as clients call them."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    return [Issue(_code(each["type"]), (*path, *map(_step, each["loc"])), _params(each)) for each in found]


def _code(kind: str) -> str:
    return kind if _OURS.fullmatch(kind) else _KNOWN.get(kind, "VALUE_NOT_ALLOWED")


def _params(fault: Mapping[str, Any]) -> dict[str, Parameter]:
    context = fault.get("ctx", {})
    return {_LIMITS.get(name, name): value for name, value in context.items() if type(value) in (str, int)}


def _step(step: str | int) -> str | int:
    """`max_length` is `maxLength` to whoever wrote it."""
    if isinstance(step, int):
        return step
    if step == "id":
        return "definitionId"
    head, *rest = step.split("_")
    return head + "".join(part.title() for part in rest)
