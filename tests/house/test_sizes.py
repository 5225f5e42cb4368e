"""Sizes and habits that a reader relies on."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, tracked

FILE_LINES = 300
FUNCTION_LINES = 40
EXCLUSIONS = 20
FOUND = re.compile(r"#\s*pragma:\s*no (?:cover|branch)(.*)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[Path, Function]]:
    """Every function of the repository and the file it is in."""
    for path in tracked("*.py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, Function):
                yield path, node


def test_files_are_short() -> None:
    """A file above 300 lines is split: x.py becomes x/ with its parts, import paths stay."""
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in tracked("*.py")}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_functions_are_short() -> None:
    """A function above 40 lines, its docstring not counted, does more than one thing."""
    long = []
    for path, node in functions():
        first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
        length = (node.end_lineno or 0) - first.lineno + 1
        if length > FUNCTION_LINES:
            long.append(f"{path}:{node.lineno} {node.name} {length}")
    assert long == []


def test_coverage_exclusions_are_few_and_reasoned() -> None:
    """At most 20 lines are left out of coverage, each saying why."""
    found = [
        f"{path}: {match.group(0)}"
        for path in tracked("*.py")
        if path.parts[0] != "tests"
        for match in FOUND.finditer((ROOT / path).read_text())
    ]
    assert len(found) <= EXCLUSIONS
    assert [each for each in found if not re.search(r"no (cover|branch)\s*- \w+ \w+", each)] == []


def test_every_test_says_what_it_shows() -> None:
    """Each test has one sentence of its own, ended by a full stop or by an ellipsis of cases."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in functions()
        if path.parts[0] == "tests" and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_ignored_rule_has_its_reason() -> None:
    """A rule that is switched off in pyproject.toml says why beside it."""
    rule = re.compile(r'^\s*"[A-Z]+\d*",?(.*)$', re.MULTILINE)
    section = (
        (ROOT / "pyproject.toml").read_text().split("ignore = [", 1)[1].split("[tool.ruff.lint.flake8", 1)[0]
    )
    assert [match.group(0) for match in rule.finditer(section) if "# " not in match.group(1)] == []
