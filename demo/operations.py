"""The operations of the demonstration, kept in a file that any GraphQL client can read."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("operations.graphql")
_BEGINS = re.compile(r"^(?:query|mutation|subscription|fragment) (\w+)", re.MULTILINE)
_USES = re.compile(r"\.\.\.(\w+)")


@cache
def definitions() -> dict[str, str]:
    """Every operation and fragment by its name."""
    text = FILE.read_text("utf-8")
    starts = [*_BEGINS.finditer(text)]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    return {found[1]: text[found.start() : end].strip() for found, end in zip(starts, ends, strict=True)}


@cache
def operation(name: str) -> str:
    """The text of one operation with the fragments it uses; KeyError for a name that is not in the file."""
    known = definitions()
    return "\n\n".join([known[name], *(known[used] for used in _USES.findall(known[name]))])
