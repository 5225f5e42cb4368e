"""Every door of the server: GraphQL, partners, keys, health, and the tools of a development profile."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from prometheus_client.registry import Collector
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from assembly import Development, Portal
from documents.base import AWAY, database
from documents.reads import recording
from documents.watching import is_watched
from execution.answers import AnswerCache
from execution.documents import Rules
from execution.http import GraphQLDoor, Sharing
from execution.http import Settings as DoorSettings
from execution.manifests import faults, manifest_in
from execution.problems import unexpected
from execution.schema import Schema
from execution.trusted import Trusted, anybody, none_but_known
from resolvers.context import Context, system_context
from schema.doors import Doors
from schema.nodes import global_id
from schema.portal import message, portal_schema, systems_only
from settings import Settings
from web.caches import CacheFigures
from web.development import DemoPerson, DevelopmentTools, development_routes
from web.development_oidc import development_oidc_routes
from web.files import file_routes
from web.graphiql import graphiql_page, static_route
from web.health import health_routes
from web.imports import import_routes
from web.keys import key_routes
from web.oauth import oauth_routes
from web.partners import partner_routes
from web.plans import PlanFigures
from web.simulator import simulator_routes
from web.staff import staff_routes

log = logging.getLogger("komek")


def application(portal: Portal) -> Starlette:
    """Every door of the server."""
    doors, development = Doors(portal.services), portal.development
    schema = _schema(portal.settings)
    graphql = GraphQLDoor(
        schema,
        doors.of_request,
        doors,
        settings=DoorSettings(allowed_origins=portal.settings.allowed_origins),
        message=message,
        page=_graphiql if development else None,
        sharing=_sharing(portal, doors),
    )
    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=None),
        WebSocketRoute("/graphql", graphql),
        *health_routes(_is_ready, *_figures(portal, schema, graphql)),
        *key_routes(lambda: portal.services.tokens.public(portal.services.clock())),
        *partner_routes(partial(_arrived, portal), tokens=portal.settings.partners_need_tokens),
        *oauth_routes(partial(_arrived, portal)),
        *staff_routes(partial(_arrived, portal)),
        *import_routes(partial(_arrived, portal), partial(global_id, "import_file")),
        *file_routes(partial(_arrived, portal), global_id),
    ]
    routes += _development_routes(development) if development else []
    return Starlette(routes=routes, exception_handlers=unexpected(message, AWAY))


def _arrived(portal: Portal, request: Request) -> Context:
    """The context of a request that is not GraphQL, with the address it came from."""
    address = request.client.host if request.client else None
    return replace(system_context(portal.services), address=address)


def _schema(settings: Settings) -> Schema:
    """The schema with the manifest of trusted documents; warns of those that it doesn't answer any more."""
    manifest = manifest_in(settings.documents_manifest)
    free = {"off": anybody, "first_party": systems_only, "only": none_but_known}[settings.trust]
    rules = Rules(trusted=Trusted(manifest, free), introspection=settings.introspective)
    schema = portal_schema(rules, compiled=settings.compiled)
    for fault in faults(manifest.texts, schema.graphql, rules.limits):
        log.warning("a trusted document doesn't fit the schema: %s", fault)
    schema.learn(manifest.texts.values())
    return schema


def _sharing(portal: Portal, doors: Doors) -> Sharing | None:
    """Answers that are the same for every visitor are kept, unless that is switched off."""
    settings = portal.settings
    if not settings.response_cache:
        return None
    answers = AnswerCache(settings.response_cache_megabytes * 2**20)
    portal.watcher.join(answers)
    return Sharing(answers, doors.scope, recording, is_watched)


def _figures(portal: Portal, schema: Schema, graphql: GraphQLDoor) -> Iterator[Collector]:
    """What /metrics tells beside the process itself."""
    if schema.plans is not None:
        yield PlanFigures(schema.plans.counts)
    answers = graphql.sharing.answers if graphql.sharing else None
    yield CacheFigures(portal.watcher, answers, portal.services.entities)


def _development_routes(development: Development) -> list[BaseRoute]:
    cast = development.cast
    people = [DemoPerson(name, one.identifier, f"{name}: {one.about}") for name, one in cast.members.items()]
    tools = DevelopmentTools(people, cast.sign, development.clock, development.clock.set)
    return [
        Route("/", lambda _request: RedirectResponse("/graphql")),
        static_route(),
        *development_routes(tools),
        *simulator_routes(development.simulator),
        *(development_oidc_routes(development.oidc) if development.oidc else ()),
    ]


async def _graphiql(request: Request) -> Response:
    return graphiql_page(request.headers.get("host", ""))


async def _is_ready() -> bool:
    try:
        return bool(await database().command("ping"))
    except PyMongoError:
        return False
