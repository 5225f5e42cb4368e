"""The life of an order: one table from act to statuses, roles and guards (requirement D3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.errors import AccessDenied, Refused
from domain.identity import Role


class OrderStatus(StrEnum):
    """Where an order stands."""

    placed = "placed"
    accepted = "accepted"
    declined = "declined"
    in_fulfilment = "in_fulfilment"
    handed_over = "handed_over"
    submitted = "submitted"
    approved = "approved"
    refused = "refused"
    reimbursed = "reimbursed"
    cancelled = "cancelled"


class OrderAct(StrEnum):
    """What can be done with an order, in the order in which it usually happens."""

    accept = "accept"
    decline = "decline"
    cancel = "cancel"
    start = "start"
    sign_act = "sign_act"
    hand_over = "hand_over"
    submit = "submit"
    approve = "approve"
    refuse = "refuse"
    reimburse = "reimburse"


class Side(StrEnum):
    """The two who sign the act of handing over."""

    participant = "participant"
    supplier = "supplier"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: whose signatures stand under the act."""

    signed: frozenset[Side] = frozenset()


Guard = Callable[[Role, Facts], str | None]


def _free(_role: Role, _facts: Facts) -> str | None:
    return None


def _not_signed_yet(role: Role, facts: Facts) -> str | None:
    return "ACT_ALREADY_SIGNED" if role.value in facts.signed else None


def _signed_by_both(_role: Role, facts: Facts) -> str | None:
    return None if facts.signed == frozenset(Side) else "ACT_NOT_SIGNED_BY_BOTH"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from which statuses to which, by whom, and when (the guard has no objection)."""

    sources: frozenset[OrderStatus]
    to: OrderStatus
    roles: frozenset[Role]
    guard: Guard = _free


def _step(source: OrderStatus, to: OrderStatus, *roles: Role, guard: Guard = _free) -> Step:
    return Step(frozenset({source}), to, frozenset(roles), guard)


_S = OrderStatus
STEPS: Mapping[OrderAct, Step] = MappingProxyType(
    {
        OrderAct.accept: _step(_S.placed, _S.accepted, Role.supplier),
        OrderAct.decline: _step(_S.placed, _S.declined, Role.supplier),
        OrderAct.cancel: Step(
            frozenset({_S.placed, _S.accepted}),
            _S.cancelled,
            frozenset({Role.participant}),
        ),
        OrderAct.start: _step(_S.accepted, _S.in_fulfilment, Role.supplier),
        OrderAct.sign_act: _step(
            _S.in_fulfilment, _S.in_fulfilment, Role.supplier, Role.participant, guard=_not_signed_yet
        ),
        OrderAct.hand_over: _step(_S.in_fulfilment, _S.handed_over, Role.system, guard=_signed_by_both),
        OrderAct.submit: _step(_S.handed_over, _S.submitted, Role.system),
        OrderAct.approve: _step(_S.submitted, _S.approved, Role.executive_body),
        OrderAct.refuse: _step(_S.submitted, _S.refused, Role.executive_body),
        OrderAct.reimburse: _step(_S.approved, _S.reimbursed, Role.executive_body),
    }
)
"""Every step. With the second signature under the act the portal itself hands over and submits at once."""

REOPENS = frozenset({_S.declined, _S.cancelled, _S.refused})
"""Ends that give the measure back to the participant while the window lasts.

A refused reimbursement is among them by our decision (p. 8 is silent): the state has paid for nothing, and
a measure left with a dead order could never be fulfilled by any path.
"""

FINAL = REOPENS | {_S.reimbursed}
STARTED = frozenset({_S.in_fulfilment, _S.handed_over, _S.submitted, _S.approved, _S.refused, _S.reimbursed})
"""Statuses in which the act of handing over exists."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One act of a role: whether it is possible now, and the code of the reason when it is not."""

    act: OrderAct
    to: OrderStatus
    allowed: bool
    reason: str | None = None


def allowed_transitions(status: OrderStatus, role: Role, facts: Facts) -> list[Allowed]:
    """Everything the role ever does with an order, each with the answer for now."""
    return [_answer(act, step, status, role, facts) for act, step in STEPS.items() if role in step.roles]


def advance(act: OrderAct, status: OrderStatus, role: Role, facts: Facts) -> OrderStatus:
    """The status after the act; AccessDenied to other roles, else Refused with the reason of `_answer`."""
    step = STEPS[act]
    if role not in step.roles:
        raise AccessDenied
    answer = _answer(act, step, status, role, facts)
    if answer.reason is not None:
        raise Refused(answer.reason, status=status.value)
    return step.to


def _answer(act: OrderAct, step: Step, status: OrderStatus, role: Role, facts: Facts) -> Allowed:
    reason = step.guard(role, facts) if status in step.sources else "TRANSITION_REFUSED"
    return Allowed(act, step.to, reason is None, reason)
