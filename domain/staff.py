"""What an employee may be on the portal, read from the claims of their sign-in (requirement A8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.errors import Refused
from domain.identity import STAFF, Role

MOST = 20
"""Values of one claim that are looked at: nobody has that many roles or regions."""


@dataclass(frozen=True, slots=True, order=True)
class Employment:
    """One role of an employee; `region` is the two-digit КАТО code, given for executive bodies only."""

    role: Role
    region: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Where roles and regions stand among the claims: dots lead into objects, as in `realm_access.roles`.

    `values` maps what the provider calls a role to ours; a provider that uses our names needs no entry.
    """

    role: str = "komek_role"
    region: str = "komek_region"
    values: Mapping[str, Role] = field(default_factory=dict)


def employments(claims: Mapping[str, Any], names: ClaimNames, regions: frozenset[str]) -> list[Employment]:
    """Every role the claims give, each with its region; `regions` are the codes in force.

    Refused `STAFF_WITHOUT_ROLE` when there is none of ours, `STAFF_REGION_UNKNOWN` when an executive body
    has no region or one that does not exist: what is half right may not become half a right.
    """
    known = {str(role): role for role in STAFF} | dict(names.values)
    roles = {known[name] for name in _texts(claims, names.role) if known.get(name) in STAFF}
    if not roles:
        raise Refused("STAFF_WITHOUT_ROLE")
    found = {Employment(role) for role in roles - {Role.executive_body}}
    if Role.executive_body in roles:
        found |= {Employment(Role.executive_body, region) for region in _regions(claims, names, regions)}
    return sorted(found)


def _regions(claims: Mapping[str, Any], names: ClaimNames, regions: frozenset[str]) -> Sequence[str]:
    given = _texts(claims, names.region)
    if not given or not regions.issuperset(given):
        raise Refused("STAFF_REGION_UNKNOWN")
    return given


def _texts(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim, one or a list; nothing for any other shape."""
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    return [each for each in values[:MOST] if isinstance(each, str) and each]
