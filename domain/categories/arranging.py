"""Changes of how a form asks and what it shows; answers stay as they are."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from domain.categories.changing import Changing, ChangingOne, place_of
from domain.categories.conditions import Condition
from domain.categories.definitions import Characteristic
from domain.categories.parts import Code, Groups, Help, Identifier, Widget
from domain.errors import invalid


class Describe(ChangingOne):
    """Other help for whoever answers, or none."""

    kind: Literal["describe"] = "describe"
    help: Help | None = None


class Draw(ChangingOne):
    """Another widget, and whether it stands out."""

    kind: Literal["draw"] = "draw"
    widget: Widget | None = None
    highlighted: bool = False


class Disclose(ChangingOne):
    """Answers are for everybody, or for their supplier alone; then nobody finds by them either."""

    kind: Literal["disclose"] = "disclose"
    public: bool

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        shown = {name: self.public and getattr(item, name) for name in _SHOWN}
        return {"public": self.public} | shown


_SHOWN = ("filterable", "facetable", "highlighted")


class Ask(ChangingOne):
    """Other conditions under which it is asked for, or none."""

    kind: Literal["ask"] = "ask"
    when: tuple[Condition, ...] = Field(default=(), max_length=10)


class Move(Changing):
    """Another place: in a group, before another characteristic or at the end."""

    kind: Literal["move"] = "move"
    characteristic: Identifier
    group: Code | None = None
    before: Identifier | None = None

    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """The characteristics after the change."""
        if self.before == self.characteristic:
            raise invalid("UNKNOWN_CHARACTERISTIC", "before", characteristic=self.characteristic)
        moved = items[place_of(items, self.characteristic)].model_copy(update={"group": self.group})
        others = [each for each in items if each.id != self.characteristic]
        place = len(others) if self.before is None else place_of(others, self.before, "before")
        return [*others[:place], moved, *others[place:]]


class Regroup(Changing):
    """Other groups of the form, in this order."""

    kind: Literal["regroup"] = "regroup"
    groups: Groups

    def category(self) -> dict[str, Any]:
        """What becomes of the category itself."""
        return {"groups": [each.model_dump() for each in self.groups]}

    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """Characteristics of a group that is gone stand in none."""
        known = {group.code for group in self.groups}
        return [each if each.group in known else each.model_copy(update={"group": None}) for each in items]
