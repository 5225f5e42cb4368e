"""The data folder: one owner at a time, room enough, and who still runs on it."""

import fcntl
import itertools
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from documents.embedded.errors import NEEDED_BYTES, already_running, disk_full, folder_not_writable


@dataclass(frozen=True)
class DataFolder:
    """Paths of one embedded database; what is in them outlives every process."""

    root: Path

    @property
    def database(self) -> Path:
        """Where mongod keeps its files."""
        return self.root / "db"

    @property
    def log(self) -> Path:
        """What the mongod of the last start said."""
        return self.root / "mongod.log"

    @property
    def port(self) -> Path:
        """The port of the last start: kept where possible, so that clients find it again."""
        return self.root / "port"

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Hold the folder; the kernel lets go of it when this process ends, however it ends."""
        try:
            self.database.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise folder_not_writable(self.root, error) from error
        try:
            self._take(lock)
            yield
        finally:
            os.close(lock)

    def _take(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(lock, 200, 0).decode(errors="replace").strip()
            raise already_running(self.root, owner or "another process") from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"process {os.getpid()}".encode(), 0)

    def check_room(self) -> None:
        """Refuse to start on a disk that is nearly full."""
        free = shutil.disk_usage(self.root).free
        if free < NEEDED_BYTES:
            raise disk_full(self.root, free)

    def last_port(self) -> int | None:
        """The port of the last start, if it is known and free now."""
        try:
            port = int(self.port.read_text())
        except (OSError, ValueError):
            return None
        return port if is_free(port) else None


@dataclass(frozen=True)
class Running:
    """A mongod that is alive: its process and where it listens."""

    pid: int
    port: int


def running_on(database: Path) -> list[Running]:
    """Every mongod of this user that runs on the folder, e.g. left behind when its server was killed."""
    return [
        Running(int(entry.name), port)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (port := _port_of(entry, database)) is not None
    ]


def _port_of(process: Path, database: Path) -> int | None:
    try:
        words = (process / "cmdline").read_text(errors="replace").split("\0")
    except OSError:  # ended meanwhile, or not ours to read
        return None
    options = dict(itertools.pairwise(words))
    if options.get("--dbpath") != str(database) or "--port" not in options:
        return None
    return int(options["--port"])


def is_alive(pid: int) -> bool:
    """Whether the process still runs or holds its port; one that only waits to be reaped does not.

    The first thread of a killed process is a zombie while the others still close files and sockets.
    """
    process = Path(f"/proc/{pid}")
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" or len(list((process / "task").iterdir())) > 1
    except OSError:
        return False


def send(pid: int, wanted: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, wanted)
    except ProcessLookupError:
        return


def is_free(port: int) -> bool:
    """Whether a server could listen on the port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
