"""A manifest is made of documents that will be answered, and of no others."""

from pathlib import Path

import pytest

from execution.limits import Limits
from execution.manifests import faults, manifest_in, manifest_of
from execution.schema import Schema
from execution.trusted import Manifest, ManifestError, digest
from tests.execution import sample

SCHEMA = Schema(sample.Query).graphql
VIEWER = "query Viewer {viewer}\n"


def test_each_file_becomes_an_entry(tmp_path: Path) -> None:
    """Every document of the folder and the folders in it is in the manifest, by the hash of its whole text."""
    (tmp_path / "deeper").mkdir()
    (tmp_path / "viewer.graphql").write_text(VIEWER)
    (tmp_path / "deeper" / "echo.graphql").write_text("query Echo($t: String!) {echo(text: $t)}")
    (tmp_path / "README.md").write_text("no document")
    manifest = manifest_of(tmp_path, SCHEMA, Limits())
    assert len(manifest.texts) == 2
    assert manifest.texts[digest(VIEWER)] == VIEWER


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    """What is not GraphQL, doesn't fit the schema or asks for too much is named by file and place."""
    for name, text in {
        "syntax": "{",
        "schema": "query A {\n  viewr\n}",
        "size": "{books(first: 999999999) {edges {cursor}}}",
        "fine": VIEWER,
    }.items():
        (tmp_path / f"{name}.graphql").write_text(text)
    with pytest.raises(ManifestError) as refused:
        manifest_of(tmp_path, SCHEMA, Limits())
    schema, size, syntax = str(refused.value).splitlines()
    assert schema.startswith("schema.graphql:2:3: Cannot query field 'viewr'")
    assert size.startswith("size.graphql: Allowed are")
    assert syntax.startswith("syntax.graphql:1:2: Syntax Error")


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    """A manifest of nothing would shut everybody out."""
    with pytest.raises(ManifestError, match=r"no \*.graphql file"):
        manifest_of(tmp_path, SCHEMA, Limits())


def test_a_document_may_grow_old() -> None:
    """Documents that a newer schema doesn't answer any more are named by their hash."""
    assert list(faults({"abc": "{expired}", "def": "{viewer}"}, SCHEMA, Limits())) == [
        "abc:1:2: Cannot query field 'expired' on type 'Query'."
    ]


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """A server without a manifest has an empty one; one whose file is gone or no text says so."""
    assert manifest_in(None) == Manifest()
    file = tmp_path / "manifest.json"
    with pytest.raises(ManifestError, match=r"manifest\.json can't be read"):
        manifest_in(file)
    file.write_bytes(b"\xff")
    with pytest.raises(ManifestError, match=r"manifest\.json can't be read"):
        manifest_in(file)
    file.write_text(Manifest.of([VIEWER]).written())
    assert manifest_in(file) == Manifest.of([VIEWER])
