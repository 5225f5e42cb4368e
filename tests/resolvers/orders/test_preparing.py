from datetime import timedelta
from typing import Any

import pytest

from documents.base import collection, new_id
from domain.canonical import read_canonical
from domain.errors import AccessDenied, NotFound, Refused
from domain.listings import fingerprint
from domain.texts import Language
from resolvers import orders
from tests.resolvers.orders.conftest import IIN, World, everything, hide_width, key, new_measure


async def test_the_application_is_what_will_be_signed(world: World) -> None:
    """R-D2: Exact bytes with everything frozen, and their rendering in both languages of the law."""
    application = await world.prepare(quantity=2)
    assert application["kind"] == "order_application"
    paper = await orders.paper_of(world.context("participant"), application)
    stated: Any = read_canonical(paper.content)
    assert paper.sha256 == application["content_sha256"]
    assert stated["participant"]["iin"] == IIN
    assert stated["listing"]["version"] == 1
    assert stated["listing"]["characteristics"][0] == {"code": "width", "value": "45.5"}
    assert stated["sums"]["co_payment"] == application["co_payment"] == 4_000_000
    for language in (Language.kk, Language.ru):
        assert "Әлиева Айгүл" in paper.text(language)
    assert (await orders.contents(world.context("participant"), [application]))[0]["title"]["kk"]
    assert (await orders.application(world.context("participant"), application["_id"]))["_id"]


async def test_what_is_hidden_since_is_not_stated(world: World) -> None:
    """R-B3: An answer that the newest definition hides stands in no paper, whatever the card still holds."""
    await hide_width()
    application = await world.prepare()
    paper = await orders.paper_of(world.context("participant"), application)
    told: Any = read_canonical(paper.content)
    assert [each["code"] for each in told["listing"]["characteristics"]] == ["folds"]
    listing = world.rows["listing"]
    shown = {**listing, "characteristics": listing["characteristics"][1:]}
    assert told["listing"]["content_sha256"] == fingerprint(shown)
    (content,) = await orders.contents(world.context("participant"), [application])
    assert [each["code"] for each in content["characteristics"]] == ["folds"]


async def test_preparing_leaves_the_measure_open(world: World) -> None:
    """R-D2: An application is no order: the choice stays open and nobody is told."""
    await world.prepare()
    assert await world.measure_status() == "choice_open"
    assert await collection("events").count_documents({}) == 0


async def test_an_application_never_outlives_the_choice(world: World) -> None:
    """R-C4: An application prepared in the last minutes expires with the window, or with the measure's term."""
    for end in ("window_ends_at", "term_ends_at"):
        ends = world.now.replace(microsecond=0) + timedelta(minutes=5)
        measure = await new_measure(world.rows["participant"]["_id"], end, **{end: ends})
        assert (await world.prepare(measure=measure["_id"]))["expires_at"] == ends


async def test_a_repeated_request_prepares_once(world: World) -> None:
    """R-D4: The same key gives the same application."""
    measure, listing, one = world.rows["measure"]["_id"], world.rows["listing"]["_id"], key()
    first = await orders.prepare(world.context("participant"), measure, listing, 1, one)
    again = await orders.prepare(world.context("participant"), measure, listing, 1, one)
    assert again["_id"] == first["_id"]
    assert await collection("applications").count_documents({}) == 1


async def test_an_unknown_person_is_told(world: World) -> None:
    """R-D2: Without a name from the gateway there is nobody to write into the application."""
    await collection("participants").update_many({}, {"$set": {"name": None}})
    before = await everything()
    with pytest.raises(Refused) as refused:
        await world.prepare()
    assert refused.value.code == "PROFILE_INCOMPLETE"
    assert await everything() == before


async def test_nobody_prepares_for_others(world: World) -> None:
    """R-D1: Another's measure isn't seen, other roles may not order, and nothing is written."""
    application = await world.prepare()
    before = await everything()
    with pytest.raises(NotFound):
        await world.prepare("other_participant")
    with pytest.raises(NotFound):
        await world.prepare(measure=new_id())
    with pytest.raises(NotFound):
        await orders.paper_of(world.context("other_participant"), application)
    with pytest.raises(NotFound):
        await orders.application(world.context("supplier"), application["_id"])
    for who in ("supplier", "body", "anonymous"):
        with pytest.raises(AccessDenied):
            await world.prepare(who)
    assert await everything() == before
