"""Conditions between characteristics: which of them a listing is asked, given what it has answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from domain.categories.parts import Identifier, Number

if TYPE_CHECKING:
    from domain.categories.definitions import Characteristic
    from domain.categories.readers import AnswerValue


class Condition(BaseModel):
    """Holds if the characteristic with this id was answered, and so.

    `options`: one of these choices was taken. `flag`: yes or no. `minimum` and `maximum`: the number lies
    between them, both inclusive, in the characteristic's unit. Without any of them every answer will do; of
    several answers one has to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    characteristic: Identifier
    options: tuple[str, ...] = Field(default=(), max_length=200)
    flag: bool | None = None
    minimum: Number | None = None
    maximum: Number | None = None

    def holds(self, answer: AnswerValue) -> bool:
        """Whether an answer, of the type that its characteristic has, is such a one."""
        if self.options:
            taken = answer if isinstance(answer, list) else [answer]
            return any(each in self.options for each in taken)
        if self.flag is not None:
            return answer is self.flag
        if self.minimum is None and self.maximum is None:
            return True
        several = answer if isinstance(answer, list) else [answer]
        return any(_between(each, self.minimum, self.maximum) for each in several)

    def faults(self, of: Characteristic, numbers: Collection[str], choices: Collection[str]) -> list[str]:
        """Codes of the rules that it breaks; `of` is what it looks at, the others name types."""
        strange = () if of.reference else set(self.options) - {choice.code for choice in of.choices}
        bounds = (self.minimum, self.maximum)
        wrong = {
            "CONDITION_NOT_FOR_TYPE": (bool(self.options) and of.type not in choices)
            or (self.flag is not None and of.type != "boolean")
            or (bounds != (None, None) and of.type not in numbers),
            "CONDITION_OF_NO_CHOICE": bool(strange),
            "CONDITION_REVERSED": None not in bounds and bounds[0] > bounds[1],  # type: ignore[operator]
        }
        return [rule for rule, is_so in wrong.items() if is_so]


def _between(answer: object, minimum: Number | None, maximum: Number | None) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return False
    return (minimum is None or answer >= minimum) and (maximum is None or answer <= maximum)


def asked(
    characteristics: Sequence[Characteristic],
    answer: Callable[[Characteristic], AnswerValue | None],
    *,
    unknown: Collection[str] = (),
) -> Mapping[str, bool | None]:
    """By code, whether each characteristic is asked for; None where that hangs on an `unknown` answer.

    `answer` gives what was answered, `unknown` names codes whose answer is wrong. A condition looks at
    earlier characteristics only; on one that is not asked itself nothing can hang.
    """
    found: dict[str, bool | None] = {}
    by_id = {item.id: item for item in characteristics}
    for item in characteristics:
        states = [_state(each, by_id[each.characteristic], answer, unknown, found) for each in item.when]
        found[item.code] = False if False in states else None if None in states else True
    return found


def _state(
    condition: Condition,
    of: Characteristic,
    answer: Callable[[Characteristic], AnswerValue | None],
    unknown: Collection[str],
    found: Mapping[str, bool | None],
) -> bool | None:
    if found[of.code] is not True:
        return found[of.code]
    if of.code in unknown:
        return None
    value = answer(of)
    return value is not None and condition.holds(value)
