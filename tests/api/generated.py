"""Operations made from the served schema: a minimal valid one for every root field, by its types alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.client import Client, key
from tests.api.portal import global_id

ROOTS = ("Query", "Mutation", "Subscription")
NOWHERE = "0" * 24
INTROSPECTION = """{ __schema { queryType { name } types { kind name
fields { name args { name defaultValue type { ...Shape } } type { ...Shape } }
inputFields { name defaultValue type { ...Shape } }
enumValues { name } interfaces { name } possibleTypes { name } } } }
fragment Shape on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""
SCALARS: dict[str, Any] = {
    "String": "строка для проверки",
    "Int": -1,
    "Float": 1.5,
    "Boolean": False,
    "ID": global_id("Order", NOWHERE),
    "Decimal": "1.00",
    "DateTime": "2026-03-10T09:00:00Z",
    "Date": "2026-03-10",
}
"""A value of each scalar; a new scalar without one fails the tests that generate operations."""


def written(type_: Mapping[str, Any]) -> str:
    """A type as documents write it."""
    if type_["kind"] == "NON_NULL":
        return f"{written(type_['ofType'])}!"
    return f"[{written(type_['ofType'])}]" if type_["kind"] == "LIST" else str(type_["name"])


def named(type_: Mapping[str, Any]) -> str:
    """The name inside all wrappers."""
    return named(type_["ofType"]) if type_.get("ofType") else str(type_["name"])


@dataclass(frozen=True)
class Served:
    """The schema as the server tells it."""

    types: Mapping[str, Any] = field(repr=False)

    def roots(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every root field: `Query.listings` and what the server says of it."""
        for root in ROOTS:
            for one in self.types[root]["fields"]:
                yield f"{root}.{one['name']}", one

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every field that shows records with an identifier of their own: `Order.measure` → `Measure`."""
        nodes = {name for name, type_ in self.types.items() if self.is_node(type_)} | {"Node"}
        for name, type_ in self.types.items():
            if type_["kind"] == "OBJECT" and name not in ROOTS:
                yield from (
                    (f"{name}.{one['name']}", named(one["type"]))
                    for one in type_["fields"]
                    if named(one["type"]) in nodes
                )

    def is_node(self, type_: Mapping[str, Any]) -> bool:
        """Whether the type has an identifier of its own."""
        return any(one["name"] == "Node" for one in type_["interfaces"] or ())

    def operation(self, act: str) -> tuple[str, dict[str, Any]]:
        """A minimal valid operation that asks a root field, and its variables.

        Arguments that must be given are; subscriptions are given all, so that a position which can't be lets
        those answer at once who may follow.
        """
        root, _, name = act.partition(".")
        (asked,) = (one for one in self.types[root]["fields"] if one["name"] == name)
        taken = [one for one in asked["args"] if root == "Subscription" or self._must(one)]
        head = ", ".join(f"${one['name']}: {written(one['type'])}" for one in taken)
        passed = ", ".join(f"{one['name']}: ${one['name']}" for one in taken)
        call = f"{name}{f'({passed})' if passed else ''}{self._selection(asked['type'])}"
        document = f"{root.lower()} {f'({head})' if head else ''} {{ {call} }}"
        return document, {one["name"]: self.value(one["type"]) for one in taken}

    def value(self, type_: Mapping[str, Any]) -> Any:
        """A value of an input type, with what must be given and nothing else."""
        if type_["kind"] == "NON_NULL":
            return self.value(type_["ofType"])
        if type_["kind"] == "LIST":
            return [self.value(type_["ofType"])]
        found = self.types[type_["name"]]
        if found["kind"] == "ENUM":
            return found["enumValues"][0]["name"]
        if found["kind"] == "SCALAR":
            return SCALARS[type_["name"]]
        fields = {one["name"]: self.value(one["type"]) for one in found["inputFields"] if self._must(one)}
        return fields | ({"idempotencyKey": key()} if "idempotencyKey" in fields else {})

    def _must(self, one: Mapping[str, Any]) -> bool:
        return one["type"]["kind"] == "NON_NULL" and one["defaultValue"] is None

    def _selection(self, type_: Mapping[str, Any]) -> str:
        kind = self.types[named(type_)]["kind"]
        if kind in {"SCALAR", "ENUM"}:
            return ""
        return " { __typename ... on Error { code } }" if kind == "UNION" else " { __typename }"


async def served(client: Client) -> Served:
    """The schema that the server shows."""
    found = (await client.read(INTROSPECTION))["__schema"]["types"]
    return Served({one["name"]: one for one in found})
