"""Settings from outside: what is wrong with them is told by name, and nothing that was given is repeated."""

import pytest

from settings import settings_given


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "near by"),
        ("PROFILE", "prod"),
        ("MASTER_KEY", "5a5a-not-quite-a-key"),
        ("OLDER_MASTER_KEYS", '["5a5a-not-quite-a-key"]'),
        ("ROOTS", '["/nowhere/at-all.der"]'),
        ("ROOTS", "/nowhere/at-all.der"),
        ("RATE_LIMITS", '{"sign_in_begin": "seldom"}'),
        ("DOCUMENTS_MANIFEST", "/nowhere/at-all.json"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """R-L: an operator reads which setting is wrong and why; a key that was mistyped stands in no log."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=r".") as wrong:
        settings_given()
    said = str(wrong.value)
    assert name in said.upper()
    assert not [part for part in ("5a5a", "nowhere", "seldom", "near by") if part in said]


def test_what_is_empty_was_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-L: docker-compose.yml hands over what an operator left out as nothing: the default holds."""
    for name in ("RATE_LIMITS", "OCSP_URL", "MASTER_KEY", "INTROSPECTION", "LOCK_OUT"):
        monkeypatch.setenv(name, "")
    given = settings_given()
    assert (given.master_key, given.ocsp_url, given.introspection, given.rate_limits) == (
        None,
        None,
        None,
        {},
    )
