"""A supplier's cabinet, for itself; and what its kind may do on a day."""

from collections.abc import Awaitable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents.base import new_id
from documents.reference import store_reference
from domain.errors import AccessDenied, Refused
from domain.identifiers import synthetic_iin
from domain.identity import Role
from domain.suppliers import SupplierKind
from resolvers import suppliers as acts
from resolvers.context import Context
from tests.resolvers.stage import BIN, NOW, PUBLIC, acting, rule, stored_supplier, supplier
from workers.seed.load import load_rules

IIN = synthetic_iin(date(1986, 6, 15), male=True, serial=4321)
pytestmark = pytest.mark.usefixtures("database")
BEFORE, AFTER = datetime(2023, 8, 31, 12, tzinfo=UTC), datetime(2023, 9, 1, 12, tzinfo=UTC)


async def test_the_cabinet_is_the_suppliers_own() -> None:
    """R-A7: the particulars open for the supplier itself and for nobody else."""
    row, ctx = await supplier()
    own = await acts.own(ctx)
    assert own is not None
    assert await acts.particulars(ctx, own) == {"identifier": BIN, "head": "Ахметов"}
    assert await acts.own(acting(ANONYMOUS)) is None
    for viewer in (ANONYMOUS, Viewer(Role.supplier, new_id()), Viewer(Role.administrator, row["_id"])):
        with pytest.raises(AccessDenied):
            await acts.particulars(acting(viewer), row)


async def test_directions_of_a_day() -> None:
    """R-B1: directions follow the main code by the reference data of the day; an assistant's follow the kind."""
    changed = date(2023, 9, 1)
    await store_reference([rule("oked_direction", "47741", ["tsr_sale"], changed)])
    row: dict[str, Any] = {"supplier_kind": "legal_entity", "oked": "47741"}
    before = acting(now=BEFORE)
    assert await acts.opened_directions(acting(), row) == ["tsr_sale"]
    assert (
        await acts.opened_directions(before, row)
        == await acts.opened_directions(acting(), row | {"oked": None})
        == []
    )
    assert await acts.opened_directions(acting(), {"supplier_kind": "assistant"}) == ["assistant"]


async def answers(ctx: Context, kind: str) -> dict[str, str | None]:
    """What a supplier of a kind is told: may it register, come in, begin something new."""
    questions = {
        "register": acts.require_admitted,
        "come in": acts.require_present,
        "trade": acts.require_trading,
    }
    return {name: await basis(question(ctx, {"supplier_kind": kind})) for name, question in questions.items()}


async def basis(asked: Awaitable[None]) -> str | None:
    """The basis of a refusal; None when there is none."""
    try:
        await asked
    except Refused as refused:
        return str(refused.params["basis"])
    return None


@pytest.mark.parametrize("kind", ["legal_entity", "entrepreneur", "assistant"])
async def test_kinds_on_both_sides_of_the_day(kind: str) -> None:
    """R-A7: three kinds under Order 73; under Order 345 an assistant only winds up, the others go on."""
    await load_rules(NOW)
    everything = {"register": None, "come in": None, "trade": None}
    winding_up = dict.fromkeys(("register", "trade"), "№ 345, п. 2(10)")
    assert await answers(acting(now=BEFORE), kind) == everything
    later = everything | winding_up if kind == "assistant" else everything
    assert await answers(acting(now=AFTER), kind) == later


async def test_registering_twice_is_registering_once() -> None:
    """R-A7: a supplier that is registered already is not registered again."""
    row, ctx = await supplier()
    await acts.register(ctx, row, ctx.viewer.actor, None)
    again = await acts.own(ctx)
    assert again is not None
    assert again["directions"] == ["tsr_sale"]


async def test_an_individuals_name_needs_sign_in() -> None:
    """R-B7: an organisation's name is public at once; an individual's is opened for who signed in only."""
    row, own = await supplier()
    individual = await stored_supplier(IIN, SupplierKind.assistant)
    assert acts.visible_names(acting(ANONYMOUS), [row, individual]) == [row["name"], None]
    assert acts.visible_names(own, [row]) == [row["name"]]
    opened = acts.visible_names(own, [row, individual])
    assert isinstance(opened, Awaitable)
    assert await opened == [row["name"], PUBLIC["name"]]
