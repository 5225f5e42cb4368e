"""Who a person can be on the portal: roles and capacities (requirement A1)."""

from enum import StrEnum


class Role(StrEnum):
    """Role names, the same in every layer, in tokens and in the schema."""

    anonymous = "anonymous"
    participant = "participant"
    supplier = "supplier"
    executive_body = "executive_body"
    contact_centre = "contact_centre"
    administrator = "administrator"
    authorised_body = "authorised_body"
    system = "system"


STAFF = frozenset({Role.executive_body, Role.contact_centre, Role.administrator, Role.authorised_body})
