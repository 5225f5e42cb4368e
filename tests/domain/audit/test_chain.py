"""The exact bytes of entries and heads."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.audit import GENESIS, Head, head_bytes, link, plain, read_head
from tests.domain.audit.chains import NOW


def test_hash_does_not_depend_on_the_order_of_keys_or_the_time_zone() -> None:
    """R-J2: the same entry has the same hash however its keys come and wherever its instant is told."""
    astana = NOW.astimezone(timezone(timedelta(hours=5)))
    one = link(GENESIS, {"a": plain(NOW), "b": plain({"x": 1, "y": None})})
    assert link(GENESIS, {"b": plain({"y": None, "x": 1}), "a": plain(astana)}) == one
    assert link("1" * 64, {"a": plain(NOW), "b": plain({"x": 1, "y": None})}) != one


def test_whatever_was_stored_has_a_plain_form() -> None:
    """Instants are milliseconds as the database keeps them; a float or a huge number can't stop the sealer."""
    assert plain(datetime(1970, 1, 1, 0, 0, 1, 234_567, tzinfo=UTC)) == 1234
    assert plain([b"\x00\xff", True, 2**53, 0.1, "ә"]) == ["AP8=", True, str(2**53), "0.1", "ә"]
    assert plain(2**53 - 1) == 2**53 - 1


def test_head_is_read_back() -> None:
    """A head says the same after it was signed and read."""
    head = Head("portal", 7, "a" * 64, NOW)
    assert read_head(head_bytes(head)) == head


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"type":"audit-head"}', head_bytes(Head("p", 1, "a", NOW))[:-1]]
)
def test_anything_else_is_no_head(content: bytes) -> None:
    """What the audit's key signed for another purpose is not taken for a head."""
    with pytest.raises(ValueError):
        read_head(content)
