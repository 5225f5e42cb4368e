"""The file for peers in Node: the filters they could not make, definitions and texts, as extended JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo import MongoClient

from tests.benches.peers.asking import BRIEF, CARD, DATABASE, SUPPLIER, catalogue
from tests.benches.peers.definitions import answers, exported
from tests.benches.peers.questions import Question


def write(file: Path, url: str, page: Question) -> None:
    """Write it; numbers of 64 bits stand as $numberLong, which JavaScript can't read as numbers."""
    with MongoClient[dict[str, Any]](url) as client:
        rows = client[DATABASE]["categories"].find().to_list()
    facts = {
        "filters": {_key(one["filter"]): catalogue(one["filter"])["filter"] for one in page.variables},
        "definitions": exported(rows),
        "answers": answers(),
    }
    text = json_util.dumps(facts, json_options=json_util.CANONICAL_JSON_OPTIONS)
    projections = json.dumps({"card": CARD, "brief": BRIEF, "supplier": SUPPLIER})
    file.write_text(f'{text[:-1]}, "projections": {projections}}}', "utf-8")


def _key(given: Mapping[str, Any]) -> str:
    """The variables in one line, as the peers put them together."""
    [range_] = given["ranges"]
    parts = (given["category"], given["region"], range_["code"], range_["minimum"], range_["maximum"])
    return "|".join(map(str, parts))
