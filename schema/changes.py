"""What changed between two versions of a card, told in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from documents.base import Row
from domain import money
from domain.categories import NAMED, Category, CharacteristicType
from domain.listings import Difference, ListingAct, Step
from domain.texts import Language, text
from execution.fields import computed, stored, value
from resolvers.context import Context
from schema.characteristics import shown_answer
from schema.values import acted_by, role_of

Plain = Mapping[str, Any]
strawberry.enum(ListingAct, name="ListingAct", description="What made a version of a card.")
_IN_TEXTS = ("title", "description")


def act_text(record: Plain, context: Context) -> str:
    """What was done, in words."""
    return text(f"acts.listing_{record['act']}", context.language)


@value(description="Who made a version of a card, by what act, and when.")
class VersionStep:
    """People are named by their role."""

    version: int = stored()
    act: ListingAct = stored()
    act_text: str = computed(act_text)
    at: datetime = stored()
    by: str = computed(role_of, description="In which role.")
    by_text: str = computed(acted_by, description="The same for a person.")


def content_text(record: Plain, context: Context) -> str:
    """The value as a person reads it."""
    return _shown(record, context.language)


def amount(record: Plain) -> Decimal | None:
    """A price in tenge."""
    is_price = record["path"][0] == "price"
    return Decimal(record["value"]) / money.TIYN_IN_TENGE if is_price else None


def number(record: Plain) -> float | None:
    """A number of a characteristic in the unit of its definition, or a version of a definition."""
    plain = record["value"]
    told = record["path"][0] in {"characteristics", "definition_version"}
    return float(plain) if told and isinstance(plain, int | float) and not isinstance(plain, bool) else None


def flag(record: Plain) -> bool | None:
    """Yes or no of a characteristic."""
    return record["value"] if isinstance(record["value"], bool) else None


def codes(record: Plain) -> list[str] | None:
    """Choices of a characteristic, a region, or identifiers in their order."""
    plain, path = record["value"], record["path"]
    coded = path[0] != "characteristics" or _type_of(record) in NAMED
    if isinstance(plain, list):
        return [str(one) for one in plain] if coded else None
    return [plain] if path[0] == "regions" or _type_of(record) in NAMED else None


@value(description="A value of a card on one side of a change.")
class ChangedValue:
    """`text` reads well for every field; the others are for programs."""

    text: str = computed(content_text, description="As a person reads it.")
    amount: Decimal | None = computed(amount, description="Of a price: tenge for one unit.")
    number: float | None = computed(number)
    boolean: bool | None = computed(flag)
    codes: list[str] | None = computed(codes, description="Of choices, regions and orders.")


def path_of(record: Plain) -> list[str]:
    """The field, and which of its parts."""
    return list(record["path"])


def label(record: Plain, context: Context) -> str:
    """The field as a person calls it."""
    (field, *parts), language = record["path"], context.language
    if field == "characteristics" and parts:
        known = (_item(side, parts[0]) for side in (record["told"].after, record["told"].before))
        return next((str(getattr(one.names, language)) for one in known if one), parts[0])
    named = text(f"labels.listing_{field}", language)
    return f"{named} ({parts[0]})" if field in _IN_TEXTS and parts else named


def before(record: Plain) -> Row | None:
    """The value that was there."""
    return _side(record, "before")


def after(record: Plain) -> Row | None:
    """The value that is there now."""
    return _side(record, "after")


@value(description="One field of a card that differs between two versions.")
class FieldChange:
    """A side without a value is null; the path of a list alone is its order."""

    path: list[str] = computed(path_of, description="The field, then the language, code or identifier.")
    label: str = computed(label, description="In the language asked for.")
    before: ChangedValue | None = computed(before)
    after: ChangedValue | None = computed(after)


def told_changes(difference: Difference) -> list[Row]:
    """A difference as records of FieldChange."""
    return [
        {"path": change.path, "before": change.before, "after": change.after, "told": difference}
        for change in difference.changes
    ]


def told_steps(steps: Sequence[Step]) -> list[Row]:
    """Steps as records of VersionStep."""
    return [{"version": one.version, "act": one.act, "at": one.at, "by": one.by} for one in steps]


def _side(record: Plain, side: str) -> Row | None:
    if record[side] is None:
        return None
    definition = getattr(record["told"], side)
    return {
        "path": record["path"],
        "value": record[side],
        "definition": definition,
        "regions": record["told"].regions,
    }


def _item(definition: Category | None, code: str) -> Any:
    return definition.by_code.get(code) if definition else None


def _type_of(record: Plain) -> CharacteristicType | None:
    path = record["path"]
    item = _item(record["definition"], path[-1]) if path[0] == "characteristics" else None
    return item.type if item else None


def _shown(record: Plain, language: Language) -> str:
    (field, *parts), plain = record["path"], record["value"]
    if not parts:
        return money.shown(plain, language) if field == "price" else _listed(plain)
    if field == "characteristics":
        return shown_answer(record["definition"], parts[0], plain, language)
    if field == "regions":
        return str(record["regions"].get(plain, {}).get(language) or plain)
    return _named(plain, language) if isinstance(plain, Mapping) else str(plain)


def _listed(plain: Any) -> str:
    return ", ".join(plain) if isinstance(plain, list) else str(plain)


def _named(item: Plain, language: Language) -> str:
    """A person or document in a line: the name, what it is, and the rest in the reader's language."""
    name = item["name"] or text("labels.erased_person", language)
    what = item.get("role") or item.get("kind")
    more = item.get("qualification") or item.get("alt") or {}
    said = more.get(language) or more.get("ru") or more.get("kk")
    return ", ".join(str(part) for part in (name, what, said) if part)
