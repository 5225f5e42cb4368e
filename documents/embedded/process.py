"""The process of mongod: its command line, its end, and what its log says about a start that failed."""

import asyncio
import errno
import json
import signal
from pathlib import Path

from documents.embedded import binary
from documents.embedded.errors import (
    EmbeddedMongoError,
    disk_full,
    folder_not_writable,
    foreign_platform,
    port_in_use,
    start_failed,
)
from documents.embedded.folder import DataFolder, Running, is_alive, send
from documents.embedded.replica import SET_NAME

_OPLOG_MB = 1024
_CACHE_GB = 1
"""Memory in which WiredTiger keeps pages, at most: with a quarter listings are written thrice as slowly."""
_ORPHANED_TRANSACTION_SECONDS = 10
"""How long the transaction of a killed process may keep its rows locked; ours take milliseconds."""
STOP_SECONDS = 15.0
_PAUSE_SECONDS = 0.02
_TAIL_BYTES = 64 << 10

_children: dict[int, asyncio.subprocess.Process] = {}
"""What this process started and has not seen the end of; an adopted mongod is nobody's child here."""


def command(executable: Path, folder: DataFolder, port: int, prefix: tuple[str, ...]) -> list[str]:
    """The command line: loopback only, no server-side scripts, a small cache."""
    return [
        *prefix,
        str(executable),
        *("--dbpath", str(folder.database)),
        *("--port", str(port)),
        *("--bind_ip", "127.0.0.1", "--nounixsocket"),
        *("--replSet", SET_NAME, "--oplogSize", str(_OPLOG_MB)),
        *("--wiredTigerCacheSizeGB", str(_CACHE_GB)),
        *("--noscripting", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", f"transactionLifetimeLimitSeconds={_ORPHANED_TRANSACTION_SECONDS}"),
    ]


async def spawn(executable: Path, folder: DataFolder, port: int, prefix: tuple[str, ...]) -> Running:
    """Start mongod in a session of its own, so that Ctrl-C reaches the server only, which then stops it."""
    try:
        with folder.log.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command(executable, folder, port, prefix), stdout=log, stderr=log, start_new_session=True
            )
    except OSError as error:
        raise _not_started(folder, executable, error) from error
    _children[process.pid] = process
    return Running(process.pid, port)


async def reap(pid: int) -> None:
    """Let the event loop take note of the end of a mongod that this process started."""
    child = _children.pop(pid, None)
    if child is not None:
        await child.wait()


def _not_started(folder: DataFolder, executable: Path, error: OSError) -> EmbeddedMongoError:
    if error.errno == errno.ENOEXEC or (error.errno == errno.ENOENT and executable.exists()):
        return foreign_platform("a system whose loader can't run it (GNU libc on x86-64 is needed)")
    return folder_not_writable(folder.root, error)


async def stop(pid: int) -> None:
    """Ask mongod to end cleanly; kill it only when it doesn't."""
    send(pid, signal.SIGTERM)
    if not await ended(pid):
        send(pid, signal.SIGKILL)
        await ended(pid)


async def ended(pid: int) -> bool:
    """Wait until the process has ended; False when it takes longer than a clean stop may."""
    for _ in range(round(STOP_SECONDS / _PAUSE_SECONDS)):
        if not is_alive(pid):
            await reap(pid)
            return True
        await asyncio.sleep(_PAUSE_SECONDS)
    return False


def explain(folder: DataFolder, running: Running) -> EmbeddedMongoError:
    """Why mongod ended while it was starting, read from what it said."""
    text = folder.log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
    if libraries := binary.missing_libraries(text):
        return binary.library_error(libraries)
    if "GLIBC_" in text:
        return foreign_platform("a system with an older GNU libc than it was built for")
    if "No space left on device" in text:
        return disk_full(folder.root, 0)
    if "Address already in use" in text:
        return port_in_use(running.port)
    return start_failed(folder.log, last_words(text))


def last_words(text: str) -> str:
    """The last error or fatal message of a mongod's log, or its last line."""
    lines = [line for line in text.splitlines() if line.strip()]
    for line in reversed(lines):
        if line.startswith('{"t"') and '"s":"I"' not in line:
            entry = json.loads(line)
            return f"{entry['msg']} {json.dumps(entry.get('attr', {}))[:300]}."
    return lines[-1][:300] if lines else "it ended without a word."
