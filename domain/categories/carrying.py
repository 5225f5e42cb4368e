"""Answers on their way from the version that they were written for to a newer one (requirement B3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.categories.answers import CharacteristicValue, as_answers, check_answers
from domain.categories.changes import Change, stages
from domain.categories.definitions import Category

Values = Sequence[CharacteristicValue]


@dataclass(frozen=True, slots=True)
class Step:
    """One version, and what made the next one of it."""

    before: Category
    changes: Sequence[Change]


class Way:
    """From every earlier version of a category to one of them."""

    def __init__(self, steps: Iterable[Step], to: Category) -> None:
        self.to = to
        self._versions = {step.before.version: step.before for step in steps}
        self._stages = [
            (step.before.version, *stage) for step in steps for stage in stages(step.before, step.changes)
        ]

    def carried(self, version: int, answers: Values) -> list[CharacteristicValue]:
        """Answers written under a version as the newest one reads them; not checked yet."""
        found = list(answers)
        for of, definition, change in self._stages:
            if of >= version:
                found = change.answers(definition, found)
        return found

    def unmoved(self, version: int, answers: Values) -> list[str]:
        """Codes of answers that say the same under both versions, word for word."""
        before = self._versions.get(version)
        if before is None:
            return []
        values = {each["code"]: each["value"] for each in self.carried(version, answers)}
        return [
            each["code"]
            for each in answers
            if (old := before.by_code.get(each["code"])) is not None
            and (new := self.to.by_code.get(each["code"])) is not None
            and (old.id, old.type, old.unit) == (new.id, new.type, new.unit)
            and values.get(each["code"]) == each["value"]
        ]


def settled(definition: Category, answers: Values, *, complete: bool) -> list[CharacteristicValue]:
    """Carried answers checked; those to characteristics that were retired since stay readable as they are.

    Raises InvalidInput as `check_answers`.
    """
    retired = {item.code for item in definition.characteristics if item.retired}
    checked = check_answers(definition, as_answers(definition, answers), complete=complete)
    kept = [each for each in answers if each["code"] in retired]
    order = {code: place for place, code in enumerate(definition.by_code)}
    return sorted([*kept, *checked], key=lambda each: order[each["code"]])


def shown(definition: Category, answers: Values) -> list[CharacteristicValue]:
    """The answers that everybody sees."""
    hidden = hidden_of(definition, definition)
    return [each for each in answers if each["code"] not in hidden]


def hidden_of(older: Category, newest: Category) -> frozenset[str]:
    """Codes of an older version whose answers the newest one keeps for their supplier."""
    return frozenset(item.code for item in older.characteristics if item.id in newest.hidden)
