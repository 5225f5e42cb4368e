"""People named on a card: limits, and the rule that an identifier stands for one spelling of one name.

A name is personal and sealed, so a fingerprint can't be made from it: it counts by its identifier instead,
which is kept as long as the name is written the same, and never given to another.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar
from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import InvalidInput, Issue, Path
from domain.listings.card import REQUIRED_LANGUAGES, Localised
from domain.texts import Language

PEOPLE_MAX = 20
NAME_MIN, NAME_MAX = 2, 100
ROLE_MIN, ROLE_MAX = 2, 100
QUALIFICATION_MAX = 500
I = TypeVar("I")  # noqa: E741 - an identifier, of whatever kind


class Person(TypedDict):
    """Somebody on a card, the name in clear."""

    name: str
    role: str
    qualification: Localised


def check_people(
    people: Sequence[Mapping[str, Any]], *, complete: bool, path: Path = ("people",)
) -> list[Person]:
    """The people with their texts in NFC on one line; InvalidInput with every fault and its path.

    In: {name, role, qualification by language}. `complete` asks for a qualification in Kazakh and Russian
    where there is one at all.
    """
    if len(people) > PEOPLE_MAX:
        raise InvalidInput([Issue("TOO_MANY_PEOPLE", path, {"maximum": PEOPLE_MAX})])
    issues: list[Issue] = []
    found = [
        Person(
            name=_line(one["name"], (NAME_MIN, NAME_MAX), (*path, place, "name"), issues),
            role=_line(one["role"], (ROLE_MIN, ROLE_MAX), (*path, place, "role"), issues),
            qualification=_qualification(one, (*path, place, "qualification"), issues, complete=complete),
        )
        for place, one in enumerate(people)
    ]
    if issues:
        raise InvalidInput(issues)
    return found


def identified(
    people: Sequence[Person], known: Sequence[Mapping[str, Any]], fresh: Callable[[], I]
) -> list[tuple[I, Person]]:
    """Each person with an identifier: that of the same name among the known ones, else a fresh one."""
    left = [(one["id"], one["name"]) for one in known]
    given: list[tuple[I, Person]] = []
    for person in people:
        same = next((each for each in left if each[1] == person["name"]), None)
        if same is not None:
            left.remove(same)
        given.append((fresh() if same is None else same[0], person))
    return given


def _line(raw: str, limits: tuple[int, int], path: Path, issues: list[Issue]) -> str:
    clean = " ".join(normalize("NFC", raw).split()) if is_readable(raw) else None
    if clean is None:
        issues.append(Issue("NOT_TEXT", path))
    elif len(clean) < limits[0]:
        issues.append(Issue("TOO_SHORT", path, {"minimum": limits[0]}))
    elif len(clean) > limits[1]:
        issues.append(Issue("TOO_LONG", path, {"maximum": limits[1]}))
    return clean or ""


def _qualification(one: Mapping[str, Any], path: Path, issues: list[Issue], *, complete: bool) -> Localised:
    clean = Localised()
    for language in Language:
        raw = (one.get("qualification") or {}).get(language) or ""
        line = _line(raw, (0, QUALIFICATION_MAX), (*path, language.value), issues)
        if line:
            clean[language.value] = line
    if complete and clean:
        missing = [language for language in REQUIRED_LANGUAGES if language.value not in clean]
        issues.extend(Issue("MISSING_QUALIFICATION", (*path, language.value)) for language in missing)
    return clean
