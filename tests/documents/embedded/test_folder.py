"""Disk, port and rights of the data folder."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from documents.embedded import EmbeddedMongoError, Failure
from tests.documents.embedded.laptop import embedded, refusal


async def test_full_disk_is_refused_before_the_start(tmp_path: Path) -> None:
    """On a disk with too little room nothing is started; the message tells how much there is."""
    small = tmp_path / "small"
    small.mkdir()
    mount = subprocess.run(  # noqa: ASYNC221 - takes a moment
        ["mount", "-t", "tmpfs", "-o", "size=64m", "none", small], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip("only root can mount a small disk; the next test shows the same without one")
    try:
        error = await refusal(small)
    finally:
        subprocess.run(["umount", small], check=True)  # noqa: ASYNC221 - takes a moment
    assert error.code is Failure.DISK_FULL
    assert "63 MB left" in error.message


async def test_nearly_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room is asked of the system at each start."""
    usage = shutil._ntuple_diskusage(1 << 40, 1 << 40, 299 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    error = await refusal(tmp_path)
    assert error.code is Failure.DISK_FULL
    assert "299 MB left" in error.message


async def test_port_in_use_is_refused(tmp_path: Path) -> None:
    """A port asked for that another program has is named."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        error = await refusal(tmp_path, port)
    assert error.code is Failure.PORT_IN_USE
    assert str(port) in error.message


async def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A data folder in an impossible place is named with the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedMongoError) as caught:
        await embedded(tmp_path / "file" / "data").__aenter__()
    assert caught.value.code is Failure.FOLDER_NOT_WRITABLE
    assert str(tmp_path / "file" / "data") in caught.value.message
