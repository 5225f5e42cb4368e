"""Makes a manifest of trusted documents out of a folder, and says which documents don't fit a schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, parse, validate

from execution.limits import Limits, measure
from execution.trusted import Manifest, ManifestError


def manifest_in(file: Path | None) -> Manifest:
    """The manifest that a file holds, an empty one without a file; ManifestError where it can't be read."""
    try:
        return Manifest.read(file.read_text("utf-8")) if file else Manifest()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"the manifest {file} can't be read: {error}") from error


def manifest_of(folder: Path, schema: GraphQLSchema, limits: Limits) -> Manifest:
    """The manifest of every `*.graphql` file below a folder, one document a file.

    ManifestError with a line for each fault: what is not GraphQL, doesn't fit the schema or asks for too much
    would be refused when it is sent.
    """
    texts = {
        str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*.graphql"))
    }
    problems = list(faults(texts, schema, limits)) if texts else [f"{folder}: no *.graphql file"]
    if problems:
        raise ManifestError("\n".join(problems))
    return Manifest.of(texts.values())


def faults(texts: Mapping[str, str], schema: GraphQLSchema, limits: Limits) -> Iterator[str]:
    """What is wrong with documents, a line each that begins with the document's name."""
    for name, text in texts.items():
        for error in _errors(text, schema, limits):
            places = "".join(f":{place.line}:{place.column}" for place in (error.locations or [])[:1])
            yield f"{name}{places}: {error.message}"


def _errors(text: str, schema: GraphQLSchema, limits: Limits) -> list[GraphQLError]:
    try:
        bounds: dict[str, Any] = dict(limits.parse_options)
        document = parse(text, **bounds)
    except GraphQLError as error:
        return [error]
    large = measure(schema, document, {}, limits).over(limits)
    return [large] if large else validate(schema, document)
