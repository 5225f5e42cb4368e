"""Measures, the tasks of notice that go with them, and the log of signed messages that brought them."""

from documents.measures.messages import PartnerMessage
from documents.measures.records import HistoryEntry, Measure, Notice
from documents.measures.tasks import NoticeAttempt, NoticeTask

__all__ = ["HistoryEntry", "Measure", "Notice", "NoticeAttempt", "NoticeTask", "PartnerMessage"]
