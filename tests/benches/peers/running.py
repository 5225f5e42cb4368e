"""Starts mongod and the programs, each on its core, and leaves none of them behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from documents.embedded.folder import free_port
from tests.benches.peers.programs import Program
from tests.benches.server import ROOT

SERVER_CORE, OTHER_CORE = 0, 1
_START_SECONDS = 90
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Running:
    """A program that answers."""

    pid: int
    port: int


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started meanwhile runs on this core, where the machine has it."""
    before = os.sched_getaffinity(0)
    if core in before:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The mongod of a data folder; where it is reached."""
    environment = {**os.environ, "DATA_FOLDER": str(folder)}
    command = [sys.executable, "app.py", "mongod"]
    with on_core(OTHER_CORE), _process(command, environment, None) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        if not url:
            raise RuntimeError(f"mongod does not start on {folder}")
        yield url


@contextmanager
def started(
    programs: Sequence[Program], url: str, facts: Path, folder: Path
) -> Iterator[Mapping[str, Running]]:
    """All the programs on one core, by name; RuntimeError with the log of one that ends by itself."""
    with ExitStack() as stack:
        yield {
            program.name: stack.enter_context(_started(program, url, facts, folder)) for program in programs
        }


@contextmanager
def _started(program: Program, url: str, facts: Path, folder: Path) -> Iterator[Running]:
    port, log = free_port(), facts.parent / f"{program.name}.log"
    own = {"PORT": str(port), "MONGODB_URL": url, "DATA_FOLDER": str(folder)}
    told = ["--port", str(port), "--mongo", url, "--facts", str(facts)]
    command = [*program.command, *told] if program.command else [sys.executable, "app.py", "serve"]
    environment = {**os.environ, "NODE_ENV": "production", **own, **program.settings}
    with on_core(SERVER_CORE), _process(command, environment, log) as process:
        _wait(program.name, process, port, log)
        yield Running(process.pid, port)


@contextmanager
def _process(
    command: Sequence[str], environment: Mapping[str, str], log: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own: an interrupt of ours reaches it once, when we end it."""
    with ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else subprocess.PIPE
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out if log else None,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _wait(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} does not start:\n{log.read_text()}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
