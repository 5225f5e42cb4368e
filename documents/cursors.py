"""Opaque cursors of a sorted list: where a page ended, as the values of its last row."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from documents.base import Id, Row
from domain.errors import invalid

FIRST_MAX = 100
_VERSION = 1
_LENGTH_MAX = 200
_AWARE: CodecOptions[Row] = CodecOptions(tz_aware=True)


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of rows: by one field, then by `_id` in the same direction.

    `kind` is the exact type of the field's values; `index` names the index that keeps the order.
    """

    name: str
    field: str
    direction: int
    kind: type
    index: str

    @property
    def sort(self) -> list[tuple[str, int]]:
        """The order as MongoDB takes it."""
        return [(self.field, self.direction), ("_id", self.direction)]

    @property
    def turned(self) -> "Order":
        """The same rows from the last to the first."""
        return replace(self, direction=-self.direction)


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list: so many behind the cursor or, `backward`, before it; without one from the end.

    InvalidInput `PAGE_SIZE`.
    """

    size: int
    cursor: str | None = None
    backward: bool = False

    def __post_init__(self) -> None:
        page_size(self.size, "last" if self.backward else "first")

    def seen_in(self, order: Order) -> Order:
        """The order in which the rows are read."""
        return order.turned if self.backward else order


class Page(NamedTuple):
    """One page of a list: its rows in order, and whether more follow.

    Whether others come before is known where it was read backwards; else a cursor behind them was given.
    """

    order: Order
    rows: list[Row]
    has_next: bool
    has_previous: bool | None = None

    @property
    def cursors(self) -> list[str]:
        """A cursor for each row; most readers want the last one's only."""
        return [encode(self.order, row) for row in self.rows]

    @property
    def start(self) -> str | None:
        """The cursor of the first row, None where there is no row."""
        return encode(self.order, self.rows[0]) if self.rows else None

    @property
    def end(self) -> str | None:
        """The cursor of the last row, None where there is no row."""
        return encode(self.order, self.rows[-1]) if self.rows else None


def page(order: Order, rows: Sequence[Row], first: int) -> Page:
    """The page out of the `first` + 1 rows that were asked for."""
    return Page(order, list(rows[:first]), len(rows) > first)


def page_of(order: Order, rows: Sequence[Row], window: Window) -> Page:
    """The page out of the rows that were asked for, one more than the window's size, in the order read."""
    if not window.backward:
        return page(order, rows, window.size)
    shown = list(reversed(rows[: window.size]))
    return Page(order, shown, window.cursor is not None, len(rows) > window.size)


def window(first: int, after: str | None, last: int | None, before: str | None) -> Window:
    """The window that a client asks for; `last` holds instead of `first`.

    InvalidInput `PAGE_SIZE`, or `PAGE_DIRECTION` for a cursor of the other direction.
    """
    if last is None:
        if before is not None:
            raise invalid("PAGE_DIRECTION", "before")
        return Window(first, after)
    if after is not None:
        raise invalid("PAGE_DIRECTION", "after")
    return Window(last, before, backward=True)


def page_size(first: int, argument: str = "first") -> int:
    """`first` itself; InvalidInput `PAGE_SIZE` unless it lies within 1 to 100."""
    if not 1 <= first <= FIRST_MAX:
        raise invalid("PAGE_SIZE", argument, minimum=1, maximum=FIRST_MAX)
    return first


def encode(order: Order, row: Row) -> str:
    """The cursor of a row under an order."""
    content = bson.encode({"v": _VERSION, "s": order.name, "f": row[order.field], "i": row["_id"]})
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def after(order: Order, cursor: str | None) -> list[Row]:
    """The conditions of the rows behind a cursor, none without one.

    InvalidInput `BAD_CURSOR` for anything that `encode` did not make for this order.
    """
    return [] if cursor is None else behind(order, *decoded(order, cursor))


def seen(order: Order, window: Window) -> list[Row]:
    """As `after`, for a window of either direction."""
    if window.cursor is None:
        return []
    place = decoded(order, window.cursor, "before" if window.backward else "after")
    return behind(window.seen_in(order), *place)


def behind(order: Order, value: Any, row: Id) -> list[Row]:
    """The conditions of the rows that follow a place in an order.

    The range keeps the index bounds tight, the $nor cuts off the equal rows that were seen already.
    """
    onward, passed = ("$gte", "$lte") if order.direction > 0 else ("$lte", "$gte")
    return [
        {order.field: {onward: value}},
        {"$nor": [{order.field: {"$eq": value}, "_id": {passed: row}}]},
    ]


def decoded(order: Order, cursor: str, argument: str = "after") -> tuple[Any, Id]:
    """The value and the identifier of the row that a cursor was made of; InvalidInput `BAD_CURSOR`."""
    content = _content(cursor, argument)
    value, row = content.get("f"), content.get("i")
    expected = {"v": _VERSION, "s": order.name, "f": value, "i": row}
    if content != expected or not _fits(value, order.kind) or not isinstance(row, Id):
        raise invalid("BAD_CURSOR", argument)
    return value, row


def _fits(value: object, kind: type) -> bool:
    """Whether the value is of the field's type; to Python a boolean is an integer, to MongoDB it is not."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _content(cursor: str, argument: str) -> Row:
    try:
        raw = base64.b64decode(cursor[:_LENGTH_MAX] + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return bson.decode(raw, codec_options=_AWARE)
    except (binascii.Error, BSONError, ValueError) as error:
        raise invalid("BAD_CURSOR", argument) from error
