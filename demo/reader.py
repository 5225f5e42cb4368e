"""The independent reader: compares what is in MongoDB and at the partners with the script's own list.

It knows nothing of the clients that wrote the list and nothing of the portal's code: collections and fields
are read as they stand.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx2
from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

Row = dict[str, Any]


def read(ledger: Path, mongodb: str, url: str, name: str = "komek") -> list[str]:
    """Everything that is lost, there twice, or otherwise than the list says; empty when all is well."""
    expected = json.loads(ledger.read_text("utf-8"))
    inbox = httpx2.get(f"{url}/simulator/inbox.json").json()["messages"]
    told = httpx2.get(f"{url}/simulator/esobes.json").json()["measures"]
    with MongoClient[Row](mongodb) as client:
        database = client.get_database(name, read_concern=ReadConcern("majority"))
        return [
            *(f"order: {said}" for said in _orders(database, expected)),
            *(f"measure: {said}" for said in _measures(database, expected["measures"])),
            *(f"evidence: {said}" for said in _evidence(database, expected["orders"])),
            *(f"feed {feed['name']}: {said}" for feed in expected["feeds"] for said in _feed(database, feed)),
            *(f"outbox: {said}" for said in _outbox(database, expected["measures"])),
            *(f"SMS: {said}" for said in _inbox(inbox, expected["measures"])),
            *(f"Е-Собес: {said}" for one in expected["measures"] for said in _twin(told, one)),
        ]


def _orders(database: Database[Row], expected: Row) -> Iterator[str]:
    measures = [_id(one["identifier"]) for one in expected["measures"]]
    there = {str(row["_id"]): row for row in database.orders.find({"measure": {"$in": measures}})}
    wanted = {str(_id(one["identifier"])): one for one in expected["orders"]}
    yield from _difference(there.keys(), wanted.keys())
    for key in there.keys() & wanted.keys():
        if there[key]["status"] != wanted[key]["status"]:
            yield f"{key} is {there[key]['status']}, not {wanted[key]['status']}"
        steps = [step["status"] for step in there[key]["history"]]
        if len(steps) != len(set(steps)):
            yield f"{key} went through {steps}"


def _measures(database: Database[Row], expected: Sequence[Row]) -> Iterator[str]:
    for one in expected:
        rows = [*database.measures.find({"_id": _id(one["identifier"])})]
        found = [(row["status"], row["cycle"]) for row in rows]
        if found != [(one["status"], one["cycle"])]:
            yield f"{one['number']} is {found}, not {one['status']} in cycle {one['cycle']}"


def _evidence(database: Database[Row], expected: Sequence[Row]) -> Iterator[str]:
    for one in expected:
        rows = [*database.evidence.find({"subject": _id(one["identifier"])})]
        yield from _difference(
            [str(row["_id"]) for row in rows], [str(_id(named)) for named in one["evidence"]]
        )
        yield from _twice(row["purpose"] for row in rows)


def _feed(database: Database[Row], expected: Row) -> Iterator[str]:
    """What a subscriber saw is the feed itself, number by number, and holds what the script caused."""
    seen = expected["log"]["seen"]
    numbers = [one["seq"] for one in seen]
    yield from _unlike("numbers", numbers, [*range(1, len(numbers) + 1)])
    rows = database.feed.find({"topic": expected["topic"], "seq": {"$lte": len(seen)}}, sort=[("seq", 1)])
    written = [(row["seq"], row["kind"], row["data"].get("status")) for row in rows]
    yield from _unlike(
        "what is written", [(one["seq"], one["event"], one["status"]) for one in seen], written
    )
    events = [tuple(one) for one in expected["expected"]]
    ours = {node for _, _, node in events}
    found = [(one["event"], one["status"], one["node"]) for one in seen if one["node"] in ours]
    yield from _unlike("the script's records", found, events)


def _outbox(database: Database[Row], expected: Sequence[Row]) -> Iterator[str]:
    """Everything was delivered and settled; nothing waits, nothing was given up."""
    for one in expected:
        about = str(_id(one["identifier"]))
        for name in (about, f"measure:{about}"):
            left = {row["state"] for row in database.outbox.find({"about": name})} - {"delivered"}
            if left:
                yield f"messages on {one['number']} are {sorted(left)}"


def _inbox(messages: Sequence[Row], expected: Sequence[Row]) -> Iterator[str]:
    yield from _twice(message["key"] for message in messages)
    for one in expected:
        prefix = f"measure:{_id(one['identifier'])}:"
        there = [message["key"] for message in messages if message["key"].startswith(prefix)]
        yield from _difference(there, [prefix + kind for kind in one["sms"]])


def _twin(told: Row, expected: Row) -> Iterator[str]:
    """Е-Собес has every report once, in order, and holds the status that the portal holds."""
    found = told.get(expected["number"], {"reports": [], "in_order": False, "status": None})
    reports = found["reports"]
    yield from _twice(report["message_id"] for report in reports)
    if [report["sequence"] for report in reports] != [*range(1, len(reports) + 1)] or not found["in_order"]:
        yield f"{expected['number']}: reports came as {[report['sequence'] for report in reports]}"
    said = [[one["type"], one["status"], (one["order"] or {}).get("status")] for one in reports]
    yield from _unlike(expected["number"], said, expected["reports"])
    if found["status"] != expected["status"]:
        yield f"{expected['number']} is {found['status']} there, not {expected['status']}"


def _unlike(what: str, there: Sequence[Any], wanted: Sequence[Any]) -> Iterator[str]:
    """Where two lists part, if they do."""
    for place, (one, other) in enumerate(zip_longest(there, wanted), 1):
        if one != other:
            yield f"{what}: {one} in place {place}, not {other}"
            return


def _difference(there: Any, wanted: Any) -> Iterator[str]:
    """What one side lacks or has too much, counted."""
    have, want = Counter(there), Counter(wanted)
    yield from (f"{key} is lost" for key in (want - have).elements())
    yield from (f"{key} is one too many" for key in (have - want).elements())


def _twice(keys: Any) -> Iterator[str]:
    yield from (f"{key} is there {count} times" for key, count in Counter(keys).items() if count > 1)


def _id(identifier: str) -> ObjectId:
    """The database's identifier in a global one: Base64 of `Kind:identifier`."""
    padded = identifier + "=" * (-len(identifier) % 4)
    return ObjectId(base64.urlsafe_b64decode(padded).decode().partition(":")[2])
