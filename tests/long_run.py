"""Makes `make test-long` resumable: what passed for this very content of the tree is not run again.

The file `.data/long-tests/<content>` holds the seed of the run and the ids that passed; a change of any tracked
file is another content and starts afresh. `<content>.failed` beside it has the report of each failure as soon as it
happened: the rest of a run takes long.
"""

import hashlib
import random
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(".data/long-tests")
_SEED_DIGITS = 9


def content_of_tree() -> str:
    """A name for what is checked out, uncommitted changes included."""
    parts = (("git", "rev-parse", "HEAD"), ("git", "diff", "HEAD"))
    output = b"".join(subprocess.run(part, check=True, capture_output=True).stdout for part in parts)
    return hashlib.sha256(output).hexdigest()[:16]


class LongRun:
    """The state of one resumable run: its seed and what passed."""

    def __init__(self, file: Path, seed: int | None) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        if not lines or seed not in (None, int(lines[0])):
            lines = [str(seed if seed is not None else random.SystemRandom().randrange(10**_SEED_DIGITS))]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(lines[0] + "\n")
        self.seed = int(lines[0])
        self.passed = set(lines[1:])

    def pytest_report_header(self) -> str:
        """Print the seed first of all: `make test-long SEED=…` repeats the run."""
        return f"long tests: SEED={self.seed}, {len(self.passed)} passed before ({self._file})"

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what passed."""
        done = [item for item in items if item.nodeid in self.passed]
        if done:
            config.hook.pytest_deselected(items=done)
            items[:] = [item for item in items if item.nodeid not in self.passed]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Nothing left to run is success when all of it passed before."""
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.passed:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a pass, and why something failed, at once: the run may be killed at any time."""
        if report.when == "call" and report.passed:
            with self._file.open("a") as file:
                file.write(f"{report.nodeid}\n")
        elif report.failed:
            with self._file.with_suffix(".failed").open("a") as file:
                file.write(f"{report.nodeid} ({report.when})\n{report.longreprtext}\n\n")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long-seed` repeats a run."""
    parser.addoption("--long-seed", type=int, default=None, help="seed of an earlier run of the long tests")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Fix every source of chance to the seed of this run."""
    run = LongRun(FOLDER / content_of_tree(), config.getoption("--long-seed"))
    config.option.hypothesis_seed = str(run.seed)
    config.pluginmanager.register(run, "long-run")


@pytest.fixture
def long_seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run, for tests that draw numbers themselves."""
    run = request.config.pluginmanager.get_plugin("long-run")
    return run.seed if isinstance(run, LongRun) else 0
