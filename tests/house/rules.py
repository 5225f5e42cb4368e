"""Writes docs/rules.md: from paragraph to requirement, code and the tests that prove it.

    python -m tests.house.rules

The tests say what they prove in their docstrings ("R-C3: ..."); everything else stands in the table below.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"
SAID = re.compile(r"R-([A-L]\d*): (.+)", re.DOTALL)


class Rule(NamedTuple):
    """Where a requirement comes from, what it asks for in a few words, and where the code stands."""

    paragraphs: str
    sentence: str
    code: str


RULES = {
    "A1": Rule("73 p. 6, 12", "Sign in by a challenge bound to IIN or BIN", "resolvers/identity/"),
    "A2": Rule("73 p. 3, 5", "Certificates of the NCA, completely verified", "integrations/signatures/"),
    "A3": Rule(
        "73 p. 4(3)",
        "First sign-in registers, with consent",
        "resolvers/capacities.py, resolvers/consents.py, resolvers/participants/registering.py",
    ),
    "A4": Rule(
        "73 p. 6, 12",
        "Records certified by a state body",
        "integrations/gateway.py, resolvers/participants/receiving.py",
    ),
    "A5": Rule("73 p. 6", "Contacts corrected by a code", "resolvers/participants/contacts.py"),
    "A6": Rule(
        "73 p. 2(10)",
        "Legal representatives act for their wards",
        "domain/representatives.py, resolvers/representatives.py, resolvers/admission.py",
    ),
    "A7": Rule(
        "73 p. 2(11), 12; 345 p. 2(10)",
        "Three kinds of supplier, by date",
        "domain/suppliers.py, resolvers/suppliers.py",
    ),
    "A8": Rule("73 p. 3", "Short-lived tokens, sessions that end", "auth/tokens.py, resolvers/admission.py"),
    "B1": Rule("73 p. 13", "The main OKED code opens directions", "resolvers/suppliers.py"),
    "B2": Rule("73 p. 8, 13", "Categories define characteristics", "domain/categories/"),
    "B4": Rule(
        "73 p. 13",
        "Drafts and published cards, people on them, schedules",
        "resolvers/listings/, documents/listings/, workers/listings.py",
    ),
    "B5": Rule(
        "73 p. 13",
        "Versions compared and restored, moderation, lost races",
        "domain/listings/, resolvers/listings/, documents/listings/",
    ),
    "B6": Rule(
        "73 p. 8",
        "Tables in and out, as resumable jobs",
        "domain/imports/, resolvers/imports/, workers/imports/, workers/jobs.py, documents/jobs/",
    ),
    "B7": Rule(
        "73 p. 8", "The catalogue «Помощь для вас»", "domain/search/, documents/listings/catalogue.py"
    ),
    "B8": Rule(
        "73 p. 8",
        "Files by ticket, looked at, served to whoever may see them",
        "domain/files/, resolvers/files/, web/files.py, workers/files.py",
    ),
    "C1": Rule("73 p. 7", "The recipient's cabinet", "resolvers/measures/access.py, schema/measures.py"),
    "C2": Rule("73 p. 9", "Measures arrive from Е-Собес", "resolvers/measures/incoming.py"),
    "C3": Rule("73 p. 9", "Notice by SMS or by the executive body", "resolvers/measures/notices.py"),
    "C4": Rule("73 p. 10", "Two months to choose a supplier", "domain/measures.py, workers/measures.py"),
    "C5": Rule("73 p. 10", "«Активация выбора поставщика»", "resolvers/measures/choices.py"),
    "C6": Rule(
        "73 p. 11", "Everything flows back to Е-Собес", "resolvers/measures/changes.py, workers/outbox.py"
    ),
    "D1": Rule("73 p. 8, 10", "Who may order what", "domain/orders/rules.py, resolvers/orders/grounds.py"),
    "D2": Rule(
        "73 p. 8", "The signed application and its evidence", "domain/orders/papers.py, resolvers/evidence.py"
    ),
    "D3": Rule("73 p. 8", "The life of an order", "domain/orders/lifecycle.py"),
    "D4": Rule("73 p. 8", "Compare-and-set, once per key", "resolvers/orders/moving.py, resolvers/acts.py"),
    "E1": Rule("73 p. 7", "Live status", "schema/feeds.py, execution/live.py"),
    "E2": Rule("extension", "Dense positions in commit order", "workers/feeds.py, documents/feeds/"),
    "E3": Rule("extension", "Any number of server processes", "execution/live.py, documents/changes.py"),
    "E4": Rule("extension", "Rights are checked for every event", "schema/doors.py"),
    "E5": Rule("extension", "A slow subscriber delays nobody", "execution/live.py"),
    "H": Rule("73 p. 9, 10", "Notices through an outbox", "domain/notifications.py, workers/outbox.py"),
    "I": Rule("73 p. 6, 9, 12", "Partners, their contracts and twins", "integrations/, web/partners.py"),
    "J1": Rule(
        "73 p. 6, 12", "Personal fields are sealed", "documents/encryption.py, documents/validators.py"
    ),
    "J3": Rule("extension", "Nothing without a row in the policy table", "auth/policy.py, schema/roots.py"),
    "K": Rule("extension", "The API", "schema/, execution/"),
    "L": Rule("extension", "Running it", "app.py, assembly.py, documents/embedded/"),
}


def proofs() -> dict[str, list[tuple[str, str]]]:
    """Requirement → (what the test says, its id), in the order of files."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for test in _tests(ast.parse(file.read_text("utf-8"))):
            said = SAID.match(ast.get_docstring(test) or "")
            if said:
                sentence = " ".join(said[2].split())
                found[said[1]].append((sentence, f"{file.relative_to(ROOT)}::{test.name}"))
    return found


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node


def page() -> str:
    """The page as it should stand."""
    proven = proofs()
    lines = [
        "# From the law to the test",
        "",
        "Paragraph → requirement → code → test. 73 and 345 are the orders of 2022 and 2023; rules of order 73 that the",
        "visible part of order 345 does not replace continue. This page is written by `python -m tests.house.rules`",
        "from the tests' own docstrings; a test fails when it is stale.",
    ]
    for requirement in sorted({*RULES, *proven}, key=lambda name: (name[0], int(name[1:] or 0))):
        lines += ["", *_section(requirement, proven.get(requirement, []))]
    return "\n".join(lines) + "\n"


def _section(requirement: str, proven: list[tuple[str, str]]) -> list[str]:
    rule = RULES.get(requirement)
    title = f"## {requirement}" + (f" — {rule.sentence}" if rule else "")
    source = [f"Source: {rule.paragraphs}. Code: `{rule.code}`.", ""] if rule else []
    rows = [f"- {sentence}  \n  `{test}`" for sentence, test in proven]
    return [title, "", *source, *(rows or ["- No test proves it yet."])]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
