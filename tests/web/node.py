"""Scripts of this folder under Node, with the packages of package-lock.json."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
PATIENCE = 60.0


class Script:
    """A script that is running; it says JSON, a line at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        """What it says next; fails with its complaints when it has ended instead."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        assert line, (await self._process.stderr.read()).decode()
        return json.loads(line)

    async def until(self, name: str) -> list[Any]:
        """Everything it says up to a line with this name."""
        lines = [await self.line()]
        while name not in lines[-1]:
            lines.append(await self.line())
        return lines

    async def rest(self) -> list[Any]:
        """Everything it says until it ends well."""
        assert self._process.stdout is not None
        said = await asyncio.wait_for(self._process.stdout.read(), PATIENCE)
        assert await self._process.wait() == 0
        return [json.loads(line) for line in said.splitlines()]

    def tell(self, text: str) -> None:
        """Give it its whole input."""
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())
        self._process.stdin.close()


@asynccontextmanager
async def node(script: str, *arguments: str) -> AsyncIterator[Script]:
    """Run a script of this folder; it is killed at the end if it has not ended by itself."""
    if not (FOLDER / "node_modules").is_dir():
        pytest.fail("Packages of Node are missing and this test needs them: npm ci --prefix tests/web")
    process = await asyncio.create_subprocess_exec(
        "node",
        FOLDER / script,
        *arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        limit=2**20,
    )
    try:
        yield Script(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
