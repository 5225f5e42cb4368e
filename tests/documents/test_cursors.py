import base64
from datetime import UTC, datetime

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.base import Id
from documents.cursors import Order, after, encode, page, page_size
from domain.errors import InvalidInput

PRICE = Order("price_asc", "price", 1, int, "keys_price")
DATE = Order("newest", "published_at", -1, datetime, "keys_published")
ROW = {"_id": Id("0" * 24), "price": 10**12, "published_at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC)}


def forged(content: dict[str, object]) -> str:
    """A cursor that nobody handed out."""
    return base64.urlsafe_b64encode(bson.encode(content)).decode().rstrip("=")


def test_a_cursor_tells_where_its_page_ended() -> None:
    """The conditions behind a cursor hold the values of its row."""
    assert after(PRICE, None) == []
    assert after(PRICE, encode(PRICE, ROW)) == [
        {"price": {"$gte": 10**12}},
        {"$nor": [{"price": {"$eq": 10**12}, "_id": {"$lte": ROW["_id"]}}]},
    ]
    assert after(DATE, encode(DATE, ROW)) == [
        {"published_at": {"$lte": ROW["published_at"]}},
        {"$nor": [{"published_at": {"$eq": ROW["published_at"]}, "_id": {"$gte": ROW["_id"]}}]},
    ]


def test_the_last_page_has_nothing_behind_it() -> None:
    """One row more than asked for says that others follow, and is not shown."""
    assert page(PRICE, [ROW, ROW], 1).has_next
    assert page(PRICE, [ROW, ROW], 1).rows == [ROW]
    assert not page(PRICE, [ROW, ROW], 2).has_next
    assert page(PRICE, [], 2).cursors == []


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "é",
        "\ud800",
        "====",
        "A" * 1_000_000,
        encode(DATE, ROW),
        encode(PRICE, ROW) + "A",
        encode(PRICE, ROW)[:-3],
        forged({"v": 2, "s": "price_asc", "f": 1, "i": ROW["_id"]}),
        forged({"v": 1, "s": "price_asc", "f": {"$ne": None}, "i": ROW["_id"]}),
        forged({"v": 1, "s": "price_asc", "f": True, "i": ROW["_id"]}),
        forged({"v": 1, "s": "price_asc", "f": 1.5, "i": ROW["_id"]}),
        forged({"v": 1, "s": "price_asc", "f": 1, "i": {"$gt": 0}}),
        forged({"v": 1, "s": "price_asc", "f": 1, "i": ROW["_id"], "x": 1}),
        forged({"f": 1}),
    ],
)
def test_a_cursor_of_somebody_elses_making_is_refused(cursor: str) -> None:
    """Another sort's, a shortened, a lengthened, a forged cursor: a typed error each time."""
    with pytest.raises(InvalidInput) as problem:
        after(PRICE, cursor)
    assert (problem.value.code, problem.value.path) == ("BAD_CURSOR", ("after",))


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_text_breaks_the_reader_of_cursors(cursor: str) -> None:
    """Whatever is given as a cursor, it is either read or refused."""
    with pytest.raises(InvalidInput):
        after(PRICE, cursor)


@pytest.mark.parametrize("first", [1, 24, 100])
def test_a_page_holds_one_to_a_hundred_rows(first: int) -> None:
    """Sizes within the bounds are taken as they are."""
    assert page_size(first) == first
