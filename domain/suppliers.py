"""Suppliers by law: three kinds, each with its own particulars (Order 73, p. 2(11), 12)."""

from enum import StrEnum


class SupplierKind(StrEnum):
    """Kinds of p. 12, in its order."""

    legal_entity = "legal_entity"
    entrepreneur = "entrepreneur"
    assistant = "assistant"


REQUIRED_DETAILS: dict[SupplierKind, tuple[str, ...]] = {
    SupplierKind.legal_entity: ("address", "full_name", "short_name", "head", "real_estate"),
    SupplierKind.entrepreneur: ("address", "person", "registration"),
    SupplierKind.assistant: ("address", "person", "no_psychiatric_record"),
}
"""What p. 12 demands of each kind; founders and the rest come where there are any."""
