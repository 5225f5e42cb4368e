"""What is remembered of documents takes little room, and still says where errors are."""

from __future__ import annotations

from graphql import FieldNode, OperationDefinitionNode, build_schema, parse, validate

from execution.documents import DocumentCache
from execution.wanted import Wants

TEXTS = ("{ aNameLikeNoOther }", "query Again {\n  again: aNameLikeNoOther\n}")


def field_of(cache: DocumentCache, text: str) -> FieldNode:
    """The only field of a remembered document."""
    known = cache.keep(text, parse(text))
    assert known is not None
    (operation,) = known.document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (found,) = operation.selection_set.selections
    assert isinstance(found, FieldNode)
    return found


def test_documents_share_their_names() -> None:
    """R-K: a name is in memory once, however many documents have it, and the lexer's tokens are not."""
    cache = DocumentCache()
    first, second = [field_of(cache, text) for text in TEXTS]
    assert first.name.value is second.name.value
    assert first.loc is not None
    assert (first.loc.start_token.next, first.loc.end_token.prev) == (None, None)


def test_errors_still_tell_their_places() -> None:
    """R-K: line and column are found without tokens."""
    cache = DocumentCache()
    known = cache.keep(TEXTS[1], parse(TEXTS[1]))
    assert known is not None
    (error,) = validate(build_schema("type Query { other: Int }"), known.document)
    assert [(at.line, at.column) for at in error.locations or ()] == [(2, 3)]


def test_selections_that_look_at_the_same_share_what_they_want() -> None:
    """R-K: equal wants are one object; others are not."""

    def wants(*keys: str) -> Wants:
        made = Wants()
        made.add(("listing",), "title", keys)
        made.add((), "text", None)
        return made

    assert wants("a", "b").wanted() is wants("b", "a").wanted()
    assert wants("a").wanted() is not wants("a", "b").wanted()
    assert wants("a").wanted().of("listing") == frozenset({"a"})
