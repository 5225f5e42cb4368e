"""Names of people on a card: sealed to the row that they stand in, opened where they are shown.

A name moves with its card from the draft to a version and a snapshot: there it is sealed anew, under the same
key, which is the person's own.
"""

from collections.abc import Sequence

from documents.base import Id, Row, collection, new_id, session
from documents.encryption import open_many, reveal_or, seal
from domain.listings import Person, identified

PLACES = {
    "listing": "listings.people.name",
    "listing_draft": "listing_drafts.people.name",
    "listing_version": "listing_versions.people.name",
}
"""Kind of a record → where a name stands in it."""


async def opened(rows: Sequence[Row]) -> list[list[Row]]:
    """The people of records of any of these kinds with their names in clear; None for one that was erased."""
    await open_many(one["name"] for row in rows for one in row.get("people") or ())
    return [[await _opened(row, one) for one in row.get("people") or ()] for row in rows]


async def sealed(kind: str, row: Id, people: Sequence[Person], known: Sequence[Row]) -> list[Row]:
    """The people as a record of a kind holds them; who is `known` (opened) by that name stays the same."""
    given = identified(people, known, new_id)
    return [
        {**person, "id": each, "name": await seal(each, PLACES[kind], row, person["name"])}
        for each, person in given
    ]


async def moved(row: Row, kind: str, target: Id) -> list[Row]:
    """The people of a record as another one of a kind holds them; who was erased is no longer among them."""
    if not row.get("people"):
        return []
    [people] = await opened([row])
    return [
        {**one, "name": await seal(one["id"], PLACES[kind], target, one["name"])}
        for one in people
        if one["name"] is not None
    ]


async def namesakes(listing: Id, person: Id) -> list[Id]:
    """Under which identifiers a card has, or ever had, the name of somebody on it; none for who never was.

    A name that was taken off the card and written again has another identifier: draft, snapshot and every
    version are looked through. Of a name that can't be read any more only its own identifier is known.
    """
    stood: dict[Id, Row] = {}
    for kind, place in PLACES.items():
        of = "listing" if kind == "listing_version" else "_id"
        found = collection(place.split(".")[0]).find({of: {"$eq": listing}}, {"people": 1}, session=session())
        async for row in found:
            for one in row.get("people") or ():
                stood.setdefault(one["id"], {**row, "kind": kind, "people": [one]})
    names = {one["id"]: one["name"] for [one] in await opened(list(stood.values()))}
    name = names.get(person)
    return [each for each in names if each == person or (name is not None and names[each] == name)]


async def _opened(row: Row, one: Row) -> Row:
    name = await reveal_or("", PLACES[row["kind"]], row["_id"], one["name"])
    return {**one, "name": name or None}
