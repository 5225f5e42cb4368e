"""Rows as the schema shows them, made by hand: one literal for each, nothing asked twice."""

from collections.abc import Mapping
from typing import Any

from domain.money import TIYN_IN_TENGE
from tests.benches.peers.asking import Row, global_id
from tests.benches.peers.definitions import Definitions

_NO_BREAK = "\u00a0"


def localised(texts: Mapping[str, str]) -> str:
    """The text in Russian, else in whatever language there is."""
    return texts.get("ru") or texts.get("kk") or texts.get("en") or ""


def amount(tiyn: int) -> str:
    """Tiyn as tenge."""
    whole, rest = divmod(tiyn, TIYN_IN_TENGE)
    return f"{whole}.{rest:02}" if rest else str(whole)


def money(tiyn: int) -> Row:
    """A sum of money; read in Russian it has no-break spaces and a comma."""
    whole, rest = divmod(tiyn, TIYN_IN_TENGE)
    grouped = f"{whole:,}".replace(",", _NO_BREAK)
    if rest:
        amount, text = f"{whole}.{rest:02}", f"{grouped},{rest:02}{_NO_BREAK}₸"
    else:
        amount, text = str(whole), f"{grouped}{_NO_BREAK}₸"
    return {"amount": amount, "currency": "KZT", "text": text}


def supplier(row: Row) -> Row:
    """A supplier, but its listings."""
    return {
        "id": global_id("Supplier", row["_id"]),
        "kind": row["supplier_kind"].upper(),
        "name": {"text": localised(row["name"])} if row["name"] else None,
        "region": row["region"],
        "directions": [direction.upper() for direction in row["directions"]],
    }


def brief(row: Row) -> Row:
    """A listing in its supplier's list."""
    return {
        "id": global_id("Listing", row["_id"]),
        "title": {"ru": row["title"].get("ru")},
        "price": {"amount": amount(row["price"])},
    }


def card(row: Row, definitions: Definitions) -> Row:
    """A listing, but its supplier."""
    known = definitions[row["category"], row["definition_version"]]
    title = row["title"]
    return {
        "id": global_id("Listing", row["_id"]),
        "title": {"ru": title.get("ru"), "kk": title.get("kk")},
        "description": {"text": localised(row["description"])},
        "direction": row["direction"].upper(),
        "categoryCode": row["category"],
        "version": row["version"],
        "publishedAt": row["published_at"],
        "regions": row["regions"],
        "price": money(row["price"]),
        "characteristics": [known[one["code"]][one["value"]] for one in row["characteristics"]],
    }


def data(name: str, value: Any) -> Row:
    """An answer as GraphQL wraps it."""
    return {"data": {name: value}}
