from datetime import UTC, datetime

from domain.evidence import CONTENT_CHANGED, Recheck, digest
from domain.texts import catalogue


def test_a_recheck_holds_without_a_code() -> None:
    """R-D2: Evidence holds when its check has nothing to object, and every objection has a text."""
    at = datetime(2025, 5, 20, tzinfo=UTC)
    assert Recheck(None, at, digest(b"x"), (at, None)).holds
    assert not Recheck(CONTENT_CHANGED, at, digest(b"x"), (at, None)).holds
    assert set(catalogue()[f"errors.{CONTENT_CHANGED}"]) == {"kk", "ru", "en"}


def test_the_digest_is_sha_256() -> None:
    """R-D2: Papers name one another by SHA-256, so that anyone can compute the name."""
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
