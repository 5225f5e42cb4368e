"""Who acts, as the audit writes it down."""

from domain.audit import Actor, system_actor


def test_work_without_a_client_has_a_name() -> None:
    """R-J2: a clock, a queue or a command stands in the audit under its name."""
    assert system_actor("outbox") == Actor("system", "outbox", None, None)
