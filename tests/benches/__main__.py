"""Runs the benches of this folder, all or those named: `make bench ONLY=catalogue` runs bench_catalogue.

A bench is a module bench_<name>.py with `async def main() -> None` that prints its table. The comparisons with
other drivers and other servers have targets of their own, because they need what the portal does without.
"""

import asyncio
import importlib
import sys
from pathlib import Path

APART = {"driver", "peers"}


def names() -> list[str]:
    """The benches there are."""
    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    return [name for name in found if name not in APART]


def main(wanted: list[str]) -> None:
    """Run each bench in turn; SystemExit with the names there are where one is unknown."""
    if unknown := set(wanted) - set(names()):
        raise SystemExit(
            f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(names()) or 'none'}"
        )
    for name in wanted or names():
        print(f"\n== {name}")
        asyncio.run(importlib.import_module(f"tests.benches.bench_{name}").main())


if __name__ == "__main__":
    main(sys.argv[1:])
