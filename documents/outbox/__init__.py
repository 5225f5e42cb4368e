"""Messages to partners, written in the transaction they belong to and sent afterwards, each at least once.

Per (channel, aggregate) they go out one at a time in the order of the commits: a small counter row per
aggregate, written in the same transaction, makes two writers of one aggregate wait for each other.
"""

from documents.outbox.messages import Claimed, OutboxHead, OutboxMessage, PayloadLost, Settled, Then
from documents.outbox.queue import claim, enqueue, opened, put_back
from documents.outbox.settling import buried, delivered

__all__ = [
    "Claimed",
    "OutboxHead",
    "OutboxMessage",
    "PayloadLost",
    "Settled",
    "Then",
    "buried",
    "claim",
    "delivered",
    "enqueue",
    "opened",
    "put_back",
]
