"""The demonstration: the whole story with separate clients, killed in the middle, and read afterwards."""

import pytest
from graphql import build_schema, parse, validate

from demo.chaos import KINDS
from demo.operations import definitions, operation
from demo.performance import perform
from tests.house.tree import ROOT

pytestmark = pytest.mark.large

PLACING = 5
"""The act in which the first order is placed."""


def test_operations_fit_the_schema() -> None:
    """Every operation that the demonstration sends is valid under the SDL."""
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text("utf-8"))
    names = [name for name, text in definitions().items() if not text.startswith("fragment")]
    faults = {name: validate(schema, parse(operation(name))) for name in names}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.timeout(400)
async def test_story_survives_the_loss_of_everything() -> None:
    """Server, worker and mongod die right after an order was placed: nothing is lost, nothing there twice."""
    assert await perform("all", only=PLACING) == 0


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_story_twenty_times_in_a_row() -> None:
    """Twenty performances on one portal leave exactly what twenty scripts say."""
    assert await perform(times=20) == 0


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
async def test_story_survives_a_kill_after_each_act(kind: str) -> None:
    """A process is killed after each act of the story: nothing is lost, nothing there twice."""
    assert await perform(kind) == 0
