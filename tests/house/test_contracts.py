"""The import contracts are alive: a planted violation of each is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, layers

KEPT = (
    "schema.listings -> resolvers.listings",
    "resolvers.listings -> documents.listings",
    "resolvers.listings -> auth.policy",
    "documents.listings -> domain.listings",
    "documents.listings -> pymongo",
    "schema.listings -> strawberry",
    "schema.listings -> execution.fields",
    "auth.oidc -> starlette",
    "web.health -> starlette.routing",
)

BROKEN = (
    "domain.listings -> documents.listings",
    "documents.listings -> resolvers.listings",
    "auth.policy -> integrations.sms",
    "resolvers.listings -> web.health",
    "execution.fields -> domain.errors",
    "resolvers.listings -> execution.fields",
    "resolvers.listings -> strawberry",
    "resolvers.listings -> starlette",
    "auth.tokens -> starlette",
    "resolvers.listings -> pymongo",
    "schema.listings -> beanie",
    "domain.listings -> orjson",
)


def plant(root: Path, edge: str) -> None:
    """Write a module that imports another, each in its layer."""
    source, target = edge.split(" -> ")
    for name in (source, target):
        layer, _, stem = name.partition(".")
        if stem and layer in layers():
            (root / layer / f"{stem}.py").touch()
    with (root / f"{source.replace('.', '/')}.py").open("a") as file:
        file.write(f"import {target}\n")


def linted(root: Path, *edges: str) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a project of these imports under our contracts."""
    shutil.copy(ROOT / "pyproject.toml", root)
    for layer in layers():
        (root / layer).mkdir()
        (root / layer / "__init__.py").touch()
    for edge in edges:
        plant(root, edge)
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=root, check=False, capture_output=True, text=True
    )


def test_imports_that_the_layout_allows_pass(tmp_path: Path) -> None:
    """The contracts allow what the layout allows."""
    result = linted(tmp_path, *KEPT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("edge", BROKEN)
def test_imports_against_the_layout_are_caught(tmp_path: Path, edge: str) -> None:
    """One import in the wrong direction breaks the check."""
    result = linted(tmp_path, edge)
    assert result.returncode == 1, result.stdout
    assert "1 broken" in result.stdout, result.stdout


def test_circles_inside_a_layer_are_caught(tmp_path: Path) -> None:
    """Two modules of one layer that import each other break the check."""
    result = linted(tmp_path, "domain.orders -> domain.measures", "domain.measures -> domain.orders")
    assert result.returncode == 1, result.stdout
