"""What mongod says when it gives up."""

from pathlib import Path

import pytest

from documents.embedded import EmbeddedMongo, EmbeddedMongoError, Failure, binary
from tests.documents.embedded.laptop import fake_mongod, refusal


async def test_disk_that_fills_during_the_start(tmp_path: Path) -> None:
    """Mongod's own word for a full disk is understood."""
    error = await refusal(
        tmp_path, executable=fake_mongod(tmp_path, "echo 'No space left on device'; exit 14")
    )
    assert error.code is Failure.DISK_FULL


async def test_port_taken_during_the_start(tmp_path: Path) -> None:
    """A port taken between the look and the start is understood from mongod's words."""
    error = await refusal(
        tmp_path, executable=fake_mongod(tmp_path, "echo 'Address already in use'; exit 48")
    )
    assert error.code is Failure.PORT_IN_USE


async def test_program_for_another_processor(tmp_path: Path) -> None:
    """A mongod that the kernel can't load is a foreign platform, not a fault of ours."""
    file = tmp_path / "mongod"
    file.write_bytes(b"\x7fELF not for this machine")
    error = EmbeddedMongo(tmp_path / "data", executable=file)
    with pytest.raises(EmbeddedMongoError) as caught:
        await error.__aenter__()
    assert caught.value.code is Failure.FOREIGN_PLATFORM


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        (
            'echo "mongod: /lib/libc.so.6: version \\`GLIBC_2.34\' not found"; exit 1',
            "FOREIGN_PLATFORM",
            "libc",
        ),
        ("echo; exit 3", "START_FAILED", "without a word"),
        ("echo 'told in a line'; exit 3", "START_FAILED", "told in a line"),
        (
            'echo \'{"t":1,"s":"E","msg":"Wrong","attr":{"a":1}}\'; echo x; exit 3',
            "START_FAILED",
            'Wrong {"a": 1}',
        ),
    ],
)
async def test_other_ends_are_explained(tmp_path: Path, script: str, code: str, words: str) -> None:
    """What mongod said last is passed on, and the log is named."""
    error = await refusal(tmp_path, executable=fake_mongod(tmp_path, script))
    assert error.code == code
    assert words in error.message


async def test_missing_library_names_its_package(
    tmp_path: Path, mongod_without_lzma: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader's complaint becomes the Debian package and the command that installs it."""
    monkeypatch.setitem(binary.PACKAGES, "liblzma.so.0", "liblzma5")
    error = await refusal(tmp_path, executable=mongod_without_lzma)
    assert error.code is Failure.MISSING_LIBRARY
    assert "liblzma.so.0" in error.message
    assert "sudo apt-get install liblzma5" in error.message
