"""Registered systems and their used assertions."""

from datetime import UTC, datetime, timedelta

import pytest

from documents import systems
from documents.base import new_id
from documents.nodes import load
from domain.systems import Scope

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("database")


async def test_a_system_is_let_in_and_out() -> None:
    """R-A8: a registered system is entitled to its scopes until it is disabled; the first time counts."""
    row = await systems.register("Статистика", [Scope.statistics_read], "{}", None, NOW)
    found = await load("system_client", row["_id"])
    assert found == row
    assert systems.entitled(found, frozenset({"statistics:read"}))
    assert not systems.entitled(found, frozenset({"statistics:read", "esobes:send"}))
    assert not systems.entitled(None, frozenset())
    ended = await systems.disable(row["_id"], NOW)
    assert not systems.entitled(ended, frozenset())
    again = await systems.disable(row["_id"], LATER)
    assert again is not None
    assert again["disabled_at"] == NOW
    assert await systems.disable(new_id(), NOW) is None


async def test_all_systems_by_name() -> None:
    """R-A8: the list is by name."""
    for name in ("Шлюз", "Е-Собес"):
        await systems.register(name, [Scope.gateway_send], None, "https://keys.example/jwks", NOW)
    assert [row["name"] for row in await systems.system_clients()] == ["Е-Собес", "Шлюз"]


async def test_an_assertion_is_used_once_by_a_system() -> None:
    """R-A8: a `jti` counts once for the system that used it, and is another's own affair."""
    one, other = new_id(), new_id()
    assert await systems.use_up(one, "12345678", LATER)
    assert await systems.use_up(other, "12345678", LATER)
    assert not await systems.use_up(one, "12345678", LATER)
