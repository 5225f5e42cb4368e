"""Reads docs/first-steps.md as printed and does what it says: blocks in their order, marks filled in."""

import re
from dataclasses import dataclass, field
from typing import Any

_BLOCK = re.compile(r"^```(\w+)\n(.*?)\n```|^- («\w+») is (?:`([\w.]+)`)?", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"«(\w+)»")


@dataclass(frozen=True, slots=True)
class Block:
    """A command, an operation, its variables or headers: what stands in one fence."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A name for what the step before gave: all of it, or what lies at a path in its answer."""

    name: str
    path: str | None


@dataclass(slots=True)
class Reader:
    """Somebody who follows the text; `marks` is what they have noted so far."""

    marks: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """The text with every mark replaced by what was noted for it; KeyError for one not yet known."""
        return _MARK.sub(lambda found: self.marks[found[1]], text)

    def note(self, mark: Mark, answer: Any) -> None:
        """Keep what a step gave."""
        for step in mark.path.split(".") if mark.path else ():
            answer = answer[step]
        self.marks[mark.name] = str(answer)


def parts(text: str) -> list[Block | Mark]:
    """The fences and the marks of the text, in their order."""
    found: list[Block | Mark] = []
    for match in _BLOCK.finditer(text):
        language, body, mark, path = match.groups()
        found.append(Block(language, body) if language else Mark(mark.strip("«»"), path))
    return found
