"""What must never be in the repository, and what must always be."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, tracked

# Written in two halves, so that this file doesn't find itself.
MACHINE = ("/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "file:" + "//")
REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg",
    "docker" + ".io",
)
BUNDLES = Path("web/static")
"""The one folder with files of others; tests/web shows that nothing in it calls out."""

LOCKS = ("requirements.lock", "requirements-run.lock", "requirements-bench.lock")
TARGETS = [
    "run",
    "doctor",
    "check",
    "test",
    "test-web",
    "test-long",
    "bench",
    "bench-driver",
    "bench-peers",
    "token",
    "sign",
    "demo",
    "seed",
    "coverage",
    "lock",
    "clean",
    "help",
]


@pytest.mark.parametrize("words", [MACHINE, REGISTRIES], ids=["machine paths", "registry hosts"])
def test_no_trace_of_a_machine_or_registry(words: tuple[str, ...]) -> None:
    """The repository works anywhere: no path of one machine and no address of one registry is in it."""
    found = [
        f"{path}: {word}"
        for path in tracked()
        if BUNDLES not in path.parents
        for word in words
        if word.encode() in (ROOT / path).read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_no_addresses(lock: str) -> None:
    """Every package is pinned to one version and to the hashes of its files, wherever it is fetched from."""
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index" not in text
    packages = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert packages
    wrong = [each.splitlines()[0] for each in packages if "==" not in each or "--hash=sha256:" not in each]
    assert wrong == []


def test_node_locks_have_no_addresses() -> None:
    """A package-lock.json names hashes, and the client that installs it knows the registry."""
    for path in tracked("*package-lock.json"):
        text = (ROOT / path).read_text()
        assert '"resolved"' not in text
        assert '"integrity"' in text


def test_versions_agree_between_locks() -> None:
    """What runs in production is what was tested."""
    pins = [dict(re.findall(r"^(\S+?)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    for fewer in pins[1:]:
        assert {name: fewer[name] for name in fewer.keys() & pins[0].keys()}.items() <= pins[0].items()


def test_make_offers_what_the_readme_promises() -> None:
    """Each target of the contract exists and is explained in `make help`."""
    makefile = (ROOT / "Makefile").read_text()
    assert [
        target for target in TARGETS if not re.search(rf"^{target}:.*## \w", makefile, re.MULTILINE)
    ] == []
