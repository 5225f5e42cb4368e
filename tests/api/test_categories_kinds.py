"""References to dated data and several answers, added at run time: answered, found by, counted and compared."""

import asyncio
from typing import Any

from tests.api.categories import WALKER, changed, form, found, published
from tests.api.client import Client
from tests.api.portal import Portal, card, of_draft
from tests.api.test_catalogue_choosing import COMPARED, FACETS
from tests.api.test_categories import added, code, draft_of, mine

WALKERS = "walkers"
KINDS = """query($id: ID!) { node(id: $id) { ... on Listing { characteristics { code value values number numbers
choices unit } } } }"""
CODES = """{ categories { code characteristics { code type reference repeatable
choices { code name { ru } retired } } } }"""


async def counted(visitor: Client, name: str) -> Any:
    """A facet, once the catalogue has it."""
    async with asyncio.timeout(30):
        while True:
            answer = await visitor.ask(FACETS, filter={"category": WALKERS}, codes=[name])
            if "errors" not in answer:
                return answer["data"]["listings"]["facets"][0]
            await asyncio.sleep(0.05)


async def told(visitor: Client, draft: Any, *names: str) -> list[Any]:
    """How answers of a published listing read."""
    shown = (await visitor.read(KINDS, id=of_draft(draft["id"])))["node"]["characteristics"]
    return [{**one, "code": ""} for name in names for one in shown if one["code"] == name]


async def with_kinds(portal: Portal) -> tuple[str, str, str]:
    """Codes of a reference, of numbers and of texts that walkers have from now on, several of each."""
    place, widths, models = code(), code(), code()
    rules = {"filterable": True, "facetable": True, "repeatable": True}
    await changed(
        portal,
        WALKERS,
        added(place, "REFERENCE", reference="region", **rules),
        added(widths, "INTEGER", unit="mm", **rules),
        added(models, "TEXT", repeatable=True, maxLength=9),
    )
    return place, widths, models


async def test_what_is_wrong_with_them(portal: Portal) -> None:
    """R-B2: a form is told the codes of reference data; each wrong answer is named at its place."""
    visitor, (_, supplier) = portal.visitor(), await portal.supplier()
    place, widths, models = await with_kinds(portal)
    [category] = [one for one in (await visitor.read(CODES))["categories"] if one["code"] == WALKERS]
    drawn = {one["code"]: one for one in category["characteristics"]}[place]
    assert (drawn["type"], drawn["reference"], drawn["repeatable"]) == ("REFERENCE", "region", True)
    assert {"code": "71", "name": {"ru": "Город Астана"}, "retired": False} in drawn["choices"]
    wrong = [
        *WALKER,
        {"code": place, "choices": ["71", "00"]},
        {"code": widths, "numbers": ["5", "5"]},
        {"code": models, "text": "RX-1"},
    ]
    before = await portal.counts()
    refused = await supplier.act("listingCreate", category=WALKERS, card=card(characteristics=wrong))
    assert [(one["code"], one["path"][3:]) for one in refused["issues"]] == [
        ("NOT_IN_REFERENCE", [place, "1"]),
        ("ANSWER_TWICE", [widths, "1"]),
        ("WRONG_TYPE", [models]),
    ]
    assert (await portal.counts()).get("listing_drafts") == before.get("listing_drafts")
    strange = {"category": WALKERS, "choices": [{"code": place, "choice": "00"}]}
    assert [one["code"] for one in await visitor.errors(FACETS, filter=strange)] == ["UNKNOWN_CHOICE"]


