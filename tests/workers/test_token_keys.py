"""The operator's commands for token keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from auth.token_keys import ANNOUNCED, MARGIN, TOKEN_LIFETIME, KeyFile, fresh_keys
from auth.tokens import Tokens
from auth.viewer import Viewer
from documents.base import new_id
from domain.identity import Role
from workers.token_keys import listed, rotate, told

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def kept(folder: Path) -> KeyFile:
    """A file of one key."""
    file = folder / "tokens.json"
    file.write_bytes(fresh_keys())
    return KeyFile(file)


def states(lines: list[str]) -> list[str]:
    """What each key does."""
    return [line.split()[1] for line in lines]


def test_the_life_of_a_key(tmp_path: Path) -> None:
    """R-A8: a rotation announces a key; it signs, the old one verifies, then is over and leaves the file."""
    keys = kept(tmp_path)
    assert states(told(keys, NOW, "list")) == ["signs"]
    assert states(told(keys, NOW, "rotate")) == ["signs", "announced"]
    begun = NOW + ANNOUNCED
    assert states(listed(keys.current(), begun)) == ["verifies", "signs"]
    ended = begun + TOKEN_LIFETIME + MARGIN
    assert states(listed(keys.current(), ended)) == ["over", "signs"]
    assert states(rotate(keys, ended)) == ["signs", "announced"]


def test_a_stolen_key_is_gone_at_once(tmp_path: Path) -> None:
    """R-A8: after a theft no token of the old keys is good any more, and the new one signs at once."""
    keys = kept(tmp_path)
    tokens, viewer = Tokens(keys, "x"), Viewer(Role.supplier, new_id(), new_id())
    old = tokens.issue(viewer, NOW)
    assert tokens.read(old, NOW) == viewer
    assert states(rotate(keys, NOW, compromised=True)) == ["signs"]
    assert len(keys.current().keys) == 1
    assert tokens.read(tokens.issue(viewer, NOW), NOW + timedelta(seconds=1)) == viewer
    assert old.partition(".")[0] != tokens.issue(viewer, NOW).partition(".")[0]
