"""Signing in, and the sessions that a viewer has."""

from schema.identity.sessions import Session, SessionMutations, sessions
from schema.identity.signing_in import IdentityMutations, IdentityQueries, SignedIn, shown, signature

__all__ = [
    "IdentityMutations",
    "IdentityQueries",
    "Session",
    "SessionMutations",
    "SignedIn",
    "sessions",
    "shown",
    "signature",
]
