"""Development only: doors of the simulated partners, an inbox that a person can read, faults on demand."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from domain.errors import DomainError
from integrations.simulator import Down, Faults, MeasureWish, Simulator
from web.bodies import body_of

Shape = TypeVar("Shape", bound=BaseModel)
LARGEST = 64 * 1024
_KEY_LENGTH = 200
_NO_SCRIPTS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}

_PAGE = """<!doctype html>
<html lang="kk">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SMS, e-mail — Kömek</title>
<style>
body {{ font: 1.125rem/1.5 sans-serif; color: #111; background: #fff }}
main {{ max-width: 44rem; margin: 0 auto; padding: 1rem }}
ol {{ list-style: none; padding: 0 }}
article {{ border: 2px solid #555; border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1rem }}
h2 {{ font-size: 1.125rem; margin: 0 }}
p {{ margin: .5rem 0 0; white-space: pre-wrap }}
</style>
</head>
<body>
<main>
<h1>SMS, e-mail: <span>хабарламалар</span> ·
<span lang="ru">сообщения</span> · <span lang="en">messages</span></h1>
<p role="status">{count} · development only, the newest first</p>
<ol>
{messages}
</ol>
</main>
</body>
</html>
"""
_MESSAGE = """<li><article>
<h2>{phone}</h2>
<time datetime="{at}">{shown}</time>
<p lang="{language}">{text}</p>
</article></li>"""


def simulator_routes(simulator: Simulator) -> list[Route]:
    """What lies under /simulator: never to be opened outside of development."""
    doors = _Doors(simulator)
    return [
        Route("/simulator/sms", doors.sms, methods=["POST"]),
        Route("/simulator/mail", doors.mail, methods=["POST"]),
        Route("/simulator/inbox", doors.inbox),
        Route("/simulator/inbox.json", doors.inbox_json),
        Route("/simulator/esobes", doors.report, methods=["POST"]),
        Route("/simulator/esobes.json", doors.esobes_json),
        Route("/simulator/esobes/measures", doors.measures, methods=["POST"]),
        Route("/simulator/faults", doors.faults),
        Route("/simulator/faults", doors.set_faults, methods=["POST"]),
    ]


class _Doors:
    """One method a door."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def sms(self, request: Request) -> Response:
        return await _taken(request, self._simulator.take_sms)

    async def mail(self, request: Request) -> Response:
        return await _taken(request, self._simulator.take_mail)

    async def report(self, request: Request) -> Response:
        return await _taken(request, self._simulator.take_report)

    async def measures(self, request: Request) -> Response:
        wish = await _read(request, MeasureWish)
        if isinstance(wish, Response):
            return wish
        try:
            return JSONResponse({"messageId": await self._simulator.send_measure(wish)}, 202)
        except ValidationError as error:
            return _unreadable(error)

    async def faults(self, _request: Request) -> Response:
        return JSONResponse((await self._simulator.faults()).model_dump())

    async def set_faults(self, request: Request) -> Response:
        wanted = await _read(request, Faults)
        if isinstance(wanted, Response):
            return wanted
        await self._simulator.set_faults(wanted)
        return JSONResponse(wanted.model_dump())

    async def inbox(self, _request: Request) -> Response:
        return HTMLResponse(_page(await self._simulator.inbox()), headers=_NO_SCRIPTS)

    async def inbox_json(self, _request: Request) -> Response:
        return JSONResponse({"messages": await self._simulator.inbox()})

    async def esobes_json(self, _request: Request) -> Response:
        return JSONResponse(await self._simulator.esobes())


async def _taken(request: Request, take: Callable[[str, bytes], Awaitable[str]]) -> Response:
    """A partner's answer: 202 with its own id, 400 or 413 for what it can't read, 503 when it is down."""
    key = request.headers.get("idempotency-key", "")
    body = await body_of(request, LARGEST)
    if body is None:
        return JSONResponse({"error": "too large"}, 413)
    if not 0 < len(key) <= _KEY_LENGTH:
        return JSONResponse({"error": "no Idempotency-Key"}, 400)
    try:
        return JSONResponse({"id": await take(key, body)}, 202)
    except Down:
        return JSONResponse({"error": "down"}, 503)
    except ValidationError as error:
        return _unreadable(error)
    except DomainError as error:
        return JSONResponse({"error": error.code}, 400)


async def _read(request: Request, shape: type[Shape]) -> Shape | Response:
    body = await body_of(request, LARGEST)
    if body is None:
        return JSONResponse({"error": "too large"}, 413)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        return _unreadable(error)


def _unreadable(error: ValidationError) -> Response:
    issues = [{"path": list(one["loc"]), "problem": one["msg"]} for one in error.errors()]
    return JSONResponse({"error": "unreadable", "issues": issues}, 400)


def _page(messages: list[dict[str, Any]]) -> str:
    shown = [
        _MESSAGE.format(
            phone=escape(one["phone"]),
            at=escape(one["at"]),
            shown=escape(one["at"][:19].replace("T", " ")) + " UTC",
            language=escape(one["language"]),
            text=escape(one["text"]),
        )
        for one in messages
    ]
    return _PAGE.format(count=len(messages), messages="\n".join(shown))
