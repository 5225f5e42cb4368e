"""Data on their way to JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import orjson
import pytest
from bson.tz_util import FixedOffset, utc

from execution.schema import Schema
from execution.wire import Zones, encoded, plain, written
from tests.execution.plans.people import Context, Query, answered

INSTANTS = [
    datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC),
]


@pytest.mark.parametrize("instant", INSTANTS)
@pytest.mark.parametrize("zone", [UTC, utc, FixedOffset(0, "Z")])
def test_instants_in_utc_are_written_as_isoformat_does(instant: datetime, zone: timezone) -> None:
    """R-K: RFC 3339, the same text from orjson as from the scalar's own coercion."""
    aware = instant.replace(tzinfo=zone)
    assert orjson.loads(orjson.dumps(aware)) == aware.isoformat()


def test_only_zones_that_are_always_utc_are_learnt() -> None:
    """An offset that depends on the instant, or none at all, takes the slow way; so do too many zones."""
    zones = Zones()
    for zone in (None, timezone(timedelta(hours=5)), ZoneInfo("Europe/London"), FixedOffset(300, "+5")):
        zones.learn(datetime(2026, 1, 2, tzinfo=zone))
    assert not zones
    for _ in range(20):
        zones.learn(datetime(2026, 1, 2, tzinfo=FixedOffset(0, "Z")))
    assert len(zones) == 16


def test_what_is_written_already_is_put_in_as_it_is() -> None:
    """A part of an answer is encoded once; keys that are no strings are written all the same."""
    part = written({"name": "«Жебе»"})
    assert orjson.loads(encoded({"a": [part, part]})) == {"a": [{"name": "«Жебе»"}] * 2}
    assert plain({1: part}) == {"1": {"name": "«Жебе»"}}
    with pytest.raises(TypeError):
        written({1: 2})


@pytest.mark.parametrize("wire", [True, False])
async def test_instants_reach_every_reader_as_text(*, wire: bool) -> None:
    """R-K: whoever executes a document himself gets strings, as from graphql-core."""
    schema = Schema(Query)
    for _ in range(3):
        result = await answered(schema, "{ someone { born } }", {}, Context(), wire=wire)
        assert result.data == {"someone": {"born": "2026-01-02T03:04:05+00:00"}}
