"""Master keys: what they wrap they open, and nobody else does."""

from pathlib import Path

import pytest

from integrations.keys import MasterKey, kept

KEY = MasterKey(b"k" * 32)


async def test_a_wrapped_key_opens_for_its_owner_only() -> None:
    """R-J1: a data key opens under the same master key, for the same owner, unchanged, and else never."""
    wrapped = await KEY.wrap(b"secret", b"owner")
    assert await KEY.unwrap(wrapped, b"owner") == b"secret"
    assert b"secret" not in wrapped
    changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    for what, owner in ((wrapped, b"other"), (changed, b"owner")):
        with pytest.raises(ValueError, match="does not open"):
            await KEY.unwrap(what, owner)


async def test_a_wrapped_key_names_its_master_key() -> None:
    """R-J1: what an older master key wrapped opens while that key is at hand; the new one wraps."""
    wrapped = await KEY.wrap(b"secret", b"owner")
    both = MasterKey(b"n" * 32, b"k" * 32)
    assert await both.unwrap(wrapped, b"owner") == b"secret"
    assert wrapped[1:9].hex() == KEY.kid != both.kid == MasterKey(b"n" * 32).kid
    assert (await both.wrap(b"secret", b"owner"))[1:9].hex() == both.kid
    for strange in (wrapped, b"\x01" + wrapped[1:], b""):
        with pytest.raises(ValueError, match="not here"):
            await MasterKey(b"n" * 32).unwrap(strange, b"owner")


def test_keys_from_the_environment() -> None:
    """R-J1: the current key and older ones come as hexadecimal digits."""
    assert MasterKey.from_hex("6b" * 32).kid == KEY.kid == MasterKey.from_hex("6b" * 32, ["6e" * 32]).kid


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
    assert MasterKey.from_file(file).kid == first.kid
    assert [each.name for each in file.parent.iterdir()] == ["master"]


def test_two_processes_make_one_file(tmp_path: Path) -> None:
    """R-J1: whoever is second takes what the first one made."""
    file = tmp_path / "master"

    def while_another_makes_it() -> bytes:
        file.write_bytes(b"first")
        return b"second"

    assert kept(file, while_another_makes_it) == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["master"]


async def test_a_file_of_several_keys(tmp_path: Path) -> None:
    """R-J1: the first key of a file is the current one, the others still open what they wrapped."""
    file = tmp_path / "master"
    file.write_bytes(b"n" * 32 + b"k" * 32)
    keys = MasterKey.from_file(file, ["6f" * 32])
    assert keys.kid == MasterKey(b"n" * 32).kid
    for older in (KEY, MasterKey(b"o" * 32)):
        assert await keys.unwrap(await older.wrap(b"secret", b"owner"), b"owner") == b"secret"
    for broken in (b"", b"n" * 33):
        file.write_bytes(broken)
        with pytest.raises(ValueError, match="instead of 32"):
            MasterKey.from_file(file)
