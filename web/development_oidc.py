"""Development only: the pages and endpoints of the small OpenID provider, under /development/oidc."""

from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from integrations.development_oidc import Answer, DevelopmentProvider

PREFIX = "/development/oidc"
LARGEST = 16 * 1024
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in as demo staff</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
button {{ font: inherit; width: 100%; text-align: left; padding: .5rem; margin: .2rem 0 }}
</style>
<h1>Sign in as demo staff</h1>
<p>Development only: the portal's own small OpenID provider. Everybody here is made up.</p>
<form method="post" action="{action}">{people}</form>
</html>"""


def development_oidc_routes(provider: DevelopmentProvider) -> list[Route]:
    """Discovery, keys, the page with one button an employee, and the token endpoint."""

    async def discovery(_request: Request) -> Response:
        return JSONResponse(provider.discovery())

    async def keys(_request: Request) -> Response:
        return JSONResponse(provider.jwks())

    async def authorize(request: Request) -> Response:
        parameters = dict(request.query_params)
        if request.method == "POST":
            chosen = (await _form(request)).get("subject", "")
            return _sent(provider.authorize(parameters, chosen))
        answer = provider.question(parameters)
        return HTMLResponse(_page(provider, request)) if answer is None else _sent(answer)

    async def token(request: Request) -> Response:
        headers = {name.title(): value for name, value in request.headers.items()}
        return _sent(provider.exchange(await _form(request), headers))

    return [
        Route(f"{PREFIX}/.well-known/openid-configuration", discovery),
        Route(f"{PREFIX}/keys", keys),
        Route(f"{PREFIX}/authorize", authorize, methods=["GET", "POST"]),
        Route(f"{PREFIX}/token", token, methods=["POST"]),
    ]


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body())[:LARGEST].decode(errors="replace")))


def _page(provider: DevelopmentProvider, request: Request) -> str:
    people = "".join(
        f'<button name="subject" value="{escape(one.subject)}">{escape(one.about)}</button>'
        for one in provider.people.values()
    )
    again = urlencode(list(request.query_params.multi_items()))
    return PAGE.format(action=escape(f"?{again}"), people=people)


def _sent(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers)
    return JSONResponse(answer.body, answer.status, headers)
