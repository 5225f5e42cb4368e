"""The layout of docs/how-to-add-a-feature.md: which folders there are, and what is named alike in them."""

import pytest

from tests.house.tree import FEATURES, ROOT, layers, stems, tracked

BESIDE = {"tests", "docs", "deploy"}
"""Folders that are no layer."""

GROUND = {
    "changes": "what differs between versions: listings and their conflicts tell it",
    "characteristics": "part of categories and listings that both use",
    "connections": "Relay's pages",
    "doors": "the context of every operation",
    "errors": "errors as data",
    "guards": "fields that ask the policy table",
    "naming": "how names look to clients",
    "policies": "nothing goes unasked",
    "portal": "joins the stems",
    "roots": "root fields and their policy",
    "values": "shapes that many types share",
    "viewer": "whoever asks",
}
"""Modules of schema/ that belong to the schema itself and to no feature."""

PROVEN_ELSEWHERE: dict[str, str] = {}
"""Modules without a test file of their own."""


def test_every_folder_is_a_watched_layer() -> None:
    """A new top-level folder of code can't escape the import contracts."""
    folders = {
        path.parts[0] for path in tracked() if len(path.parts) > 1 and not path.parts[0].startswith(".")
    }
    assert folders - BESIDE == set(layers())


def test_schema_and_resolvers_share_their_stems() -> None:
    """What clients see of a feature and what happens for it have the same name."""
    assert stems("schema") - set(GROUND) <= stems("resolvers")
    assert set(GROUND) <= stems("schema")


def test_known_features_are_plural_nouns_of_the_design() -> None:
    """A feature in schema/ is one of the names agreed on, or Relay's nodes."""
    assert stems("schema") - set(GROUND) <= {*FEATURES, "nodes"}


@pytest.mark.parametrize("layer", ["domain", "documents", "resolvers"])
def test_every_module_has_its_mirror_test(layer: str) -> None:
    """A module is tested under the same name: tests/<layer>/test_<stem>*.py or a folder of that name."""
    tests = [path.parts[2].removesuffix(".py") for path in tracked(f"tests/{layer}/*.py")]
    missing = {
        stem
        for stem in stems(layer)
        if stem not in tests and not any(f"{test}_".startswith(f"test_{stem}_") for test in tests)
    }
    assert sorted(f"{layer}/{stem}" for stem in missing) == sorted(
        each for each in PROVEN_ELSEWHERE if each.startswith(f"{layer}/")
    )


def test_every_folder_of_tests_is_a_package() -> None:
    """Mirrored test files share their names, so their folders must be packages."""
    folders = {path.parent for path in tracked("tests/*.py")}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []
