"""The server under measurement: a process of its own on a data folder of its own, and what the system says of it."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from documents.embedded.folder import free_port

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".data" / "bench"
_PAUSE = 0.02
_GENERATOR = (
    "workers/seed/cards.py", "workers/seed/templates.py", "workers/seed/suppliers.py", "workers/seed/data",
    "domain/search", "domain/categories", "documents/listings/records.py",
)  # fmt: skip
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its mongod is a child process, found by `/proc`."""

    process: subprocess.Popen[bytes]
    port: int
    mongo_port: int
    folder: Path
    seconds: float
    """From the start of the process until it was ready."""

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def mongo_url(self) -> str:
        """Where its database is reached."""
        return f"mongodb://127.0.0.1:{self.mongo_port}/?directConnection=true"

    @property
    def mongod(self) -> int:
        """The process of its database."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(pid) for pid in children if "mongod" in Path(f"/proc/{pid}/comm").read_text())


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """`app.py serve` until the context is left; RuntimeError with its log when it ends by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    port, mongo_port, log = free_port(), free_port(), folder / "server.log"
    own = {"PORT": str(port), "MONGODB_PORT": str(mongo_port), "DATA_FOLDER": str(folder)}
    begin = time.perf_counter()
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "app.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **own, **settings},
            stdout=written,
            stderr=written,
        )
    try:
        while not _is_ready(port):
            if process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(_PAUSE)
        yield Server(process, port, mongo_port, folder, time.perf_counter() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def seeded(listings: int) -> Path:
    """A data folder with the demonstration and that many listings: loaded once for each state of the generator."""
    folder = FOLDER / f"listings-{listings}-{_fingerprint()}"
    mark = folder / "complete"
    if not mark.exists():
        print(f"loading {listings} listings into {folder.relative_to(ROOT)}, once ...", file=sys.stderr)
        environment = {**os.environ, "DATA_FOLDER": str(folder)}
        command = [sys.executable, "app.py", "seed", "--listings", str(listings)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        mark.touch()
    return folder


def _fingerprint() -> str:
    """A name for the code that decides what the stored listings look like."""
    places = [ROOT / place for place in _GENERATOR]
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    wanted = [file for file in files if file.suffix in {".py", ".toml"}]
    return hashlib.sha256(b"".join(file.read_bytes() for file in wanted)).hexdigest()[:10]


def cpu_seconds(pid: int) -> float:
    """Time of processors that a process has used, by user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_megabytes(pid: int) -> float:
    """Memory that a process has in RAM."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
