"""Signing in: challenges consumed once, and sessions that their owner can see and end."""

from documents.identity.challenges import (
    CHALLENGE_LIFETIME,
    SIGN_IN,
    Challenge,
    consume_challenge,
    open_challenge,
)
from documents.identity.opening import Caller, Capacity, Origin, Session, digest, open_session, origin_of
from documents.identity.sessions import (
    Use,
    Used,
    current_session,
    holders,
    live_session,
    live_sessions,
    renewable,
    revoke,
    revoke_others,
    revoke_own,
    rotate,
    sessions_of,
    use_of,
)

__all__ = [
    "CHALLENGE_LIFETIME",
    "SIGN_IN",
    "Caller",
    "Capacity",
    "Challenge",
    "Origin",
    "Session",
    "Use",
    "Used",
    "consume_challenge",
    "current_session",
    "digest",
    "holders",
    "live_session",
    "live_sessions",
    "open_challenge",
    "open_session",
    "origin_of",
    "renewable",
    "revoke",
    "revoke_others",
    "revoke_own",
    "rotate",
    "sessions_of",
    "use_of",
]
