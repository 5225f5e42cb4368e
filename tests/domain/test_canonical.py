import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.canonical import LARGEST, NotCanonical, canonical_bytes, decimal_text, read_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS
VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcя€", max_size=4), inner, max_size=4)
    ),
)


@given(VALUES)
def test_what_was_written_is_read_back(value: Any) -> None:
    """R-D2: reading canonical bytes and writing them again gives the same bytes and the same value."""
    data = canonical_bytes(value)
    assert canonical_bytes(read_canonical(data)) == data
    assert json.loads(data) == read_canonical(data)


@given(st.dictionaries(st.text("abcяё", max_size=4), SCALARS, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Any) -> None:
    """The same entries in any order give the same bytes."""
    entries = list(value.items())
    random.shuffle(entries)
    assert canonical_bytes(dict(entries)) == canonical_bytes(value)


def test_the_bytes_are_those_of_the_rfc() -> None:
    """Keys by UTF-16 code units, no spaces, short escapes, everything else as UTF-8 (RFC 8785 §3.2)."""
    value: Any = {"\uffee": 1, "😀": 2, "é": 3, "1": 4, "\r": '\x0f\n"\\/\x7f', "nested": [True, None, -5]}
    written = '{"\\r":"\\u000f\\n\\"\\\\/\x7f","1":4,"nested":[true,null,-5],"é":3,"😀":2,"\uffee":1}'
    assert canonical_bytes(value).decode() == written


def test_both_forms_of_a_letter_are_one() -> None:
    """Composed and decomposed й give the same bytes; as keys of one mapping they are a duplicate."""
    assert canonical_bytes("и\u0306") == canonical_bytes("й")
    with pytest.raises(NotCanonical, match="twice"):
        canonical_bytes({"и\u0306": 1, "й": 2})


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("1E+3", "1000"), ("-0.00", "0"), ("0.000", "0"), ("100", "100"), ("-2.050", "-2.05")],
)
def test_equal_decimals_are_written_alike(number: str, text: str) -> None:
    """Decimals become strings in plain notation."""
    assert decimal_text(Decimal(number)) == text
    assert canonical_bytes([Decimal(number)]) == f'["{text}"]'.encode()


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\udfff": 1}, {1: 2}, b"bytes", {1, 2}, object(),
     Decimal("NaN"), Decimal("1E+99"), {"a": [{"b": 0.1}]}],
)  # fmt: skip
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    """Floats, huge numbers, half characters, other keys and other types can't be signed."""
    with pytest.raises(NotCanonical):
        canonical_bytes(value)


def test_deep_nesting_is_refused() -> None:
    """A document nested beyond any form is refused, written or read."""
    deep: Any = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(NotCanonical, match="deeply"):
        canonical_bytes(deep)
    with pytest.raises(NotCanonical):
        read_canonical(b"[" * 100_000)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[1, 2]", b"[1.0]", b"[1e3]", b"[NaN]", b"[-0]", b'"\\u0041"',
     b"\xff", b'"\\ud800"', '"и\u0306"'.encode()],
)  # fmt: skip
def test_other_bytes_are_not_canonical(data: bytes) -> None:
    """Any other spelling of a document is refused when read."""
    with pytest.raises(NotCanonical):
        read_canonical(data)
