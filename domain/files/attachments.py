"""Documents on a card: each an own file that is ready, pictures with a text for who can't see them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict
from unicodedata import category, normalize

from domain.categories import is_readable
from domain.errors import InvalidInput, Issue, Path
from domain.files.lifecycle import FileStatus
from domain.files.rules import TYPES, FilePurpose
from domain.files.types import IMAGES
from domain.texts import Language

DOCUMENTS_MAX = 20
ALT_MAX = 300
REQUIRED_LANGUAGES = (Language.kk, Language.ru)


class Document(TypedDict):
    """A document of a card, as it is stored."""

    id: Any
    kind: str
    name: str
    alt: dict[str, str]


def check_documents(
    given: Sequence[Mapping[str, Any]],
    files: Mapping[Any, Mapping[str, Any]],
    supplier: object,
    *,
    complete: bool,
) -> list[Document]:
    """The documents as they are stored, each with its file's name.

    In: `id`, `kind` and `alt` by language of each, and the files that there are. `complete` asks for what
    publishing needs. Raises InvalidInput with every problem found; somebody else's file is as one that is
    not there.
    """
    if len(given) > DOCUMENTS_MAX:
        raise InvalidInput([Issue("TOO_MANY_DOCUMENTS", ("documents",), {"maximum": DOCUMENTS_MAX})])
    seen: set[object] = set()
    issues: list[Issue] = []
    checked: list[Document] = []
    for position, one in enumerate(given):
        file = files.get(one["id"])
        own = file if file is not None and file["supplier"] == supplier else None
        found = list(_issues(one, own, ("documents", position), complete=complete))
        if one["id"] in seen:
            found.append(Issue("DUPLICATE_DOCUMENT", ("documents", position, "fileId")))
        seen.add(one["id"])
        issues += found
        if own is not None and not found:
            checked.append(
                Document(id=one["id"], kind=str(one["kind"]), name=own["name"], alt=_clean(one["alt"]))
            )
    if issues:
        raise InvalidInput(issues)
    return checked


def _issues(
    one: Mapping[str, Any], file: Mapping[str, Any] | None, path: Path, *, complete: bool
) -> Iterator[Issue]:
    if file is None:
        yield Issue("UNKNOWN_FILE", (*path, "fileId"))
        return
    if file["status"] != FileStatus.ready:
        yield Issue("FILE_NOT_READY", (*path, "fileId"))
    if file["content_type"] not in TYPES[FilePurpose(one["kind"])]:
        yield Issue("FILE_KIND", (*path, "kind"))
    needed = complete and file["content_type"] in IMAGES
    for language in Language:
        yield from _alt_issues(one["alt"].get(language), (*path, "alt", language.value), needed=needed)


def _alt_issues(text: str | None, path: Path, *, needed: bool) -> Iterator[Issue]:
    if text and not is_readable(text):
        yield Issue("NOT_TEXT", path)
    elif text and len(_trimmed(text)) > ALT_MAX:
        yield Issue("TOO_LONG", path, {"maximum": ALT_MAX})
    elif needed and path[-1] in REQUIRED_LANGUAGES and not _trimmed(text or ""):
        yield Issue("ALT_REQUIRED", path)


def _clean(alt: Mapping[str, str | None]) -> dict[str, str]:
    trimmed = {language.value: _trimmed(alt.get(language) or "") for language in Language}
    return {language: text for language, text in trimmed.items() if text}


def _trimmed(text: str) -> str:
    """On one line; nothing where there is nothing to be seen, say only spaces of no width."""
    seen = any(category(one)[0] not in "CZ" for one in text)
    return " ".join(normalize("NFC", text).split()) if seen else ""
