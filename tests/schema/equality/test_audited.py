"""Readings that are written down: once an execution, whether plans answer, give up or never begin."""

from __future__ import annotations

import pytest

from documents.base import collection
from domain.texts import Language
from schema.nodes import global_id
from tests.schema.equality.both import Asked, Both
from tests.schema.equality.breaking import Away

PERSON = "{ name { text } iin { text } phone { text } address { text } }"
FOUND = f'participantLookup(iin: $iin, reason: "звонок") {{ person {PERSON} measures {{ count }} }}'
OF = f'participantOf(id: $id, reason: "звонок") {PERSON}'
TO = f"recipient {PERSON}"
LOOKUPS = (
    ("contact_centre", f"query($iin: String!) {{ {FOUND} }}"),
    ("contact_centre", f"query($iin: String!) {{ first: {FOUND} again: {FOUND} }}"),
    ("contact_centre", f'query($iin: String!) {{ {FOUND} node(id: "rubbish") {{ id }} }}'),
    ("contact_centre", f'query($iin: String!) {{ {FOUND} representations(iin: $iin, reason: "звонок") {{ __typename }} }}'),
    ("executive_body", f"query($id: ID!) {{ {OF} }}"),
    ("executive_body", f"query($id: ID!) {{ {OF} viewer {{ sessions {{ id }} drafts {{ nodes {{ id }} }} }} }}"),
    ("executive_body", 'query($iin: String!) { representations(iin: $iin, reason: "звонок") { __typename } }'),
    ("administrator", '{ auditEntries(reason: "проверка", first: 3) { nodes { seq act } } auditHead }'),
)  # fmt: skip


@pytest.mark.parametrize(("role", "document"), LOOKUPS)
async def test_a_reading_is_written_down_as_often_as_without_plans(
    both: Both, role: str, document: str
) -> None:
    """R-J2: An audited root field runs once for each time it is asked, also when a plan gives up beside it."""
    world = both.world
    for viewer in world.viewers[role]:
        for number in range(4):
            variables = {"iin": world.iins[number], "id": world.ids["measure"][number]}
            given = {name: each for name, each in variables.items() if f"${name}:" in document}
            answered = await both.compare(Asked(viewer, Language.ru, document, given))
            assert answered.intents or answered.data is None


@pytest.mark.parametrize("first", [True, False])
async def test_the_recipient_of_an_order_is_written_down_once(both: Both, first: bool) -> None:
    """R-J2: A loader that writes its reading down runs once."""
    answered = await both.compare(await _to_whom(both, first=first))
    assert len(answered.intents) == 1


@pytest.mark.parametrize("first", [True, False])
async def test_the_recipient_is_written_down_once_when_a_field_beside_it_fails(
    both: Both, first: bool
) -> None:
    """R-J2: A loader that writes its reading down runs once, also when another loader of its level fails."""
    failing = Both(both.world, Away)
    asked = await _to_whom(both, first=first)
    expected = await failing.answer(failing.plain, asked)
    found = await failing.answer(failing.planned, asked)
    assert len(expected.intents) == 1
    assert found.intents == expected.intents


async def _to_whom(both: Both, *, first: bool) -> Asked:
    """A supplier's question to whom an accepted order goes, beside another loader's field."""
    row = await collection("orders").find_one({"status": "accepted"})
    assert row is not None
    viewer = next(each for each in both.world.viewers["supplier"] if each.subject == row["supplier"])
    beside = "supplier { name { text } }"
    fields = f"{TO} {beside}" if first else f"{beside} {TO}"
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on Order {{ {fields} }} }} }}"
    return Asked(viewer, Language.ru, document, {"id": global_id("order", row["_id"])})
