"""GraphiQL works in a real browser that reaches nothing but this server."""

import hashlib
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from graphql import parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from execution.http import GraphQLDoor
from execution.schema import Schema
from schema.portal import portal_schema
from tests.execution import sample
from tests.execution.server import Port, context, present, serving
from tests.web.chromium import Tab, tab
from web.graphiql import DEFAULT_QUERY, STATIC, graphiql_page, static_route

EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
SHOWN = ".graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror"
HEADERS = f"document.querySelector('{SHOWN}').CodeMirror"
RUN = "document.querySelector('.graphiql-execute-button').click()"
ANSWER = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"


async def page(request: Request) -> Response:
    """The page with a query of the sample."""
    return graphiql_page(request.headers["host"], query="{viewer}")


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server with the sample schema and GraphiQL."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription, presenter=present)
    door = GraphQLDoor(schema, context, Port(), page=page)
    routes = [Route("/graphql", door, methods=None), WebSocketRoute("/graphql", door), static_route()]
    async with serving(Starlette(routes=routes)) as served:
        yield served


@pytest.fixture
async def graphiql(address: str, tmp_path: Path) -> AsyncIterator[Tab]:
    """A tab that shows GraphiQL."""
    async with tab(tmp_path / "profile") as opened:
        await opened.open(f"http://{address}/graphql")
        await opened.until("!!document.querySelector('.graphiql-query-editor .CodeMirror')")
        yield opened


@pytest.mark.web
async def test_graphiql_runs_queries_and_subscriptions_offline(graphiql: Tab, address: str) -> None:
    """R-K: the page asks with the editor's headers and listens over a socket, all from this server."""
    assert await graphiql.run(f"{EDITOR}.getValue()") == "{viewer}"
    await graphiql.run(f'{HEADERS}.setValue(\'{{"Authorization": "zhanar"}}\')')
    await graphiql.run(RUN)
    await graphiql.until(f'{ANSWER}.includes(\'"viewer": "zhanar"\')')

    await graphiql.run(f"{EDITOR}.setValue('subscription {{counting(to: 3)}}')")
    await graphiql.until(f"{EDITOR}.documentAST.definitions[0].operation === 'subscription'")
    await graphiql.run(RUN)
    await graphiql.until(f"{ANSWER}.includes('\"counting\": 2')")

    reached = {urlsplit(each) for each in graphiql.addresses}
    assert {each.netloc for each in reached if each.scheme != "data"} == {address}
    assert {each.scheme for each in reached} >= {"http", "ws"}
    assert graphiql.complaints == []


@pytest.mark.web
async def test_graphiql_knows_the_schema(graphiql: Tab) -> None:
    """The introspection query passes the limits, so that the documentation opens."""
    await graphiql.until("!!document.querySelector('[aria-label=\"Show Documentation Explorer\"]')")
    await graphiql.run("document.querySelector('[aria-label=\"Show Documentation Explorer\"]').click()")
    await graphiql.until("document.body.innerText.includes('Subscription')")


async def test_the_bundle_is_the_pinned_one() -> None:
    """The files are those of the packages named in BUNDLE.toml, with their licences beside them."""
    folder = STATIC / "graphiql"
    ours = {"page.js", "page.css", "BUNDLE.toml"}
    pinned: set[str] = set()
    for package in tomllib.loads((folder / "BUNDLE.toml").read_text()).values():
        licence = package.pop("licence").split(", ")[1]
        assert "MIT" in (folder / licence).read_text()
        files = {name: digest for name, digest in package.items() if name != "version"}
        for name, digest in files.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        pinned |= {licence, *files}
    assert {each.name for each in folder.iterdir()} == pinned | ours


async def test_the_page_names_no_address_outside() -> None:
    """Page, policy and our own script hold no address of another server, whatever the Host header says."""
    for host in ("portal.example", "x; script-src *"):
        shown = graphiql_page(host, query='<script>"')
        text = bytes(shown.body).decode() + (STATIC / "graphiql" / "page.js").read_text()
        assert "http://" not in text
        assert "https://" not in text
        assert "<script>" not in text.split("<body>")[1].split("<script src")[0]
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert ("wss://portal.example" in policy) == (host == "portal.example")
        assert "*" not in policy


def test_the_first_query_is_one_of_the_portal() -> None:
    """What GraphiQL opens with can be played as it stands, by whoever has not signed in."""
    assert validate(portal_schema().graphql, parse(DEFAULT_QUERY)) == []
