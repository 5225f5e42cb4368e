"""When an authority counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from domain.representatives import AuthorityKind, AuthorityState, Term
from domain.texts import catalogue

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_an_authority_over_its_time() -> None:
    """R-A6: future before its first instant, active from then, over at its end; revoked is revoked."""
    term = Term(NOW, NOW + SECOND, None)
    assert term.state(NOW - SECOND) is AuthorityState.future
    assert term.state(NOW) is AuthorityState.active
    assert term.state(NOW + SECOND) is AuthorityState.ended
    assert Term(NOW, None, None).state(NOW + 9999 * SECOND) is AuthorityState.active
    revoked = Term(NOW, None, NOW + SECOND)
    assert [revoked.state(at) for at in (NOW, NOW + SECOND)] == [
        AuthorityState.active,
        AuthorityState.revoked,
    ]


instants = some.datetimes(timezones=some.just(UTC))


@given(start=instants, end=some.none() | instants, revoked=some.none() | instants, now=instants)
def test_only_inside_all_bounds(
    start: datetime, end: datetime | None, revoked: datetime | None, now: datetime
) -> None:
    """R-A6: an authority is active exactly when it has begun, has not ended and is not revoked."""
    active = start <= now and (end is None or now < end) and (revoked is None or now < revoked)
    assert (Term(start, end, revoked).state(now) is AuthorityState.active) == active


def test_each_kind_has_its_name() -> None:
    """R-A6: each kind of authority has a name in every language."""
    assert {f"authorities.{kind}" for kind in AuthorityKind} <= set(catalogue())
