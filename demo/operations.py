"""The operations of the demonstration, kept in a file that any GraphQL client can read."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("operations.graphql")
_BEGINS = re.compile(r"^(?:query|mutation|subscription) (\w+)", re.MULTILINE)


@cache
def operations() -> dict[str, str]:
    """Every operation by its name."""
    text = FILE.read_text("utf-8")
    starts = [*_BEGINS.finditer(text)]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    return {found[1]: text[found.start() : end].strip() for found, end in zip(starts, ends, strict=True)}


def operation(name: str) -> str:
    """The text of one operation; KeyError for a name that is not in the file."""
    return operations()[name]
