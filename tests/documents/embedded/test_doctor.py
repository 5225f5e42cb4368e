"""What `make doctor` says."""

import shutil
import socket
from pathlib import Path

import pytest

from documents.embedded import binary, doctor


async def test_all_is_well(tmp_path: Path) -> None:
    """On a machine that can run the portal every finding is well."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    findings = await doctor.diagnose(tmp_path / "not" / "yet", free)
    assert [finding.well for finding in findings] == [True] * 4


async def test_missing_package_is_named(
    tmp_path: Path, mongod_without_lzma: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system's loader will not find is told before mongod is run."""
    monkeypatch.setitem(binary.PACKAGES, "liblzma.so.0", "liblzma5")
    findings = await doctor.diagnose(tmp_path, None, mongod_without_lzma)
    assert [finding.words for finding in findings if not finding.well] == [
        (
            "MongoDB needs a system library that is not here: liblzma.so.0. "
            "Install it once: sudo apt-get install liblzma5"
        )
    ]


async def test_every_obstacle_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong Python, a full disk, a taken port and a foreign processor each have their line."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    monkeypatch.setattr(doctor, "PYTHON", (3, 99))
    monkeypatch.setattr(binary, "processor", lambda: "flags: fpu sse2")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        findings = await doctor.diagnose(tmp_path, other.getsockname()[1])
    words = [finding.words for finding in findings if not finding.well]
    assert len(words) == 4
    for word, part in zip(words, ("Python 3.11 is needed", "MB left", "taken", "AVX"), strict=True):
        assert part in word


def test_exit_tells_whether_a_start_can_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quiet when well; when not, the obstacle alone is printed and the exit is 1."""
    assert doctor.main(["--quiet", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(doctor, "PYTHON", (3, 99))
    assert doctor.main(["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("BAD") == 1
