"""Development only: a page that signs with a demo person's certificate, and a clock that can be set."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

Door = Callable[[Request], Awaitable[Response]]
Sign = Callable[[str, bytes, str], bytes]
"""(demo person, content, "auth" or "sign") → CMS; KeyError for an unknown person."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody whose certificate this development server holds."""

    name: str
    identifier: str
    about: str


@dataclass(frozen=True, slots=True)
class DevelopmentTools:
    """What the development doors need from the assembly."""

    people: Sequence[DemoPerson]
    sign: Sign
    now: Callable[[], datetime]
    set_clock: Callable[[datetime], None]


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign as a demo person</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
label {{ display: block; margin-top: 1rem; font-weight: 600 }}
select, textarea, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .4rem }}
textarea {{ font-family: ui-monospace, monospace; font-size: .85rem }}
</style>
<h1>Sign as a demo person</h1>
<p>Development only. Paste the <code>content</code> of a challenge, an application or an act;
copy the signature back.</p>
<form method="post">
<label for="person">Person</label>
<select id="person" name="person">{people}</select>
<label for="key">Certificate</label>
<select id="key" name="key">
<option value="auth"{auth}>for signing in</option><option value="sign"{sign}>for documents</option></select>
<label for="content">Content (Base64)</label>
<textarea id="content" name="content" rows="8" required>{content}</textarea>
<p><button>Sign</button></p>
</form>
{result}
</html>"""

RESULT = """<label for="cms">Signature (CMS, Base64)</label>
<textarea id="cms" rows="10" readonly>{cms}</textarea>
<h2>What was signed</h2><pre style="white-space: pre-wrap">{text}</pre>"""


def development_routes(tools: DevelopmentTools) -> list[Route]:
    """/dev/sign for a person and for programs, /dev/clock, /dev/people."""

    async def page(request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(_page(tools, request.query_params.get("person", ""), "auth", "", ""))
        form = dict(parse_qsl((await request.body()).decode()))
        person, key, content = (form.get(name, "") for name in ("person", "key", "content"))
        return _signed_page(tools, person, key, content)

    async def sign(request: Request) -> Response:
        asked = await request.json()
        content = base64.b64decode(asked["content"], validate=True)
        cms = tools.sign(asked["person"], content, asked.get("key", "auth"))
        return JSONResponse({"cms": base64.b64encode(cms).decode()})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            _set_clock(tools, await request.json())
        return JSONResponse({"now": tools.now().isoformat()})

    async def people(_request: Request) -> Response:
        return JSONResponse(
            [{"name": p.name, "identifier": p.identifier, "about": p.about} for p in tools.people]
        )

    return [
        Route("/dev/sign", page, methods=["GET", "POST"]),
        Route("/dev/sign.json", _careful(sign), methods=["POST"]),
        Route("/dev/clock", _careful(clock), methods=["GET", "POST"]),
        Route("/dev/people", people),
    ]


_UNREADABLE = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
"""What reading a request raises that isn't ours; JSON, UTF-8 and Base64 tell it by a ValueError."""


def _careful(door: Door) -> Door:
    """The door with 400 for whatever it can't read."""

    async def read(request: Request) -> Response:
        try:
            return await door(request)
        except _UNREADABLE as error:
            return JSONResponse({"code": "BAD_REQUEST", "message": type(error).__name__}, 400)

    return read


def _set_clock(tools: DevelopmentTools, asked: dict[str, str | int]) -> None:
    """`now` sets the instant, `days` moves it, `reset` follows the machine again."""
    if "now" in asked:
        instant = datetime.fromisoformat(str(asked["now"]))
        if instant.tzinfo is None:  # would be written for every process, and none could compare with it
            raise ValueError("an instant without an offset")
        tools.set_clock(instant)
    else:
        tools.set_clock(
            tools.now() + timedelta(days=int(asked.get("days", 0)), seconds=int(asked.get("seconds", 0)))
        )


def _signed_page(tools: DevelopmentTools, person: str, key: str, content: str) -> Response:
    try:
        plain = base64.b64decode("".join(content.split()), validate=True)
        cms = base64.b64encode(tools.sign(person, plain, key)).decode()
    except (KeyError, ValueError):
        said = '<p role="alert">The content is not Base64, or there is no such person.</p>'
        return HTMLResponse(_page(tools, person, key, content, said), 400)
    shown = RESULT.format(cms=cms, text=escape(plain.decode(errors="replace")))
    return HTMLResponse(_page(tools, person, key, content, shown))


def _page(tools: DevelopmentTools, person: str, key: str, content: str, result: str) -> str:
    people = "".join(
        f'<option value="{escape(one.name)}"{_selected(one.name == person)}>{escape(one.about)}</option>'
        for one in tools.people
    )
    chosen = {name: _selected(key == name) for name in ("auth", "sign")}
    return PAGE.format(people=people, content=escape(content), result=result, **chosen)


def _selected(chosen: bool) -> str:  # noqa: FBT001 - one attribute of one element
    return " selected" if chosen else ""
