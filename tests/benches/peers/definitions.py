"""What peers know of categories, in memory: names, units and how a value reads, in Russian only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.categories import Category, Characteristic, CharacteristicType
from domain.texts import Language, text

LANGUAGE = Language.ru


Plain = dict[str, Any]


class Known(dict[Any, Plain]):
    """A characteristic as its values are shown, each made when it is first met, as the portal does."""

    def __init__(self, code: str, name: str, unit: str | None, shown: Callable[[Any], str]) -> None:
        self.code, self.name, self.unit, self.shown = code, name, unit, shown

    def __missing__(self, value: Any) -> Plain:
        made = self[value] = self.made(value)
        return made

    def made(self, value: Any) -> Plain:
        """A value with what is the same for all of them."""
        return {"code": self.code, "name": self.name, "value": self.shown(value), "unit": self.unit}


class Several(Known):
    """One whose values can't be looked up as they are."""

    def __getitem__(self, value: Any) -> Plain:
        key = tuple(value.items() if isinstance(value, dict) else value)
        found = self.get(key)
        if found is None:
            found = self[key] = self.made(value)
        return found


class _Names(dict[str, str]):
    """A choice without a name is shown by its code."""

    def __missing__(self, code: str) -> str:
        return code


Definitions = Mapping[tuple[str, int], Mapping[str, Known]]


def definitions(rows: Iterable[Mapping[str, Any]]) -> Definitions:
    """Every version of every category, by code and version."""
    categories = [Category.model_validate(row["definition"]) for row in rows]
    return {
        (one.code, one.version): {item.code: _known(item) for item in one.characteristics}
        for one in categories
    }


def exported(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same as JSON, for peers in another language."""
    categories = [Category.model_validate(row["definition"]) for row in rows]
    return {
        f"{one.code}|{one.version}": {item.code: _plain(item) for item in one.characteristics}
        for one in categories
    }


def _plain(item: Characteristic) -> dict[str, Any]:
    choices = {choice.code: choice.names.ru for choice in item.choices}
    return {"name": item.names.ru, "unit": _unit(item), "type": item.type.value, "choices": choices}


def _unit(item: Characteristic) -> str | None:
    return text(f"units.{item.unit}", LANGUAGE) if item.unit else None


def _known(item: Characteristic) -> Known:
    names = _Names({choice.code: choice.names.ru for choice in item.choices})
    shown: dict[CharacteristicType, Callable[[Any], str]] = {
        CharacteristicType.boolean: _answers().__getitem__,
        CharacteristicType.localised_text: lambda value: value.get("ru") or value.get("kk") or "",
        CharacteristicType.choice: names.__getitem__,
        CharacteristicType.multi_choice: lambda value: ", ".join([names[one] for one in value]),
        CharacteristicType.decimal: lambda value: f"{value:g}",
    }
    several = item.type in (CharacteristicType.multi_choice, CharacteristicType.localised_text)
    kind = Several if several else Known
    return kind(item.code, item.names.ru, _unit(item), shown.get(item.type, str))


def _answers() -> dict[bool, str]:
    return {True: text("labels.yes", LANGUAGE), False: text("labels.no", LANGUAGE)}


def answers() -> dict[str, str]:
    """Yes and no, for peers in another language."""
    return {"yes": _answers()[True], "no": _answers()[False]}
