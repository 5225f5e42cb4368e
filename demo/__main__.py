"""The commands of the Makefile: `make token`, `make sign`, `make demo`."""

import argparse
import asyncio
import base64
import binascii
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.people import Part, Person
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
    try:
        print(asyncio.run(_work(url, asked)))
    except Unreachable:
        print(f"No server answers at {url}. Start one: PORT={asked.port} make run", file=sys.stderr)
        return 1
    except (Problem, LookupError, OSError, binascii.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _work(url: str, asked: argparse.Namespace) -> str:
    if asked.command == "token":
        return await token(url, asked.who)
    content = base64.b64decode(asked.content, validate=True) if asked.content else asked.file.read_bytes()
    return await sign(url, asked.who, content, asked.key)


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
    return parser


if __name__ == "__main__":
    sys.exit(main())
