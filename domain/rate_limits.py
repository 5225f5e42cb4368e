"""How often something may be tried: named rules, and the lock-out of whoever fails again and again.

Each rule is a bucket: `count` at once, refilled evenly over `period`. An operator overrides any of them by
the setting RATE_LIMITS, and the lock-out by LOCK_OUT; see docs/adr/0013.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address

from domain.errors import Refused

UNKNOWN_NETWORK = "unknown"
PREFIX = 64
"""Bits of an IPv6 address that a provider gives to one customer at least (RFC 6177)."""


class RateRule(StrEnum):
    """What is counted, and by what (in brackets)."""

    sign_in_begin = "sign_in_begin"  # (network address)
    sign_in_begin_person = "sign_in_begin_person"  # (IIN or BIN entered, network address)
    sign_in_complete = "sign_in_complete"  # (network address)
    sign_in_failures = "sign_in_failures"  # (IIN or BIN entered): narrows the lock-out, refuses nobody
    sign_in_refresh = "sign_in_refresh"  # (session)
    sign_in_refresh_network = "sign_in_refresh_network"  # (network address)
    staff_sign_in = "staff_sign_in"  # (network address)
    oauth_token = "oauth_token"  # noqa: S105 - (network address): the name of a rule
    oauth_token_client = "oauth_token_client"  # noqa: S105 - (client): the name of a rule
    partner_message = "partner_message"  # (network address)
    contact_code = "contact_code"  # (participant)
    contact_code_value = "contact_code_value"  # (telephone number or address that a code is sent to)
    file_ticket = "file_ticket"  # (supplier)
    file_upload = "file_upload"  # (supplier), whether the ticket is good or not
    mutation = "mutation"  # (viewer)
    import_file = "import_file"  # (supplier)
    personal_data = "personal_data"  # (member of staff who asks who somebody is)


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` at once, and `count` again in every `period`; a count of 0 switches the rule off."""

    count: int
    period: timedelta

    @property
    def each(self) -> timedelta:
        """How long one takes to be refilled; a millisecond at least, as times are kept."""
        return max(self.period / self.count, timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class LockOut:
    """`tolerated` failures in a row pass; then `first`, doubled by each further one up to `longest`.

    Failures are forgotten after a success and after `remembered`.
    """

    tolerated: int = 5
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    remembered: timedelta = timedelta(days=1)


_MINUTE, _TEN, _HOUR = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)
RATES: Mapping[RateRule, Rate] = {
    # a whole office stands behind one address, so what is counted by address alone is generous
    RateRule.sign_in_begin: Rate(600, _TEN),
    RateRule.sign_in_begin_person: Rate(20, _TEN),
    RateRule.sign_in_complete: Rate(600, _TEN),
    RateRule.sign_in_failures: Rate(50, _HOUR),
    RateRule.sign_in_refresh: Rate(60, _TEN),
    RateRule.sign_in_refresh_network: Rate(3_000, _TEN),
    RateRule.staff_sign_in: Rate(120, _TEN),
    RateRule.oauth_token: Rate(120, _MINUTE),
    RateRule.oauth_token_client: Rate(30, _MINUTE),
    RateRule.partner_message: Rate(6_000, _MINUTE),  # a partner that was down sends everything at once
    RateRule.contact_code: Rate(5, _HOUR),
    RateRule.contact_code_value: Rate(5, _HOUR),
    RateRule.file_ticket: Rate(120, _TEN),
    RateRule.file_upload: Rate(240, _TEN),
    RateRule.mutation: Rate(600, _MINUTE),
    RateRule.personal_data: Rate(60, _TEN),
    RateRule.import_file: Rate(30, _TEN),
}
"""What holds unless the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one process: those of the table, with what an operator overrides."""

    rates: Mapping[RateRule, Rate]
    lock_out: LockOut = LockOut()

    def rate(self, rule: RateRule) -> Rate:
        """How often a rule allows."""
        return self.rates.get(rule) or RATES[rule]


STANDARD = Limits(RATES)


class RateLimited(Refused):
    """Too often: RATE_LIMITED, with the whole seconds after which it may be tried again."""

    def __init__(self, wait: timedelta, path: tuple[str | int, ...] = ()) -> None:
        self.retry_after = max(1, -(-wait // timedelta(seconds=1)))
        super().__init__("RATE_LIMITED", path, seconds=self.retry_after)


def network_of(address: str | None) -> str:
    """What counts as one origin: an IPv4 address, the /64 network of an IPv6 one (RFC 6177)."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return UNKNOWN_NETWORK
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), PREFIX), strict=False))
