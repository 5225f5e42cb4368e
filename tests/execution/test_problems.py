"""What no door expects is a problem like any other: typed for the client, without a value for the log."""

import logging

import pytest

from tests.execution.conftest import Library
from tests.execution.test_http import post, problem

IIN = "900101300123"


async def test_what_nobody_expects_is_a_typed_500(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """R-J1: an exception outside of an operation is INTERNAL with a reference; its text is nowhere."""
    with caplog.at_level(logging.ERROR, "execution"):
        refused = await post(
            library, '{"query": "{viewer}"}', authorization="unreadable", accept_language="kk"
        )
    assert problem(refused) == (500, "INTERNAL", [])
    assert refused.json()["message"] == "INTERNAL kk"
    assert refused.headers["x-reference"] in caplog.text
    assert "ZeroDivisionError in http" in caplog.text
    said = "".join(record.getMessage() for record in caplog.records if record.name == "execution")
    assert IIN not in refused.text + said


async def test_what_is_away_is_a_typed_503(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """R-L: an exception that tells of something absent is UNAVAILABLE, with a time to try again."""
    refused = await post(library, '{"query": "{viewer}"}', authorization="away")
    assert problem(refused) == (503, "UNAVAILABLE", [])
    assert refused.headers["retry-after"] == "1"
    assert "not available: Away in http" in caplog.text
    assert IIN not in caplog.text
