"""GraphiQL for development, served whole from `web/static`: it works without any other network."""

from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"

DEFAULT_QUERY = """\
# Press Play: the catalogue needs no sign-in.
# The rest does: `make token AS=participant`
# prints a token; below, under Headers, write
# {"Authorization": "Bearer …"}
# Subscriptions send the same headers.

query Catalogue {
  listings(
    first: 3
    sort: PRICE_ASC
    filter: { text: "коляска", region: "71" }
  ) {
    totalCount
    nodes {
      title { text }
      price { text }
      category { name { text } }
      supplier { name { text } }
    }
  }
}
"""

# 'unsafe-inline' for styles only: CodeMirror places its lines by style attributes.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Kömek GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{static}/graphiql.min.css">
    <link rel="stylesheet" href="{static}/page.css">
  </head>
  <body>
    <div id="graphiql" data-endpoint="{endpoint}" data-query="{query}"></div>
    <script src="{static}/react.production.min.js"></script>
    <script src="{static}/react-dom.production.min.js"></script>
    <script src="{static}/graphiql.min.js"></script>
    <script src="{static}/page.js"></script>
  </body>
</html>
"""


def graphiql_page(
    host: str, *, endpoint: str = "/graphql", static: str = "/static/graphiql", query: str = DEFAULT_QUERY
) -> HTMLResponse:
    """The page; `host` is the request's Host header, whose sockets the page may open, and nobody else's."""
    page = _PAGE.format(static=escape(static), endpoint=escape(endpoint), query=escape(query))
    sockets = " ".join(f"{scheme}://{host}" for scheme in ("ws", "wss")) if _is_host(host) else ""
    headers = {
        "Content-Security-Policy": _POLICY.format(sockets=sockets),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, headers=headers)


def static_route(path: str = "/static") -> Mount:
    """The route of the files in `web/static`."""
    return Mount(path, StaticFiles(directory=STATIC), name="static")


def _is_host(host: str) -> bool:
    return all(sign.isalnum() or sign in ".-:[]" for sign in host)
