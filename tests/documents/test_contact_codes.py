"""Codes that confirm a contact: kept as digests, tried a few times, good once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from documents import contact_codes
from documents.base import collection, new_id
from documents.contact_codes import Tried
from domain.participants import CODE_LASTS, CODE_TRIES, Contact

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
PHONE = "+77011234567"
pytestmark = pytest.mark.usefixtures("database")


async def test_the_right_code_confirms_the_value_once() -> None:
    """R-A5: the code tells which value it confirms, is taken away once, and is never stored."""
    person = new_id()
    row = await contact_codes.open_code(person, Contact.phone, PHONE, "123456", NOW)
    tried = await contact_codes.attempt(person, Contact.phone, "123456", NOW)
    assert tried == Tried(row, PHONE, CODE_TRIES - 1)
    stored = str(await collection("contact_codes").find_one({}))
    assert "123456" not in stored
    assert PHONE not in stored
    assert sorted(await asyncio.gather(*(contact_codes.consume(row) for _ in range(3)))) == [
        False,
        False,
        True,
    ]
    assert await contact_codes.attempt(person, Contact.phone, "123456", NOW) is None


async def test_five_tries_and_no_more() -> None:
    """R-A5: of twenty tries at once five are compared; after them the right code is refused as well."""
    person = new_id()
    await contact_codes.open_code(person, Contact.phone, PHONE, "123456", NOW)
    tries = [contact_codes.attempt(person, Contact.phone, f"{wrong:06}", NOW) for wrong in range(20)]
    compared = [one for one in await asyncio.gather(*tries) if one is not None]
    assert sorted(one.left for one in compared) == [0, 1, 2, 3, 4]
    assert [one.value for one in compared] == [None] * CODE_TRIES
    assert await contact_codes.attempt(person, Contact.phone, "123456", NOW) is None
    assert await contact_codes.pending(person, Contact.phone, NOW) is None


async def test_a_code_is_bound_to_all_of_it() -> None:
    """R-A5: a code is good for its person, its kind and its time; a newer one replaces it."""
    person = new_id()
    await contact_codes.open_code(person, Contact.phone, PHONE, "123456", NOW)
    assert await contact_codes.attempt(new_id(), Contact.phone, "123456", NOW) is None
    assert await contact_codes.attempt(person, Contact.email, "123456", NOW) is None
    assert await contact_codes.attempt(person, Contact.phone, "123456", NOW + CODE_LASTS) is None
    waiting = await contact_codes.pending(person, Contact.phone, NOW)
    assert waiting is not None
    assert waiting["expires_at"] == NOW + timedelta(minutes=10)
    await contact_codes.open_code(person, Contact.phone, "+77019999999", "654321", NOW)
    replaced = await contact_codes.attempt(person, Contact.phone, "123456", NOW)
    assert replaced is not None
    assert replaced.value is None


async def test_the_digest_can_not_be_moved() -> None:
    """R-A5: a digest of one code under another person's row confirms nothing."""
    mine, yours = new_id(), new_id()
    await contact_codes.open_code(mine, Contact.phone, PHONE, "111111", NOW)
    await contact_codes.open_code(yours, Contact.phone, PHONE, "222222", NOW)
    own = await contact_codes.pending(mine, Contact.phone, NOW)
    assert own is not None
    await collection("contact_codes").update_one({"participant": yours}, {"$set": {"digest": own["digest"]}})
    tried = await contact_codes.attempt(yours, Contact.phone, "111111", NOW)
    assert tried is not None
    assert tried.value is None
