"""The list of documents: complete, and each with a collection of its own."""

import ast

from documents.base import collection_name
from documents.registry import DOCUMENTS
from tests.house.tree import ROOT, tracked


def test_every_document_is_registered() -> None:
    """R-J1: a document class that is missing here would have no validator and no index."""
    found = {
        node.name
        for path in tracked("*.py")
        if path.parts[0] == "documents"
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(getattr(base, "id", "") == "Record" for base in node.bases)
    }
    assert found - {model.__name__ for model in DOCUMENTS} <= {"SeedMark"}
    names = [collection_name(model) for model in DOCUMENTS]
    assert len(names) == len(set(names))
