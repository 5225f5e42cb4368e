"""EXPERIMENTAL. Asks a process of its own to compute with GOST keys: see `gost_worker`."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from domain.signatures import Refusal, SignatureRefused

SECONDS: Final = 20.0
_WORKER: Final = Path(__file__).with_name("gost_worker.py")

Question = Mapping[str, str]
Command = Sequence[str]
WORKER: Final[Command] = (sys.executable, "-I", str(_WORKER))
"""Isolated: neither environment nor working folder decides what is imported."""


def digest_of(data: bytes) -> Question:
    """The question for the Streebog digest of data."""
    return {"do": "digest", "data": _text(data)}


def signature_of(key: bytes, data: bytes, signature: bytes) -> Question:
    """The question whether a signature over data is by the key (x|y, 128 bytes)."""
    return {"do": "verify", "key": _text(key), "data": _text(data), "signature": _text(signature)}


class GostProcess:
    """Starts a process for a few questions, and kills it when it takes longer than `seconds`.

    Blocks: call it from a thread. Anything but clear answers to all is SIGNATURE_CHECK_UNAVAILABLE.
    """

    def __init__(self, *, seconds: float = SECONDS, command: Command = WORKER) -> None:
        self._seconds = seconds
        self._command = tuple(command)

    def digests(self, several: Sequence[bytes]) -> list[bytes]:
        """The Streebog digests of several data."""
        answers = self._asked([digest_of(data) for data in several])
        try:
            return [base64.b64decode(str(answer["digest"]), validate=True) for answer in answers]
        except (KeyError, ValueError) as error:
            raise SignatureRefused(Refusal.unavailable) from error

    def hold(self, questions: Sequence[Question]) -> bool:
        """Whether every signature asked about holds; a key or signature of another shape does not."""
        return all(answer == {"holds": True} for answer in self._asked(questions))

    def _asked(self, questions: Sequence[Question]) -> list[dict[str, object]]:
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        try:
            done = subprocess.run(
                self._command,
                input=lines.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._seconds,
                check=True,
                env={},  # the master key is in ours
            )
            answers = [json.loads(line) for line in done.stdout.splitlines()]
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise SignatureRefused(Refusal.unavailable) from error
        if len(answers) != len(questions) or not all(isinstance(answer, dict) for answer in answers):
            raise SignatureRefused(Refusal.unavailable)
        return answers


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
