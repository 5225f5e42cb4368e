"""A definition in words: the documentation of a category, made of the same rules that check its listings."""

from collections.abc import Iterator

from domain.categories.conditions import Condition
from domain.categories.definitions import Category, Characteristic
from domain.categories.parts import CHOICES, MAX_ANSWERS, NUMBERS
from domain.texts import Language, text


def described(category: Category, language: Language) -> Iterator[str]:
    """Lines of Markdown: the category, its groups in their order, and each characteristic under its own."""
    yield f"## {getattr(category.names, language)}"
    yield ""
    direction = text(f"directions.{category.direction}", language)
    kind = text(f"offer_kinds.{category.kind}", language)
    yield f"`{category.code}` · {direction} · {kind} · v{category.version}"
    groups = [(None, ""), *((group.code, getattr(group.names, language)) for group in category.groups)]
    for code, heading in groups:
        items = [item for item in category.characteristics if item.group == code]
        yield from _group(category, items, heading, language) if items else ()
    yield ""


def _group(
    category: Category, items: list[Characteristic], heading: str, language: Language
) -> Iterator[str]:
    yield ""
    if heading:
        yield f"### {heading}"
        yield ""
    for item in items:
        told = "; ".join(_rules(category, item, language))
        yield f"- **{getattr(item.names, language)}** (`{item.code}`): {told}"
        if item.help is not None:
            yield f"  {getattr(item.help, language)}"


def _rules(category: Category, item: Characteristic, language: Language) -> Iterator[str]:
    yield text(f"answer_types.{item.type}", language)
    if item.type in NUMBERS and (item.minimum, item.maximum) != (None, None):
        yield f"{_number(item.minimum)}…{_number(item.maximum)}{_unit(item, language)}"
    elif item.unit is not None:
        yield _unit(item, language).strip()
    if item.reference is not None:
        yield text("describing.reference", language, reference=item.reference)
    if item.type in CHOICES:
        open_ = [getattr(choice.names, language) for choice in item.choices if not choice.retired]
        yield ", ".join(open_)
    if item.max_length is not None:
        yield text("describing.max_length", language, maximum=item.max_length)
    if item.repeatable:
        yield text("describing.repeatable", language, maximum=MAX_ANSWERS)
    flags = {
        "required": item.required,
        "filterable": item.filterable,
        "hidden": not item.public,
        "retired": item.retired,
    }
    yield from (text(f"describing.{name}", language) for name, is_so in flags.items() if is_so)
    for condition in item.when:
        of = next(each for each in category.characteristics if each.id == condition.characteristic)
        yield text("describing.when", language, condition=_condition(condition, of, language))


def _condition(condition: Condition, of: Characteristic, language: Language) -> str:
    name = f"«{getattr(of.names, language)}»"
    if condition.options:
        names = {choice.code: getattr(choice.names, language) for choice in of.choices}
        return f"{name}: {', '.join(names.get(code, code) for code in condition.options)}"
    if condition.flag is not None:
        return f"{name}: {text('labels.yes' if condition.flag else 'labels.no', language)}"
    if (condition.minimum, condition.maximum) != (None, None):
        return f"{name}: {_number(condition.minimum)}…{_number(condition.maximum)}{_unit(of, language)}"
    return name


def _number(bound: float | None) -> str:
    return "" if bound is None else f"{bound:.15g}"


def _unit(item: Characteristic, language: Language) -> str:
    return "" if item.unit is None else f" {text(f'units.{item.unit}', language)}"
