import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AccessDenied, Refused
from domain.identity import Role
from domain.orders.lifecycle import (
    FINAL,
    REOPENS,
    STARTED,
    STEPS,
    Facts,
    OrderAct,
    OrderStatus,
    Side,
    advance,
    allowed_transitions,
)
from domain.texts import catalogue

ACTORS = (Role.supplier, Role.participant, Role.executive_body, Role.system)


@given(st.lists(st.tuples(st.sampled_from(OrderAct), st.sampled_from(Role)), max_size=40))
def test_a_random_walk_stays_in_the_table(walk: list[tuple[OrderAct, Role]]) -> None:
    """R-D3: Whatever is tried, in any order and by anybody, an order moves only along the table."""
    status = OrderStatus.placed
    for act, role in walk:
        before = status
        try:
            status = advance(act, status, role, Facts())
        except (AccessDenied, Refused):
            assert status is before
            continue
        step = STEPS[act]
        assert before in step.sources
        assert status is step.to
        assert role in step.roles


@given(st.sampled_from(OrderStatus), st.sampled_from(Role), st.sets(st.sampled_from(Side)))
def test_what_is_announced_is_what_happens(status: OrderStatus, role: Role, signed: set[Side]) -> None:
    """R-D3: `allowed_transitions` and `advance` agree, and each refusal names its reason."""
    facts = Facts(frozenset(signed))
    for answer in allowed_transitions(status, role, facts):
        assert (answer.reason is None) == answer.allowed
        if answer.allowed:
            assert advance(answer.act, status, role, facts) is answer.to
            continue
        with pytest.raises(Refused) as refused:
            advance(answer.act, status, role, facts)
        assert refused.value.code == answer.reason


def test_every_status_can_be_reached_and_every_end_is_one() -> None:
    """R-D3: The table leads to every status, and out of none of the final ones."""
    reached, sources = {OrderStatus.placed}, set[OrderStatus]()
    for step in STEPS.values():
        reached.add(step.to)
        sources |= step.sources
    assert reached == set(OrderStatus)
    assert sources == set(OrderStatus) - FINAL
    assert REOPENS < FINAL
    assert {OrderStatus.placed, OrderStatus.accepted}.isdisjoint(STARTED)


def test_nobody_signs_the_act_twice() -> None:
    """R-D3: A side that has signed is told so, the other one may still sign."""
    facts = Facts(frozenset({Side.supplier}))
    with pytest.raises(Refused) as refused:
        advance(OrderAct.sign_act, OrderStatus.in_fulfilment, Role.supplier, facts)
    assert refused.value.code == "ACT_ALREADY_SIGNED"
    following = advance(OrderAct.sign_act, OrderStatus.in_fulfilment, Role.participant, facts)
    assert following is OrderStatus.in_fulfilment


def test_one_signature_hands_nothing_over() -> None:
    """R-D3: Only an act that both have signed hands the order over."""
    for signed in (frozenset[Side](), frozenset({Side.supplier}), frozenset({Side.participant})):
        with pytest.raises(Refused) as refused:
            advance(OrderAct.hand_over, OrderStatus.in_fulfilment, Role.system, Facts(signed))
        assert refused.value.code == "ACT_NOT_SIGNED_BY_BOTH"
    both = Facts(frozenset(Side))
    handed_over = advance(OrderAct.hand_over, OrderStatus.in_fulfilment, Role.system, both)
    assert handed_over is OrderStatus.handed_over


def test_every_act_belongs_to_somebody() -> None:
    """Each act has a role, and no role outside of those of an order has any."""
    owners = {role for step in STEPS.values() for role in step.roles}
    assert owners == set(ACTORS)
    assert allowed_transitions(OrderStatus.placed, Role.anonymous, Facts()) == []


def test_every_status_has_a_label() -> None:
    """K: Every status of an order is named in Kazakh, Russian and English."""
    for status in OrderStatus:
        assert set(catalogue()[f"statuses.order_{status}"]) == {"kk", "ru", "en"}
