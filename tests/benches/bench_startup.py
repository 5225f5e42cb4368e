"""How long a start takes: the very first one, which loads the demonstration, and every later one."""

import asyncio
import tempfile
from pathlib import Path

from tests.benches.load import once
from tests.benches.server import cpu_seconds, running
from tests.benches.tables import show

LATER = 3
COUNT = '{"query": "{ listings(first: 1) { totalCount } }"}'


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        names = [
            "first start, loads the demonstration",
            *(f"later start {turn + 1}" for turn in range(LATER)),
        ]
        rows = [await asyncio.to_thread(_start, Path(folder), name) for name in names]
    show(("start of the process until /health/ready", "seconds", "CPU seconds of the server"), rows)


def _start(folder: Path, name: str) -> list[str]:
    with running(folder) as server:
        used = cpu_seconds(server.process.pid)
        [answer] = once(server.port, [COUNT])
        assert answer == b'{"data":{"listings":{"totalCount":500}}}', answer
        return [name, f"{server.seconds:.1f}", f"{used:.1f}"]
