"""Tables of Markdown, and the few figures that stand in them."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def milliseconds(seconds: float) -> str:
    """As a table shows it: three digits that mean something."""
    value = seconds * 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def show(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, and under it when and on what it was measured."""
    for row in (header, ["---"] * len(header), *rows):
        print("| " + " | ".join(row) + " |")
    print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}, load {os.getloadavg()[0]:.1f}\n")


def machine() -> str:
    """Processors, system and Python in a few words."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
