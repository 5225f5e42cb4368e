"""What messages and logs keep: types, names and places, never a value."""

import asyncio
import logging
import sys

import pytest

from execution.masking import Reticent, place, reticent

IIN = "900101300123"


def failed() -> BaseException:
    """An exception that carries a number."""
    try:
        int(f"x{IIN}")
    except ValueError as error:
        return error
    raise AssertionError


def test_a_log_keeps_type_and_places_of_an_exception() -> None:
    """R-J1: a traceback in the log has no text of the exception, for every logger of the process."""
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "said", None, (ValueError, failed(), None))
    written = Reticent("%(levelname)s %(message)s").format(record)
    assert written.startswith("ERROR said\nValueError\n  ")
    assert written.endswith(" failed")
    assert IIN not in written
    assert Reticent().formatException((None, None, None)) == ""
    assert sys.exc_info() == (None, None, None)


async def test_a_loop_that_finds_an_exception_keeps_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """R-J1: asyncio's own report of a lost exception would have its text and its task's arguments."""
    loop = asyncio.get_running_loop()
    reticent(loop, {"message": "Task exception was never retrieved", "exception": failed(), "task": IIN})
    reticent(loop, {"message": "something else"})
    assert "Task exception was never retrieved: ValueError" in caplog.text
    assert "something else" in caplog.text
    assert IIN not in caplog.text


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (
            "Variable '$input' has invalid value at .card.regions[2]: String cannot …",
            ["input", "card", "regions", "2"],
        ),
        ("Variable '$input' has invalid value: Value '.a.b' …", ["input"]),
        ("Argument 'first' has invalid value: …", ["first"]),
        ("Too many errors processing variables", []),
    ],
)
def test_places_in_variables(message: str, path: list[str]) -> None:
    """R-K: the path of a coercion error leads into the variables as the client wrote them."""
    assert place(message) == path
