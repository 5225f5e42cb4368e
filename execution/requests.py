"""A request for an operation, as it came through a door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Asked:
    """What was sent and by whom; with `wire` the data are for orjson and nobody else (`execution.wire`)."""

    query: str | None
    variables: dict[str, Any] | None
    context: Any
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    wire: bool = False
