"""A listing's card: its statuses, the limits of its fields, and the fingerprint of its content."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NotRequired, TypedDict
from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import InvalidInput, Issue, Parameter, Path, Refused
from domain.money import MAX_PRICE
from domain.texts import Language, text

TITLE_MIN = 3
TITLE_MAX = 200
DESCRIPTION_MAX = 5000
PRICE_MIN = 1
PRICE_MAX = MAX_PRICE
REGIONS_MAX = 20
REQUIRED_LANGUAGES = (Language.kk, Language.ru)


class ListingStatus(StrEnum):
    """Where a listing stands: never shown yet, shown, or taken off by its supplier."""

    draft = "draft"
    published = "published"
    withdrawn = "withdrawn"


class ListingAction(StrEnum):
    """What a supplier can do with a listing."""

    publish = "publish"
    withdraw = "withdraw"


NEXT = MappingProxyType(
    {
        (ListingStatus.draft, ListingAction.publish): ListingStatus.published,
        (ListingStatus.published, ListingAction.publish): ListingStatus.published,
        (ListingStatus.published, ListingAction.withdraw): ListingStatus.withdrawn,
        (ListingStatus.withdrawn, ListingAction.publish): ListingStatus.published,
    }
)
"""Every allowed step; publishing a published listing replaces its snapshot by the newer draft."""


class Localised(TypedDict):
    """A text of a card; a draft may still lack a language."""

    kk: NotRequired[str]
    ru: NotRequired[str]
    en: NotRequired[str]


class Card(TypedDict):
    """The fields of a listing that do not depend on its category; price in tiyn for one unit."""

    title: Localised
    description: Localised
    price: int | None
    regions: list[str]


def advance(status: ListingStatus, action: ListingAction) -> ListingStatus:
    """The status after the action; Refused(TRANSITION_REFUSED) when the table has no such step."""
    following = NEXT.get((status, action))
    if following is None:
        raise Refused("TRANSITION_REFUSED", status=status.value)
    return following


def allowed_actions(status: ListingStatus) -> list[ListingAction]:
    """What can be done in this status, in the order of the enumeration."""
    return [action for action in ListingAction if (status, action) in NEXT]


def check_card(
    *,
    title: Mapping[str, str | None],
    description: Mapping[str, str | None],
    price: int | None,
    regions: Sequence[str],
    known_regions: Collection[str],
    complete: bool,
) -> Card:
    """The card with its texts in NFC, its title on one line, and its regions sorted.

    In: texts by language, price in tiyn for one unit, regions as two-digit КАТО codes out of
    `known_regions`. `complete` asks for what publishing needs: title and description in Kazakh and Russian,
    a price, at least one region. Raises InvalidInput with every problem found, each with its path.
    """
    issues: list[Issue] = []
    card = Card(
        title=_checked(title, "title", (TITLE_MIN, TITLE_MAX), issues, complete=complete),
        description=_checked(description, "description", (0, DESCRIPTION_MAX), issues, complete=complete),
        price=price,
        regions=sorted(set(regions)),
    )
    issues.extend(_price_issues(price, complete=complete))
    issues.extend(_region_issues(regions, known_regions, complete=complete))
    if issues:
        raise InvalidInput(issues)
    return card


def content_hash(content: Mapping[str, object]) -> str:
    """SHA-256 (hexadecimal) of the content as JSON with sorted keys: equal content, equal hash."""
    canonical = json.dumps(
        content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _checked(
    given: Mapping[str, str | None],
    field: str,
    limits: tuple[int, int],
    issues: list[Issue],
    *,
    complete: bool,
) -> Localised:
    clean = Localised()
    for language in Language:
        raw = given.get(language)
        if raw and field == "title" and is_readable(raw):
            raw = " ".join(raw.split())
        fault = _text_issue(raw, (field, language.value), *limits) if raw else None
        if fault is not None:
            issues.append(fault)
        elif raw and (value := _trimmed(raw)):
            clean[language.value] = value
        elif complete and language in REQUIRED_LANGUAGES:
            issues.append(Issue("MISSING_TRANSLATION", (field, language.value), _label(field)))
    return clean


def _text_issue(raw: str, path: Path, least: int, most: int) -> Issue | None:
    if not is_readable(raw):
        return Issue("NOT_TEXT", path)
    size = len(_trimmed(raw))
    if size > most:
        return Issue("TOO_LONG", path, {"maximum": most})
    if 0 < size < least:
        return Issue("TOO_SHORT", path, {"minimum": least})
    return None


def _trimmed(raw: str) -> str:
    return normalize("NFC", raw).strip()


def _label(field: str) -> dict[str, Parameter]:
    return {f"name_{language}": text(f"labels.listing_{field}", language) for language in Language}


def _price_issues(price: int | None, *, complete: bool) -> Iterator[Issue]:
    if price is None and complete:
        yield Issue("PRICE_REQUIRED", ("price",))
    if price is not None and not PRICE_MIN <= price <= PRICE_MAX:
        yield Issue("PRICE_OUT_OF_RANGE", ("price",), {"minimum": PRICE_MIN, "maximum": PRICE_MAX})


def _region_issues(regions: Sequence[str], known: Collection[str], *, complete: bool) -> Iterator[Issue]:
    if complete and not regions:
        yield Issue("REGION_REQUIRED", ("regions",))
    if len(regions) > REGIONS_MAX:
        yield Issue("TOO_MANY_REGIONS", ("regions",), {"maximum": REGIONS_MAX})
        return
    for position, region in enumerate(regions):
        if region not in known:
            yield Issue("UNKNOWN_REGION", ("regions", position))
        elif region in regions[:position]:
            yield Issue("DUPLICATE_REGION", ("regions", position), {"region": region})
