"""The viewer: who is asking, in exactly one capacity."""

from dataclasses import dataclass

from documents.base import Id
from domain.identity import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """One signed-in capacity, or an anonymous visitor.

    `subject` is the participant, supplier or member of staff acted as; `session` the sign-in behind it;
    `representative` the participant record of a legal representative who acts for the ward `subject`;
    `region` the two-digit КАТО code an executive body answers for.
    """

    role: Role
    subject: Id | None = None
    session: Id | None = None
    representative: Id | None = None
    region: str | None = None

    @property
    def key(self) -> str:
        """A stable name of who acts: the scope of idempotency keys and the author in histories."""
        on_behalf = f"/{self.representative}" if self.representative else ""
        return f"{self.role}:{self.subject or '-'}{on_behalf}"


ANONYMOUS = Viewer(Role.anonymous)
SYSTEM = Viewer(Role.system)
