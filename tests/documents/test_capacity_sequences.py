"""Any sequence of steps on the days of a listing, held against a slow oracle in plain dicts."""

from collections.abc import Awaitable, Callable, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from documents import capacity
from documents.base import Id, collection, in_transaction, new_id
from domain.capacity import TAKEN, Hold
from tests.documents.capacity_data import LISTING, NOW, Cut, days, offered, on, taking

steps = some.lists(
    some.tuples(
        some.sampled_from(("take", "release", "expire", "confirm", "offer")),
        some.integers(0, 4),
        some.dictionaries(some.integers(0, 3), some.integers(1, 3), min_size=1),
    ),
    max_size=12,
)


class Oracle:
    """The same in plain dicts, slowly: what each day has is counted anew from all orders."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.orders: dict[int, tuple[Mapping[int, int], Hold]] = {}

    def taken(self, day: int) -> int:
        """Units of a day that orders have."""
        return sum(amounts.get(day, 0) for amounts, state in self.orders.values() if state in TAKEN)

    def has(self, amounts: Mapping[int, int]) -> bool:
        """Whether all of it is left."""
        return all(self.taken(day) + amount <= self.places.get(day, 0) for day, amount in amounts.items())

    def state(self, order: int) -> Hold | None:
        """Where an order stands."""
        return self.orders[order][1] if order in self.orders else None

    def do(self, what: str, order: int, amounts: Mapping[int, int]) -> None:
        """One step, as it ought to be."""
        state = self.state(order)
        if what == "offer" and all(self.taken(day) <= amount for day, amount in amounts.items()):
            self.places |= amounts
        elif what == "take" and state is None and self.has(amounts):
            self.orders[order] = (amounts, Hold.held)
        elif what == "release" and state in TAKEN:
            self._move(order, Hold.released)
        elif what == "expire" and state is Hold.held:
            self._move(order, Hold.expired)
        elif what == "confirm" and (
            state is Hold.held or (state is Hold.expired and self.has(self.orders[order][0]))
        ):
            self._move(order, Hold.confirmed)

    def _move(self, order: int, state: Hold) -> None:
        self.orders[order] = (self.orders[order][0], state)


async def do(what: str, order: Id, amounts: Mapping[int, int]) -> None:
    """One step on the database, in a transaction that is cut when it did not succeed."""
    by_day = {on(day): amount for day, amount in amounts.items()}
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "take": lambda: capacity.take(taking(by_day, _id=order, expires_at=NOW)),
        "release": lambda: capacity.release(order, NOW),
        "expire": lambda: capacity.expire(order, NOW),
        "confirm": lambda: capacity.confirm(order),
        "offer": lambda: capacity.offer(LISTING, by_day),
    }

    async def work() -> None:
        done = await acts[what]()
        if (what == "offer" and done) or (what != "offer" and not done):
            raise Cut

    try:
        await in_transaction(work)
    except Cut:
        return


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_any_sequence_is_that_of_the_oracle(
    database: object, sequence: list[tuple[str, int, Mapping[int, int]]]
) -> None:
    """R-B4: whatever is taken, given back, expired, confirmed and set, days and orders are the oracle's."""
    for name in (capacity.DAYS, capacity.TAKINGS, capacity.HEADS):
        await collection(name).delete_many({})
    ids = [new_id() for _ in range(5)]
    oracle = Oracle()
    oracle.places = dict.fromkeys(range(3), 4)
    await offered({on(day): 4 for day in range(3)})
    for what, order, amounts in sequence:
        oracle.do(what, order, amounts)
        await do(what, ids[order], amounts)
        found = {day: (one.places, one.taken) for day, one in (await days()).items()}
        assert found == {on(day): (places, oracle.taken(day)) for day, places in oracle.places.items()}
        rows = [await capacity.taking_of(each) for each in ids]
        assert [row["state"] if row else None for row in rows] == [oracle.state(each) for each in range(5)]
