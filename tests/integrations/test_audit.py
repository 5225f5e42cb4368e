"""The audit's own key: what it signs opens with the public part only, and nothing else does."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from integrations.audit import ALGORITHM, HeadKeys, fresh_head_keys
from integrations.keys import kept


def test_public_part_opens_but_does_not_sign(tmp_path: Path) -> None:
    """R-J2: a head is verified elsewhere with the public key, which can't sign another one."""
    keys = HeadKeys(kept(tmp_path / "audit.json", fresh_head_keys))
    public = tmp_path / "public.json"
    public.write_bytes(keys.public())
    elsewhere = HeadKeys.from_file(public)
    assert elsewhere.opened(keys.sign(b"head")) == b"head"
    assert b'"d"' not in keys.public()
    with pytest.raises(JoseError):
        elsewhere.sign(b"head")


def test_rotated_key_opens_what_the_old_one_signed() -> None:
    """The first key of the set signs; heads of the keys after it stay good."""
    old, new = (KeySet.import_key_set(json.loads(fresh_head_keys())) for _ in range(2))
    both = HeadKeys(_saved([*new.keys, *old.keys]))
    assert both.opened(HeadKeys(_saved(old.keys)).sign(b"old")) == b"old"
    assert HeadKeys(_saved(new.keys)).opened(both.sign(b"new")) == b"new"


def test_anything_else_is_refused() -> None:
    """R-J2: another key's signature, a changed one, none at all, and one for another purpose are refused."""
    saved = fresh_head_keys()
    keys, signed = HeadKeys(saved), HeadKeys(saved).sign(b"head")
    key = KeySet.import_key_set(json.loads(saved)).keys[0]
    token = jws.serialize_compact(
        {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}, b"head", key, algorithms=[ALGORITHM]
    )
    for wrong in (
        HeadKeys(fresh_head_keys()).sign(b"head"),
        signed[:-3] + "AAA",
        "",
        "None",
        token,
        signed[1:],
    ):
        with pytest.raises(ValueError):
            keys.opened(wrong)


def _saved(keys: Sequence[Key]) -> bytes:
    return json.dumps(KeySet(list(keys)).as_dict(private=True)).encode()
