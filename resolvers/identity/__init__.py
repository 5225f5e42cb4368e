"""Who is there: signing in, and the sessions that follow until they end."""

from resolvers.identity.listing import own_sessions, revoke, revoke_others
from resolvers.identity.sessions import (
    SignedIn,
    act_as,
    caller_of,
    refresh,
    sign_out,
    signed_in,
)
from resolvers.identity.signing_in import SignInChallenge, begin, challenge_id, complete

__all__ = [
    "SignInChallenge",
    "SignedIn",
    "act_as",
    "begin",
    "caller_of",
    "challenge_id",
    "complete",
    "own_sessions",
    "refresh",
    "revoke",
    "revoke_others",
    "sign_out",
    "signed_in",
]
