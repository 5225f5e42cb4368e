"""Trusted documents: texts known by their SHA-256, and who may still send texts of their own.

A client names a document in `extensions.persistedQuery.sha256Hash`, the field that clients with persisted
queries already send over HTTP (POST and GET) and over sockets. Nothing can be registered from outside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from graphql import GraphQLError

from execution.errors import Coded


class ManifestError(ValueError):
    """A manifest that is not what `Manifest.written` writes; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Documents that were looked through when their client was built: SHA-256 in hexadecimal → text."""

    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Manifest:
        """The manifest of these documents."""
        return cls({digest(text): text for text in texts})

    @classmethod
    def read(cls, written: str) -> Manifest:
        """The manifest out of its JSON; ManifestError for another shape or a hash that is not its text's."""
        try:
            entries = json.loads(written)
        except json.JSONDecodeError as error:
            raise ManifestError(f"not JSON: line {error.lineno}") from error
        if not isinstance(entries, dict):
            raise ManifestError("not an object of hashes")
        return cls({known: _text(known, entry) for known, entry in entries.items()})

    def written(self) -> str:
        """JSON: hash → `operation` (the names in the text) and `text`, in the order of the hashes."""
        entries = {
            known: {"operation": ", ".join(_OPERATION.findall(text)), "text": text}
            for known, text in sorted(self.texts.items())
        }
        return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


_OPERATION = re.compile(r"^\s*(?:query|mutation|subscription)\s+(\w+)", re.MULTILINE)


def _text(known: str, entry: object) -> str:
    text = entry.get("text") if isinstance(entry, dict) else None
    if not isinstance(text, str) or digest(text) != known:
        raise ManifestError(f"{known}: the text is not the one of this hash")
    return text


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def anybody(_context: Any) -> bool:
    """Everybody may send documents of their own: right for development."""
    return True


def none_but_known(_context: Any) -> bool:
    """Nobody may."""
    return False


@dataclass(frozen=True, slots=True)
class Trusted:
    """The manifest, and whose operations (by their context) may have a text that is not in it."""

    manifest: Manifest = field(default_factory=Manifest)
    free: Callable[[Any], bool] = anybody

    def text(self, query: str | None, extensions: Mapping[str, Any] | None, context: Any) -> str | None:
        """The document of a request; GraphQLError DOCUMENT_UNKNOWN or DOCUMENT_NOT_TRUSTED.

        A text sent beside a hash must be the hash's; a text alone is as good as its hash.
        """
        if extensions and "persistedQuery" in extensions:
            known = self.manifest.texts.get(_hash(extensions["persistedQuery"]))
            if known is None or query not in (None, "", known):
                raise refused("DOCUMENT_UNKNOWN")
            return known
        if query and not self.free(context) and digest(query) not in self.manifest.texts:
            raise refused("DOCUMENT_NOT_TRUSTED")
        return query


def refused(code: str) -> GraphQLError:
    """The error of a request that is stopped before its document is looked at."""
    return GraphQLError(code, original_error=Coded(code))


def _hash(persisted: object) -> str:
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return found.lower() if isinstance(found, str) else ""
