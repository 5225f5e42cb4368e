"""Master keys: what they wrap they open, and nobody else does."""

from pathlib import Path

import pytest

from integrations.keys import MasterKey, kept

KEY = MasterKey(b"k" * 32)


def test_a_wrapped_key_opens_for_its_owner_only() -> None:
    """R-J1: a data key opens under the same master key, for the same owner, unchanged, and else never."""
    wrapped = KEY.wrap(b"secret", b"owner")
    assert KEY.unwrap(wrapped, b"owner") == b"secret"
    assert b"secret" not in wrapped
    changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    tries = [(KEY, wrapped, b"other"), (MasterKey(b"o" * 32), wrapped, b"owner"), (KEY, changed, b"owner")]
    for key, what, owner in tries:
        with pytest.raises(ValueError, match="does not open"):
            key.unwrap(what, owner)


def test_keys_of_indexes_differ_by_label() -> None:
    """R-J1: each blind index has a key of its own, the same each time."""
    assert KEY.index_key("iin") == MasterKey.from_hex("6b" * 32).index_key("iin") != KEY.index_key("supplier")


@pytest.mark.parametrize("secret", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_size(secret: bytes) -> None:
    """R-J1: a master key has 32 bytes."""
    with pytest.raises(ValueError, match="instead of 32"):
        MasterKey(secret)


def test_a_key_on_a_laptop(tmp_path: Path) -> None:
    """R-J1: the key file is made once, for its owner alone, and found again."""
    file = tmp_path / "keys" / "master"
    first = MasterKey.from_file(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert MasterKey.from_file(file).index_key("x") == first.index_key("x")
    assert [each.name for each in file.parent.iterdir()] == ["master"]


def test_two_processes_make_one_file(tmp_path: Path) -> None:
    """R-J1: whoever is second takes what the first one made."""
    file = tmp_path / "master"

    def while_another_makes_it() -> bytes:
        file.write_bytes(b"first")
        return b"second"

    assert kept(file, while_another_makes_it) == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["master"]
