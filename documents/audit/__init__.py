"""The audit: intents written with every act, sealed afterwards into a chain (requirement J2)."""

from documents.audit.intents import AuditIntent, intend

__all__ = ["AuditIntent", "intend"]
