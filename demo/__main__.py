"""The commands of the Makefile: `make token`, `make sign`, `make demo`."""

import argparse
import asyncio
import base64
import binascii
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.chaos import KINDS
from demo.company import TooLong
from demo.people import Part, Person
from demo.performance import perform, perform_at
from demo.server import Problem, Server, Unreachable

ROLES = ("participant", "supplier", "executive_body", "contact_centre", "administrator", "authorised_body")
PARTS = {
    "guardian": Part("participant", on_behalf=True),
    "elderly": Part("participant"),
    "assistant": Part("supplier"),
}
"""Others of the demonstration whose name is not their role."""


async def token(url: str, name: str) -> str:
    """An access token of a demo person, through the real sign-in."""
    async with Server(url) as server:
        return await Person(server, name, PARTS.get(name)).token()


async def sign(url: str, name: str, content: bytes, key: str) -> str:
    """CMS in Base64 of a demo person over the content."""
    async with Server(url) as server:
        return await server.sign(name, content, key)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what it gives goes to stdout, everything else to stderr."""
    asked = _parser().parse_args(arguments)
    url = f"http://127.0.0.1:{asked.port}"
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.default_int_handler)  # what was started is stopped, too
    try:
        return asyncio.run(_work(url, asked))
    except Unreachable as error:
        print(f"{error}. Start a server: PORT={asked.port} make run", file=sys.stderr)
        return 1
    except (Problem, TooLong, LookupError, OSError, binascii.Error) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _work(url: str, asked: argparse.Namespace) -> int:
    if asked.command == "story":
        return await (perform_at(asked.url, asked.times) if asked.url else perform(asked.kill, asked.times))
    if asked.command == "token":
        print(await token(url, asked.who))
        return 0
    content = base64.b64decode(asked.content, validate=True) if asked.content else asked.file.read_bytes()
    print(await sign(url, asked.who, content, asked.key))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    commands = parser.add_subparsers(dest="command", required=True)
    people = (*ROLES, *PARTS)
    tokens = commands.add_parser("token", help="print an access token")
    tokens.add_argument("--as", dest="who", required=True, choices=people)
    signing = commands.add_parser("sign", help="print a signature (CMS, Base64)")
    signing.add_argument("--as", dest="who", required=True, choices=people)
    signing.add_argument("--key", choices=("sign", "auth"), default="sign")
    content = signing.add_mutually_exclusive_group(required=True)
    content.add_argument("--file", type=Path, help="sign the bytes of this file, as they are")
    content.add_argument("--content", help="sign the bytes that this Base64 stands for")
    _add_story(commands.add_parser("story", help="tell the whole story"))
    return parser


def _add_story(story: argparse.ArgumentParser) -> None:
    story.add_argument("--kill", choices=KINDS, help="kill this after each step and start it again")
    story.add_argument("--times", type=int, default=1, help="how often the story is told")
    story.add_argument("--url", help="tell it to this server instead of starting one; its clock will move")


if __name__ == "__main__":
    sys.exit(main())
