"""What is in the repository, for the tests of the house."""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FEATURES = (
    "audit",
    "capacity",
    "categories",
    "content",
    "erasure",
    "feeds",
    "files",
    "identity",
    "imports",
    "incidents",
    "jobs",
    "listings",
    "lookups",
    "measures",
    "notifications",
    "orders",
    "participants",
    "reference",
    "regions",
    "representatives",
    "staff",
    "suppliers",
    "systems",
)
"""One name per thing, in every layer."""


def tracked(*patterns: str) -> list[Path]:
    """Files that git keeps or is about to keep, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(line) for line in sorted(set(output.splitlines())) if (ROOT / line).is_file()]


def layers() -> list[str]:
    """The top-level packages that import-linter watches."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["root_packages"])


def stems(layer: str) -> set[str]:
    """Names of a layer's modules and packages; private ones are parts of others."""
    parts = {path.parts[1].removesuffix(".py") for path in tracked(f"{layer}/*.py")}
    return {stem for stem in parts if not stem.startswith("_")}
