"""Looks at this machine before a start, and tells what is missing and how to get it: `make doctor`."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.embedded import binary
from documents.embedded.errors import NEEDED_BYTES, EmbeddedMongoError, disk_full, port_in_use
from documents.embedded.folder import is_free

PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and in words."""

    well: bool
    words: str


async def diagnose(folder: Path, port: int | None, executable: Path | None = None) -> list[Finding]:
    """Python, disk, port, platform and system libraries as findings; changes nothing but the run bit."""
    findings = [_python(sys.version_info[:2]), _room(folder)]
    if port is not None:
        findings.append(Finding(True, f"port {port} is free") if is_free(port) else _bad(port_in_use(port)))
    return [*findings, await _mongod(executable)]


def _bad(error: EmbeddedMongoError) -> Finding:
    return Finding(False, error.message)


def _python(version: tuple[int, int]) -> Finding:
    if version == PYTHON:
        return Finding(True, "Python 3.11")
    found = ".".join(map(str, version))
    return Finding(False, f"Python 3.11 is needed and this is {found}: sudo apt-get install python3.11-venv")


def _room(folder: Path) -> Finding:
    present = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(present).free
    if free < NEEDED_BYTES:
        return _bad(disk_full(folder, free))
    return Finding(True, f"{free >> 30} GB free for {folder}")


async def _mongod(executable: Path | None) -> Finding:
    try:
        found = executable or binary.find()
        binary.check_processor(binary.processor())
        binary.make_runnable(found)
    except EmbeddedMongoError as error:
        return _bad(error)
    if libraries := await binary.trace_libraries(found):
        return _bad(binary.library_error(libraries))
    return Finding(True, "the embedded MongoDB and its system libraries")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the findings; 1 where something stands in the way of a start, else 0."""
    parser = argparse.ArgumentParser(prog="doctor", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".data/mongo"), help="where the data are kept")
    parser.add_argument("--port", type=int, help="the port the server shall listen on")
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong")
    options = parser.parse_args(arguments)
    findings = asyncio.run(diagnose(options.folder, options.port))
    for finding in findings:
        if not (options.quiet and finding.well):
            sys.stdout.write(f"{'ok ' if finding.well else 'BAD'}  {finding.words}\n")
    return 0 if all(finding.well for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
