"""The programs that are measured: how each is started, and why it can't be where something is missing."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from settings import Settings
from tests.benches.server import ROOT

NODE = Path(__file__).with_name("node")
PACKAGES = ROOT / ".data" / "bench-packages"
_OWN = {"WORKER": "separate", "RESPONSE_CACHE": "false"}


@dataclass(frozen=True, slots=True)
class Program:
    """A server: the portal itself where `command` is empty; `settings` join its environment."""

    name: str
    command: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None
    """The setting that the row is about."""

    @property
    def lack(self) -> str | None:
        """What is missing here to start it."""
        if not self.command:
            is_known = self.needs is None or self.needs.lower() in Settings.model_fields
            return None if is_known else f"this portal has no setting {self.needs}"
        if self.command[0] == "node":
            if shutil.which("node") is None:
                return "Node is missing: sudo apt-get install nodejs npm"
            return None if (NODE / "node_modules").is_dir() else "its packages are missing: npm"
        if self.name == "ariadne" and not (PACKAGES / "ariadne").is_dir():
            return "Ariadne is missing: make bench-peers installs it"
        return None


def _python(name: str, module: str, **settings: str) -> Program:
    return Program(name, (sys.executable, "-m", f"tests.benches.peers.{module}"), settings)


def _node(name: str) -> Program:
    return Program(name, ("node", str(NODE / f"{name}.mjs")))


OURS = Program("ours", (), _OWN)
HAND = _python("handwritten", "handwritten")
PROGRAMS = (
    OURS,
    Program("ours-uncached", (), {**_OWN, "ENTITY_CACHE": "false"}, "ENTITY_CACHE"),
    Program("ours-cached", (), {**_OWN, "RESPONSE_CACHE": "true"}, "RESPONSE_CACHE"),
    HAND,
    _python("strawberry", "plain_strawberry"),
    _python("ariadne", "ariadne_peer", PYTHONPATH=str(PACKAGES)),
    _node("apollo"),
    _node("yoga"),
    _node("mercurius"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table: a program, where it is asked, and which row it is compared with."""

    name: str
    program: Program
    prefix: str | None = None
    """Before the question's route; None for GraphQL."""
    baseline: str = "hand-written"
    routes: Sequence[str] = ("page", "one", "suppliers")
    is_checked: bool = True
    """Whether its answers must equal ours."""

    def path(self, route: str) -> str:
        """Where the question is posted."""
        return "/graphql" if self.prefix is None else f"{self.prefix}/{route}"


_BY_NAME = {program.name: program for program in PROGRAMS}
BASELINE = Target("hand-written", HAND, "")
FOUND = "hand-written, suppliers by a find"
BARE = Target("the find alone", HAND, "/bare", is_checked=False)
STATIC = Target(
    "prepared bytes", HAND, "/static", baseline="prepared bytes", routes=("page",), is_checked=False
)
CACHED = Target("ours, from the response cache", _BY_NAME["ours-cached"], None, "prepared bytes", ("page",))
REFERENCE = Target("ours", OURS)
TARGETS = (
    REFERENCE,
    Target("ours, without the entity cache", _BY_NAME["ours-uncached"], None, FOUND),
    BASELINE,
    Target(FOUND, HAND, "/find", routes=("page", "one")),
    BARE,
    Target("Strawberry, plain, with Beanie", _BY_NAME["strawberry"]),
    Target("Ariadne, tuned", _BY_NAME["ariadne"]),
    Target("Apollo Server", _BY_NAME["apollo"]),
    Target("GraphQL Yoga", _BY_NAME["yoga"]),
    Target("Mercurius with JIT", _BY_NAME["mercurius"]),
)
