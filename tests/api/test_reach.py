"""Every way to the data of another person that the schema has: kinds, edges, identifiers in acts."""

from typing import Any

import pytest

from schema.nodes import NAMES
from tests.api.client import Client, base64_of
from tests.api.generated import NOWHERE, Served, named
from tests.api.portal import card, global_id, local, of_draft
from tests.api.reach import (
    ALSO_SEES,
    COUNTS,
    EDGES,
    IDENTIFIERS,
    NOBODYS,
    OWNED,
    PEOPLE,
    PUBLIC,
    QUERIES,
    UNTRIED,
    VIEWER,
    Stage,
    selection,
)


def test_every_kind_is_classified(reach: Stage) -> None:
    """R-J3: each kind with an identifier is public, somebody's or nobody's; a new one has to be thought about."""
    assert set(NAMES.values()) == PUBLIC | OWNED | NOBODYS
    shown = {name for name, type_ in reach.schema.types.items() if reach.schema.is_node(type_)}
    assert shown == PUBLIC | OWNED


def test_every_edge_is_classified(reach: Stage) -> None:
    """R-J3: each field that shows such records, counts or people is known; a new one has to be thought about."""
    assert {edge for edge, _ in reach.schema.edges()} == set(EDGES)
    assert {one["name"] for one in reach.schema.types["Query"]["fields"]} == set(QUERIES)
    assert {one["name"] for one in reach.schema.types["Viewer"]["fields"]} == VIEWER
    fields = [
        (f"{name}.{one['name']}", named(one["type"]))
        for name, type_ in reach.schema.types.items()
        if type_["kind"] == "OBJECT" and not name.startswith("__")
        for one in type_["fields"]
    ]
    assert {where for where, _ in fields if where.lower().endswith("count")} == COUNTS
    assert {where for where, shows in fields if shows == "PersonInBrief"} == PEOPLE
    (arguments,) = {
        tuple(one["name"] for one in each["args"]) for each in reach.schema.types["Subscription"]["fields"]
    }
    assert arguments == ("after",), "whom a feed is about follows from the viewer alone"


NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


@pytest.mark.parametrize("kind", sorted(OWNED | NOBODYS - {"SystemClient"}))
async def test_by_identifier(reach: Stage, kind: str) -> None:
    """R-J3: by its identifier another's record is not there, exactly as one that never was."""
    for who, client in reach.strangers.items():
        if (kind, who) in ALSO_SEES:
            continue
        theirs = await client.ask(NODE, id=reach.records[kind])
        never = await client.ask(NODE, id=global_id(kind, NOWHERE))
        assert theirs == never, (who, kind)
        assert theirs["data"] == {"node": None}


async def test_whose_it_is_sees_it(reach: Stage) -> None:
    """R-J3: the identifiers of this test do name records: whose they are reads them."""
    suppliers = {"File", "Job", "ListingDraft", "ListingReview"}
    for kind in OWNED - {"NoticeTask"} - suppliers:
        found = await reach.own.read(NODE, id=reach.records[kind])
        assert found["node"] == {"__typename": kind, "id": reach.records[kind]}
    for kind in suppliers:
        found = await reach.supplier.read(NODE, id=reach.records[kind])
        assert found["node"]["__typename"] == kind


ACTORS = ("participant", "guardian", "supplier", "executive_body")
"""Roles whose acts are about records of their own."""


def identified(schema: Served) -> list[tuple[str, list[str]]]:
    """Mutations whose input names records, and by which fields."""
    found = []
    for act, one in schema.roots():
        for argument in one["args"] if act.startswith("Mutation.") else ():
            fields = schema.types[named(argument["type"])]["inputFields"]
            names = [each["name"] for each in fields if named(each["type"]) == "ID"]
            if names:
                found.append((act.partition(".")[2], names))
    return found


