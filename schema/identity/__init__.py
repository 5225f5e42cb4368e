"""Signing in, and the sessions that a viewer has."""

from schema.identity.sessions import Session, SessionMutations, own_sessions
from schema.identity.signing_in import IdentityMutations, IdentityQueries, SignedIn, shown, signature

__all__ = [
    "IdentityMutations",
    "IdentityQueries",
    "Session",
    "SessionMutations",
    "SignedIn",
    "own_sessions",
    "shown",
    "signature",
]
