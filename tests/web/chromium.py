"""A real Chromium without a window and without any network but the loopback, driven over its debugging protocol."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SECONDS = 60


def executable() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Tab:
    """One tab: commands, scripts, and the addresses that it asked for."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.number = socket, 0
        self.addresses: list[str] = []
        self.complaints: list[str] = []

    async def command(self, method: str, **parameters: object) -> Any:
        """Send a command and wait for its result."""
        self.number += 1
        await self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await self.socket.recv())
            self._note(message)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.addresses.append(parameters["request"]["url"])
        if message.get("method") == "Network.webSocketCreated":
            self.addresses.append(parameters["url"])
        if message.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
            self.complaints.append(json.dumps(parameters))

    async def run(self, script: str) -> Any:
        """The value of a script."""
        result = await self.command(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until a script's value is true, and return it."""
        async with asyncio.timeout(SECONDS):
            while not (value := await self.run(script)):
                await asyncio.sleep(0.05)
        return value

    async def open(self, address: str) -> None:
        """Open an address."""
        for domain in ("Network", "Runtime", "Page", "Log"):
            await self.command(f"{domain}.enable")
        await self.command("Page.navigate", url=address)
        await self.until("document.readyState === 'complete'")


@asynccontextmanager
async def tab(profile: Path) -> AsyncIterator[Tab]:
    """A tab of a fresh Chromium, ended with it."""
    program = executable()
    assert program, "Chromium is not installed: apt-get install chromium"
    process = await asyncio.create_subprocess_exec(
        program, *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = await _port(profile / "DevToolsActivePort")
        async with connect(f"ws://127.0.0.1:{port[0]}{port[1]}", max_size=None) as browser:
            address = await _page(Tab(browser), port[0])
        async with connect(address, max_size=None) as socket:
            yield Tab(socket)
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> list[str]:
    async with asyncio.timeout(SECONDS):
        while len(written := _words(file)) < 2:
            await asyncio.sleep(0.05)
    return written


def _words(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


async def _page(browser: Tab, port: str) -> str:
    targets = (await browser.command("Target.getTargets"))["targetInfos"]
    page = next(each["targetId"] for each in targets if each["type"] == "page")
    return f"ws://127.0.0.1:{port}/devtools/page/{page}"
