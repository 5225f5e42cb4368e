"""`make test-long` goes on where it was interrupted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SUITE = """
import random
from hypothesis import given, strategies

def test_passes(): pass
def test_fails(): assert False
def test_draws(long_seed):
    print("drew", random.Random(long_seed).random())

@given(strategies.integers())
def test_property(number): print("number", number)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with four long tests, one of which fails."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def run(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """One run of the long tests there, beside this one and without its settings."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.long_run",
        "-s",
        "-q",
        "-p",
        "no:cacheprovider",
        *options,
    ]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


def seed_of(output: str) -> str:
    """The seed that a run printed first of all."""
    found = re.search(r"SEED=(\d+)", output)
    assert found
    return found.group(1)


def test_what_passed_is_not_run_again(project: Path) -> None:
    """The second run does only what failed, under the same seed; a change of the tree starts afresh."""
    first, second = run(project, "-v"), run(project, "-v")
    assert "3 passed" in first.stdout
    assert "1 failed, 3 deselected" in second.stdout
    assert seed_of(first.stdout) == seed_of(second.stdout)
    (project / "test_suite.py").write_text(SUITE.replace("assert False", "pass"))
    assert "4 passed" in run(project).stdout
    nothing_left = run(project)
    assert nothing_left.returncode == 0
    assert "4 deselected" in nothing_left.stdout


def test_seed_repeats_a_run(project: Path) -> None:
    """The same seed draws the same numbers, in our own tests and in Hypothesis."""

    def draws(seed: str) -> list[str]:
        return re.findall(r"(?:drew|number) (\S+)", run(project, "-v", "--long-seed", seed).stdout)

    first, other, again = draws("1"), draws("2"), draws("1")
    assert first == again != other
