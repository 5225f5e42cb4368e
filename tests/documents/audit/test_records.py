"""Stored entries as the verifier takes them."""

from datetime import UTC, datetime

from documents.audit.records import fields_of, link_of


def test_everything_but_the_link_itself_is_hashed() -> None:
    """R-J2: a field that was added or taken away changes the hash as well; identifier and head don't count."""
    row = {"_id": 1, "seq": 2, "prev": "p", "hash": "h", "head": None, "at": datetime(1970, 1, 1, tzinfo=UTC)}
    assert fields_of(row) == {"seq": 2, "at": 0}
    assert fields_of(row | {"x": b"\0"}) == {"seq": 2, "at": 0, "x": "AA=="}


def test_spoiled_entry_can_still_be_judged() -> None:
    """An entry without number or hash doesn't stop the verifier."""
    link = link_of({"_id": 1, "seq": "two"})
    assert (link.seq, link.prev, link.hash, link.head) == (-1, "None", "None", None)
