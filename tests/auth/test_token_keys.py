"""Keys that sign tokens: published before they sign, dropped when nothing of theirs is good any more."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from auth.token_keys import ANNOUNCED, MARGIN, TOKEN_LIFETIME, KeyFile, KeyRing, fresh_keys, key_set
from auth.tokens import Tokens
from auth.viewer import Viewer
from documents.base import new_id
from domain.errors import AccessDenied
from domain.identity import Role

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
VIEWER = Viewer(Role.supplier, new_id(), new_id())
SECOND = timedelta(seconds=1)


def public(ring: KeyRing, now: datetime) -> list[str]:
    """Names of the keys that are published."""
    return [key["kid"] for key in ring.public(now)["keys"]]


def test_a_rotation_announces_signs_and_drops() -> None:
    """R-A8: a new key is published before it signs; the old one verifies until its last token has expired."""
    ring = key_set(fresh_keys()).rotated(NOW)
    old, new = (one.kid for one in ring.keys)
    begins = NOW + ANNOUNCED
    assert public(ring, NOW) == [old, new]
    assert ring.signing(NOW).kid == ring.signing(begins - SECOND).kid == old
    assert ring.signing(begins).kid == new
    last = begins - SECOND + TOKEN_LIFETIME
    assert old in ring.verifying(last)
    assert public(ring, begins + TOKEN_LIFETIME + MARGIN) == [new]
    assert ring.rotated(begins + TOKEN_LIFETIME + MARGIN).keys[0].kid == new


def test_tokens_live_through_a_rotation() -> None:
    """R-A8: every token is good to its end, whichever key signed it and whatever is rotated meanwhile."""
    first = key_set(fresh_keys())
    ring = first.rotated(NOW)
    tokens = Tokens(ring, "x")
    issued = Tokens(first, "x").issue(VIEWER, NOW), tokens.issue(VIEWER, NOW + ANNOUNCED)
    assert tokens.read(issued[0], NOW + TOKEN_LIFETIME - SECOND) == VIEWER
    assert tokens.read(issued[1], NOW + ANNOUNCED) == VIEWER
    with pytest.raises(AccessDenied, match="TOKEN_INVALID"):
        Tokens(first, "x").read(issued[1], NOW + ANNOUNCED)


def test_before_the_first_key_begins() -> None:
    """A clock that is set back still finds a key that signs."""
    ring = key_set(fresh_keys(NOW))
    assert ring.signing(NOW - timedelta(days=1)) is ring.keys[0]


def test_published_keys_are_public() -> None:
    """R-A8: nothing private is published, nor anything that is not of a JWK."""
    (key,) = key_set(fresh_keys()).public(NOW)["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_keys_are_kept_whole() -> None:
    """R-A8: a ring is read back as it was kept, with what signs and since when."""
    ring = key_set(fresh_keys()).rotated(NOW)
    again = key_set(ring.saved())
    assert [(one.kid, one.signs_from) for one in again.keys] == [
        (one.kid, one.signs_from) for one in ring.keys
    ]
    assert Tokens(again, "x").read(Tokens(ring, "x").issue(VIEWER, NOW), NOW) == VIEWER


def test_sets_of_an_earlier_version_are_read() -> None:
    """A set without our further name is of one key that always signed."""
    key = ECKey.generate_key("P-256")
    ring = key_set(json.dumps({"keys": [key.as_dict(private=True)]}).encode())
    assert ring.signing(NOW).kid == key.thumbprint()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b'{"keys": []}',
        b'{"keys": [5]}',
        b'{"keys": [{"kty": "EC"}]}',
        json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}).encode(),
        json.dumps({"keys": [ECKey.generate_key("P-384").as_dict(private=True)]}).encode(),
        json.dumps({"keys": [RSAKey.generate_key(2048).as_dict(private=True)]}).encode(),
    ],
    ids=["nothing", "null", "no keys", "empty", "a number", "half a key", "public", "other curve", "RSA"],
)
def test_other_files_are_no_rings(content: bytes) -> None:
    """R-A8: a file without private keys of the one curve that is used is refused."""
    with pytest.raises(ValueError, match=r"keys?|JSON|Expecting"):
        key_set(content)


def test_a_replaced_file_is_seen(tmp_path: Path) -> None:
    """R-A8: the next token is signed and read by the file as it is, without a restart; one replaces it whole."""
    file = tmp_path / "tokens.json"
    file.write_bytes(fresh_keys())
    mine, other = KeyFile(file), KeyFile(file)
    assert mine.current() is mine.current()
    old = mine.current().keys[0].kid
    other.replace(key_set(fresh_keys()))
    assert mine.current().keys[0].kid != old
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


def test_a_file_that_is_broken_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """R-A8: while the file is broken or away, the keys known before go on, and the log says so."""
    file = tmp_path / "tokens.json"
    file.write_bytes(fresh_keys())
    keys = KeyFile(file)
    known = keys.current()
    file.write_bytes(b"{")
    assert keys.current() is known
    file.unlink()
    assert keys.current() is known
    assert "can't be read" in caplog.text
    file.write_bytes(fresh_keys())
    assert keys.current() is not known