async def test_by_naming_it_in_an_act(reach: Stage) -> None:
    """R-J3: whoever names another's record in an act is answered as for one that never was, in all languages."""
    tried = 0
    for act, names in identified(reach.schema):
        unknown = set(names) - set(IDENTIFIERS) - UNTRIED
        assert not unknown, f"{act}: what do {unknown} name?"
        if set(names) & UNTRIED:
            continue
        for who in ACTORS:
            for language in ("kk", "ru", "en"):
                theirs, never = [
                    await named_in(
                        reach, reach.strangers[who].speaking(language), act, names, missing=missing
                    )
                    for missing in (False, True)
                ]
                assert theirs == never, (act, who)
                assert theirs["__typename"] in {"NotFound", "AccessDenied"}, (act, who, theirs)
                # it says which part of the input, where it says any
                assert theirs["path"] in ([], *(["input", name] for name in names)), (act, theirs)
                tried += 1
    assert tried > 100


async def named_in(reach: Stage, client: Client, act: str, names: list[str], *, missing: bool) -> Any:
    """The answer to an act that names A's records, or such as never were."""
    _, variables = reach.schema.operation(f"Mutation.{act}")
    given = dict(variables["input"])
    for name in names:
        kind = "Listing" if act == "orderPrepare" and name == "listingId" else IDENTIFIERS[name]
        record = of_draft(reach.records["ListingDraft"]) if kind == "Listing" else reach.records[kind]
        given[name] = global_id(kind, NOWHERE) if missing and kind != "Listing" else record
    given |= {"cms": base64_of(b"0")} if "cms" in given else {}
    given |= {"card": card()} if "card" in given else {}
    given |= {"reason": "причина отказа", "code": "000000"} if {"reason", "code"} & set(given) else {}
    asked = {name: value for name, value in given.items() if name in accepted(reach, act)}
    query = f"mutation($input: {input_of(reach, act)}!) {{ {act}(input: $input) {{ __typename ... on Error {{ code path message }} }} }}"
    return (await client.ask(query, input=asked))["data"][act]


def input_of(reach: Stage, act: str) -> str:
    """The input type of a mutation, as served."""
    (found,) = (one for one in reach.schema.types["Mutation"]["fields"] if one["name"] == act)
    return named(found["args"][0]["type"])


def accepted(reach: Stage, act: str) -> set[str]:
    """The fields of a mutation's input."""
    return {one["name"] for one in reach.schema.types[input_of(reach, act)]["inputFields"]}


async def test_by_walking_everything(reach: Stage) -> None:
    """R-J3: whatever a stranger can ask without an identifier, down every edge, tells nothing of A."""
    walked = 0
    for one in reach.schema.types["Viewer"]["fields"]:
        below = selection(reach.schema, named(one["type"]), 3)
        walked += await told_nothing(reach, f"{{ viewer {{ {one['name']}{below} }} }}")
    for one in reach.schema.types["Query"]["fields"]:
        if QUERIES[one["name"]] in {"own", "administrator's"} or any(
            each["type"]["kind"] == "NON_NULL" for each in one["args"]
        ):
            continue
        walked += await told_nothing(
            reach, f"{{ {one['name']}{selection(reach.schema, named(one['type']), 3)} }}"
        )
    assert walked > len(reach.strangers) * 8


async def told_nothing(reach: Stage, query: str) -> int:
    """How many strangers were answered, none with anything of A's."""
    answered = 0
    for who, client in reach.strangers.items():
        answer = await client.send(query)
        assert not [one for one in reach.secrets if one in answer.text], (who, query)
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
        assert not {code for code in codes if "COST" in code or "DEPTH" in code}, (query, codes)
        answered += 1
    return answered


async def test_by_edges_of_public_records(reach: Stage) -> None:
    """R-J3: from a published card no edge leads to who ordered it or to its draft."""
    query = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on Listing{selection(reach.schema, 'Listing', 4)} }} }}"
    hidden = reach.secrets - {local(reach.records["ListingDraft"]), reach.records["ListingDraft"]}
    for who, client in reach.strangers.items():
        answer = await client.send(query, id=of_draft(reach.records["ListingDraft"]))
        assert answer.json()["data"]["node"]["__typename"] == "Listing"
        assert not [one for one in hidden if one in answer.text], who