async def test_a_reference_and_several_answers_come_at_run_time(portal: Portal) -> None:
    """R-B2: both are added, answered, found by and counted without a restart, with names of reference data."""
    visitor, (_, supplier) = portal.visitor(), await portal.supplier()
    place, widths, models = await with_kinds(portal)
    answers = [
        *WALKER,
        {"code": place, "choices": ["75", "71"]},
        {"code": widths, "numbers": ["100", "900"]},
        {"code": models, "texts": ["RX-1", "RX-2"]},
    ]
    draft = await published(supplier, WALKERS, answers)
    other = await published(supplier, WALKERS, [*WALKER, {"code": place, "choices": ["71"]}])
    one, both = {of_draft(draft["id"])}, {of_draft(draft["id"]), of_draft(other["id"])}

    for choice, ids in (("75", one), ("71", both)):
        chosen = [{"code": place, "choice": choice}]
        assert await found(visitor, lambda seen, ids=ids: set(seen) == ids, WALKERS, choices=chosen)
    for least, most, ids in ((100, 100, one), (800, 1000, one), (50, 950, one), (200, 800, set())):
        ranges = [{"code": widths, "minimum": least, "maximum": most}]
        await found(visitor, lambda seen, ids=ids: set(seen) == ids, WALKERS, ranges=ranges)

    facet = await counted(visitor, place)
    options = {each["value"]: (each["name"], each["count"]) for each in facet["options"]}
    assert options == {"71": ("Astana City", 2), "75": ("Almaty City", 1)}
    assert (await counted(visitor, widths))["range"] == {"minimum": 100, "maximum": 900, "count": 1}

    assert await told(visitor, draft, place, widths, models) == [
        shown(["Almaty City", "Astana City"], choices=["75", "71"]),
        shown(["100", "900"], numbers=[100, 900], unit="mm"),
        shown(["RX-1", "RX-2"]),
    ]
    compared = (await visitor.read(COMPARED, ids=sorted(both)))["listingComparison"]["rows"]
    row = next(each for each in compared if each["code"] == place)
    said = [each["value"] for each in row["values"]]
    assert (row["differs"], sorted(said)) == (True, ["Almaty City, Astana City", "Astana City"])


def shown(values: list[str], **typed: Any) -> dict[str, Any]:
    """An answer as it is told; what is typed otherwise is null."""
    empty = {"code": "", "number": None, "numbers": None, "choices": None, "unit": None}
    return empty | {"value": ", ".join(values), "values": values} | typed


async def test_single_answers_become_lists_and_several_never_one(portal: Portal) -> None:
    """R-B3: who gave one answer follows both ways; who gave two since is named, and shown as before."""
    _, supplier = await portal.supplier()
    name = code()
    await changed(portal, WALKERS, added(name, "TEXT"))
    one = await published(supplier, WALKERS, [*WALKER, {"code": name, "text": "RX-1"}])
    repeat: dict[str, Any] = {"characteristic": f"t-{name}"}
    job = await changed(portal, WALKERS, {"repeat": repeat})
    assert mine(job["faults"], one) == set()
    assert (await told(portal.visitor(), one, name))[0]["values"] == ["RX-1"]
    two = await published(supplier, WALKERS, [*WALKER, {"code": name, "texts": ["RX-1", "RX-2"]}])
    job = await changed(portal, WALKERS, {"repeat": repeat | {"repeatable": False}})
    assert mine(job["faults"], one) == set()
    assert mine(job["faults"], two) == {(kind, "WRONG_TYPE", name) for kind in ("draft", "listing")}
    assert (await draft_of(supplier, one))["answers"][name] == "RX-1"
    assert (await told(portal.visitor(), two, name))[0]["values"] == ["RX-1", "RX-2"]
    job = await changed(portal, WALKERS, {"retire": {"characteristic": f"t-{name}"}})
    assert mine(job["faults"], two) == set()


async def test_reference_data_that_there_is_none_of(portal: Portal) -> None:
    """R-B2: a characteristic of an unknown type of reference data is refused, and the definition stays."""
    administrator = await portal.employee("administrator")
    before = await form(administrator, WALKERS)
    given: dict[str, Any] = {
        "category": WALKERS,
        "expectedVersion": before["version"],
        "reason": "решение № 1",
    }
    ghost = added(code(), "REFERENCE", reference="ghosts")
    answer = await administrator.act("categoryChange", **given, changes=[ghost])
    assert (answer["code"], answer["path"]) == ("UNKNOWN_REFERENCE", ["input", "changes"])
    assert await form(administrator, WALKERS) == before
