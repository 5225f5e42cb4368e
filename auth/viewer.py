"""The viewer: who is asking, in exactly one capacity."""

from dataclasses import dataclass

from documents.base import Id
from domain.audit import Actor
from domain.identity import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """One signed-in capacity, or an anonymous visitor.

    `subject` is the participant, supplier or member of staff acted as; `session` the sign-in behind it;
    `representative` the participant record of a legal representative who acts for the ward `subject`;
    `region` the two-digit КАТО code an executive body answers for. `client` is the system behind a token of
    client credentials, which has no session, and `scopes` what it was given.
    """

    role: Role
    subject: Id | None = None
    session: Id | None = None
    representative: Id | None = None
    region: str | None = None
    client: Id | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """A stable name of who acts: the scope of idempotency keys and the author in histories."""
        on_behalf = f"/{self.representative}" if self.representative else ""
        return f"{self.role}:{self.client or self.subject or '-'}{on_behalf}"

    @property
    def actor(self) -> Actor:
        """The same for the audit: a representative acts, on behalf of the ward."""
        who = self.client or self.representative or self.subject
        return Actor(
            role=str(self.role),
            subject=str(who) if who else None,
            on_behalf_of=str(self.subject) if self.representative else None,
            session=str(self.session) if self.session else None,
        )


ANONYMOUS = Viewer(Role.anonymous)
SYSTEM = Viewer(Role.system)
