"""The operator's side of token keys: what there is, and a new one (`app.py token-keys list|rotate`)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from auth.token_keys import KeyFile, KeyRing, fresh_keys, key_set


def told(keys: KeyFile, now: datetime, act: str, *, compromised: bool = False) -> list[str]:
    """What a command prints: the keys as they are, or as they are after `rotate`."""
    if act == "rotate":
        return rotate(keys, now, compromised=compromised)
    return listed(keys.current(), now)


def rotate(keys: KeyFile, now: datetime, *, compromised: bool = False) -> list[str]:
    """Announce a new key, or after a theft replace all at once; what `listed` says then.

    Without a theft nobody notices. After one, every access token is refused from now on; clients get new ones
    by their refresh tokens, which no key signs.
    """
    keys.replace(key_set(fresh_keys(now)) if compromised else keys.current().rotated(now))
    return listed(keys.current(), now)


def listed(ring: KeyRing, now: datetime) -> list[str]:
    """One line a key, the oldest first: its id, what it does now, and from when it signs."""
    return list(_lines(ring, now))


def _lines(ring: KeyRing, now: datetime) -> Iterator[str]:
    known, signing = ring.verifying(now), ring.signing(now).kid
    for one in ring.keys:
        begins = datetime.fromtimestamp(one.signs_from, UTC).isoformat()
        if one.kid == signing:
            state = "signs"
        elif one.kid not in known:
            state = "over"
        else:
            state = "announced" if one.signs_from > now.timestamp() else "verifies"
        yield f"{one.kid}  {state:9}  from {begins}"
