"""Values on their way to JSON: what a door sends is written once, as soon as it can be.

Answers for a door may hold what orjson writes in the same way as the schema's own coercion would: instants
in UTC as they are, and text that was written before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import orjson

_ZERO = timedelta(0)
_MOST_ZONES = 16


def encoded(data: object) -> bytes:
    """JSON; other keys than strings, which only scalars of objects can have, take a slower way."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


def written(answer: object) -> orjson.Fragment:
    """An answer as JSON already. Raises TypeError for what is no JSON."""
    return orjson.Fragment(orjson.dumps(answer))


class Zones(set[tzinfo]):
    """Time zones that are UTC: instants in them are written as `isoformat` writes them.

    Drivers have objects of their own for UTC; each is looked at once.
    """

    def learn(self, instant: datetime) -> None:
        """Note the zone of an instant if it is UTC whatever the instant."""
        zone = instant.tzinfo
        if zone is not None and zone.utcoffset(None) == _ZERO and len(self) < _MOST_ZONES:
            self.add(zone)


ZONES = Zones({UTC})


def plain(answer: object) -> Any:
    """An answer without what only orjson understands, as a client reads it."""
    return orjson.loads(encoded(answer))
