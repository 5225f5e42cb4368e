"""Measures: from the message of Е-Собес through notice and choice to fulfilment, and back to Е-Собес."""

from resolvers.measures.access import (
    get,
    listed,
    name,
    notice_task,
    notice_tasks,
    visible_measures,
)
from resolvers.measures.changes import choice_of, report_to_esobes
from resolvers.measures.choices import (
    activate_choice,
    block_due,
    mark_fulfilled,
    reopen_after_order,
    take_for_order,
)
from resolvers.measures.incoming import Answer, receive
from resolvers.measures.notices import complete_notice_task, sms_delivered, sms_refused

__all__ = [
    "Answer",
    "activate_choice",
    "block_due",
    "choice_of",
    "complete_notice_task",
    "get",
    "listed",
    "mark_fulfilled",
    "name",
    "notice_task",
    "notice_tasks",
    "receive",
    "reopen_after_order",
    "report_to_esobes",
    "sms_delivered",
    "sms_refused",
    "take_for_order",
    "visible_measures",
]
