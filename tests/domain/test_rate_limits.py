"""Named limits, what an operator overrides, and what counts as one origin."""

from datetime import timedelta

import pytest

from domain.rate_limits import RATES, STANDARD, Limits, LockOut, Rate, RateLimited, RateRule, network_of
from domain.texts import Language, text


def test_every_rule_has_a_rate() -> None:
    """Each named rule stands in the table, and an override changes that one only."""
    assert RATES.keys() == set(RateRule)
    own = Limits({RateRule.mutation: Rate(1, timedelta(seconds=1))}, LockOut(tolerated=1))
    assert own.rate(RateRule.mutation).count == 1
    assert own.rate(RateRule.oauth_token) == STANDARD.rate(RateRule.oauth_token)


def test_a_refill_takes_time() -> None:
    """One of many takes its part of the period, and never no time at all."""
    assert Rate(4, timedelta(seconds=10)).each == timedelta(seconds=2.5)
    assert Rate(10**9, timedelta(seconds=1)).each == timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [(timedelta(), 1), (timedelta(seconds=1), 1), (timedelta(seconds=1.001), 2), (timedelta(minutes=5), 300)],
)
def test_the_wait_is_told_in_whole_seconds(wait: timedelta, seconds: int) -> None:
    """R-K: whoever waits as long as told is not refused for a fraction of a second; each language tells it."""
    refused = RateLimited(wait)
    assert (refused.code, refused.retry_after) == ("RATE_LIMITED", seconds)
    for language in Language:
        assert str(seconds) in text("errors.RATE_LIMITED", language, **refused.params)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_what_counts_as_one_origin(address: str | None, network: str) -> None:
    """R-A8: a customer with a whole IPv6 network is one origin, and IPv4 is the same in both notations."""
    assert network_of(address) == network
