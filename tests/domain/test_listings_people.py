"""People named on a card: limits, and identifiers that follow the spelling of names."""

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.listings import NAME_MAX, PEOPLE_MAX, Person, check_people, identified
from domain.texts import Language, text

GOOD: dict[str, Any] = {
    "name": "Айша Серік",
    "role": "логопед",
    "qualification": {"kk": "Жоғары", "ru": "Высшая"},
}


def faults(people: list[dict[str, Any]], *, complete: bool = True) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths of what is wrong, each with its text in every language."""
    try:
        check_people(people, complete=complete)
    except InvalidInput as refusal:
        for issue in refusal.issues:
            assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
        return [(issue.code, issue.path) for issue in refusal.issues]
    return []


def test_texts_are_normalised() -> None:
    """R-B4: a name stands on one line and in NFC, blank translations are none."""
    (person,) = check_people(
        [{"name": " Айша\n Сери\u0306к ", "role": "логопед", "qualification": {"ru": " Высшая ", "en": " "}}],
        complete=False,
    )
    assert person == {"name": "Айша Серйк", "role": "логопед", "qualification": {"ru": "Высшая"}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"qualification": None}, []),
        ({"name": " "}, [("TOO_SHORT", ("people", 0, "name"))]),
        ({"name": "а" * (NAME_MAX + 1)}, [("TOO_LONG", ("people", 0, "name"))]),
        ({"role": "а\x00б"}, [("NOT_TEXT", ("people", 0, "role"))]),
        ({"qualification": {"ru": "а"}}, [("MISSING_QUALIFICATION", ("people", 0, "qualification", "kk"))]),
        ({"qualification": {"ru": "а" * 501, "kk": "а"}}, [
            ("TOO_LONG", ("people", 0, "qualification", "ru")),
        ]),
    ],
)  # fmt: skip
def test_each_fault_is_named(changes: dict[str, Any], expected: list[Any]) -> None:
    """R-B4: a fault of a person is told with its place."""
    assert faults([GOOD | changes]) == expected


def test_a_draft_may_lack_a_translation() -> None:
    """R-B4: a qualification in one language will do until it is published."""
    assert faults([GOOD | {"qualification": {"ru": "Высшая"}}], complete=False) == []


def test_how_many_there_may_be() -> None:
    """R-B4: twenty people and no more."""
    assert faults([GOOD] * PEOPLE_MAX) == []
    assert faults([GOOD] * (PEOPLE_MAX + 1)) == [("TOO_MANY_PEOPLE", ("people",))]


names = st.lists(st.sampled_from(["Айша", "Болат", "Дина"]), max_size=6)


@given(names, names)
def test_an_identifier_follows_the_name(before: list[str], after: list[str]) -> None:
    """R-J1: who is still there by that name keeps the identifier; no identifier gets another name or two people."""
    known = [{"id": number, "name": name} for number, name in enumerate(before)]
    people = [Person(name=name, role="врач", qualification={}) for name in after]
    given_ids = identified(people, known, count(100).__next__)
    assert [person for _, person in given_ids] == people
    ids = [identifier for identifier, _ in given_ids]
    assert len(set(ids)) == len(ids)
    for identifier, person in given_ids:
        if identifier < 100:
            assert before[identifier] == person["name"]
    for name in set(after):
        kept = sum(identifier < 100 for identifier, person in given_ids if person["name"] == name)
        assert kept == min(before.count(name), after.count(name))
