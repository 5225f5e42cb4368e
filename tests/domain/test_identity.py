"""Roles: the names of requirements.md, everywhere the same."""

from domain.identity import STAFF, Role


def test_the_names_of_roles() -> None:
    """R-A1: the roles are those of the law's people and systems, and the visitor."""
    named = (
        "participant supplier executive_body contact_centre administrator authorised_body system anonymous"
    )
    assert {role.value for role in Role} == set(named.split())
    assert {role.value for role in STAFF} == set(named.split()[2:6])
