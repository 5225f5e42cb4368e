"""What differs between two versions of a card, field by field, and a version made from another and that.

A card is laid out flat: one path for each text, region, answer, document and person. Two versions differ
where the values of a path do, and in the order of documents or people where it doesn't follow from the rest.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.listings.card import content_hash
from domain.texts import Language

Content = Mapping[str, Any]
Place = tuple[str, ...]

TEXTS = ("title", "description")
KEYED = ("documents", "people")
"""Lists of things with an identifier each, in an order that their supplier chose."""
CONTENT = ("definition_version", "title", "description", "price", "regions", "characteristics", *KEYED)
"""All of a card that counts as its content: what is compared, restored and bound by the fingerprint."""
_PERSONAL = "name"


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; None where it was not there. The path of a list alone is its order."""

    path: Place
    before: Any = None
    after: Any = None


def content_of(row: Content) -> dict[str, Any]:
    """The content out of a draft, a snapshot or a version; what is missing is empty."""
    empty: dict[str, Any] = {"definition_version": 1, "title": {}, "description": {}, "price": None}
    return {name: row.get(name, empty.get(name, [])) for name in CONTENT}


def fingerprint(row: Content) -> str:
    """SHA-256 of the content; a person's name counts by the identifier that it was given, see `people`."""
    content = content_of(row)
    people = [_counted(("people",), one) for one in content["people"]]
    return content_hash(json.loads(_canonical({**content, "people": people})))


def diff(before: Content, after: Content) -> list[Change]:
    """What changed, in the order of a card's fields; nothing for two versions with one fingerprint."""
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = sorted({**old, **new}, key=_rank)
    changes = [
        Change(path, old.get(path), new.get(path))
        for path in paths
        if _canonical(_counted(path, old.get(path))) != _canonical(_counted(path, new.get(path)))
    ]
    return [*changes, *_reordered(before, after)]


def apply(changes: Iterable[Change], content: Content, codes: Sequence[str]) -> dict[str, Any]:
    """The content with the changes made: `apply(diff(a, b), a, codes)` is the content of b.

    `codes` are the characteristics of b's definition in its order, which answers follow.
    """
    known = list(changes)
    flat = dict(_flat(content))
    for change in known:
        flat[change.path] = change.after
    orders = {change.path[0]: change.after for change in known if len(change.path) == 1}
    made: dict[str, Any] = {name: {} for name in TEXTS} | {name: [] for name in ("regions", *KEYED)}
    answers: dict[str, Any] = {}
    for path, value in flat.items():
        if value is None:
            continue
        _put(made, answers, path, value)
    for name in KEYED:
        made[name] = _in_order(made[name], orders.get(name))
    made["regions"].sort()
    made["price"] = flat.get(("price",))
    made["definition_version"] = flat["definition_version",]
    made["characteristics"] = [{"code": code, "value": answers[code]} for code in codes if code in answers]
    return made


def has_field(content: Content, path: Sequence[str]) -> bool:
    """Whether a path names a field of the card: one that every card has, or a part that this one has."""
    place = tuple(path)
    every = {(name,) for name in CONTENT} | {(name, language) for name in TEXTS for language in Language}
    return place in every or place in dict(_flat(content))


def _put(made: dict[str, Any], answers: dict[str, Any], path: Place, value: Any) -> None:
    if path[0] in TEXTS:
        made[path[0]][path[1]] = value
    elif path[0] == "characteristics":
        answers[path[1]] = value
    elif len(path) > 1:
        made[path[0]].append(value)


def _flat(content: Content) -> Iterator[tuple[Place, Any]]:
    whole = content_of(content)
    yield ("definition_version",), whole["definition_version"]
    for name in TEXTS:
        yield from (((name, language), text) for language, text in whole[name].items())
    yield ("price",), whole["price"]
    yield from ((("regions", region), region) for region in whole["regions"])
    yield from ((("characteristics", one["code"]), one["value"]) for one in whole["characteristics"])
    for name in KEYED:
        yield from (((name, str(one["id"])), one) for one in whole[name])


def _rank(path: Place) -> int:
    return CONTENT.index(path[0])


def _reordered(before: Content, after: Content) -> Iterator[Change]:
    """Orders that don't follow from leaving out what went and adding at the end what came."""
    for name in KEYED:
        old, new = _ids(before, name), _ids(after, name)
        follows = [one for one in old if one in new] + [one for one in new if one not in old]
        if follows != new:
            yield Change((name,), old, new)


def _ids(content: Content, name: str) -> list[str]:
    return [str(one["id"]) for one in content_of(content)[name]]


def _in_order(items: list[Any], order: Sequence[str] | None) -> list[Any]:
    return items if order is None else sorted(items, key=lambda one: order.index(str(one["id"])))


def _counted(path: Place, value: Any) -> Any:
    """What of a value counts: all but a person's name, for which the identifier stands."""
    if path[0] != "people" or not isinstance(value, Mapping):
        return value
    return {key: part for key, part in value.items() if key != _PERSONAL}


def _canonical(value: Any) -> str:
    """Values as they are compared: 1, 1.0 and true are three."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
