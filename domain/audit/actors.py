"""Who acts, as the audit writes it down (requirement J2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a role, who stands in it, for whom, and the sign-in behind it.

    `subject` is the identifier of the record acted as; for a legal representative that is the representative,
    and `on_behalf_of` the ward (requirement A6: "X on behalf of Y"). `session` leads to the entry of the
    sign-in, which names the certificate. None of them tells anything about a person to whoever has no access
    to the records themselves.
    """

    role: str
    subject: str | None = None
    on_behalf_of: str | None = None
    session: str | None = None


def system_actor(name: str) -> Actor:
    """Work that no client asked for: a clock, a queue, a partner's message or a command, by its name."""
    return Actor("system", name)
