"""Orders: prepared and placed by a participant, fulfilled by a supplier, decided on by the region (p. 8)."""

from resolvers.orders.deciding import approve, refuse, reimburse
from resolvers.orders.fulfilling import accept, cancel, decline, start
from resolvers.orders.handing_over import hand_over_act, sign_act
from resolvers.orders.placing import place
from resolvers.orders.preparing import prepare
from resolvers.orders.reading import application, contents, get, history, orders_of, paper_of, transitions
from resolvers.orders.signing import Paper

__all__ = [
    "Paper",
    "accept",
    "application",
    "approve",
    "cancel",
    "contents",
    "decline",
    "get",
    "hand_over_act",
    "history",
    "orders_of",
    "paper_of",
    "place",
    "prepare",
    "refuse",
    "reimburse",
    "sign_act",
    "start",
    "transitions",
]
