"""A client of the portal as anybody could write one: GraphQL over HTTP, and tokens."""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from tests.api.server import PAUSE

ERRORS = """... on Error { code path message }
... on InvalidInput { issues { code path message } }
... on VersionConflict { expected actual steps { version act by } changes { path label before { text } after { text } } }
... on RateLimited { retryAfter }"""
SIGNED_IN = """accessToken refreshToken expiresIn current
capacities { index role subject onBehalf region name }"""
SESSIONS = "sessions { id current device network certificate label role onBehalf startedAt expiresAt }"
DRAFT = "draft { id version status publishedVersion }"
REVIEW = "review { id version status cardVersion remarks { path text } appeal }"
ORDER = "order { id status version measure { id status } act { content } }"

ACTS: dict[str, tuple[str, str]] = {
    "signInBegin": ("SignInChallenge", "challengeId content text expiresAt"),
    "signInComplete": ("SignedIn", SIGNED_IN),
    "signInStaff": ("SignedIn", SIGNED_IN),
    "signInRefresh": ("SignedIn", SIGNED_IN),
    "signInActAs": ("SignedIn", SIGNED_IN),
    "participantEmailChange": ("ContactCodeSent", "expiresAt"),
    "participantErase": ("ParticipantErased", "erasedAt"),
    "sessionRevoke": ("SessionsChanged", SESSIONS),
    "sessionRevokeOthers": ("SessionsChanged", SESSIONS),
    "fileTicket": ("FileTicketIssued", "uploadUrl fileId size expiresAt"),
    "listingCreate": ("ListingCreated", DRAFT),
    "listingEdit": ("ListingEdited", DRAFT),
    "listingRestore": ("ListingRestored", DRAFT),
    "listingPublish": ("ListingPublished", DRAFT),
    "listingWithdraw": ("ListingWithdrawn", DRAFT),
    "categoryChange": ("CategoryChanged", "category { id version current } job { id status work total }"),
    "listingsImport": ("ImportBegun", "job { id status }"),
    "listingsExport": ("ExportBegun", "job { id status }"),
    "capacitySet": ("CapacitySet", "draft { id capacityVersion }"),
    "listingPersonErase": ("ListingPersonErased", DRAFT),
    "listingSchedule": ("ListingScheduled", f"{DRAFT[:-1]} schedule {{ version publishAt withdrawAt }} }}"),
    **dict.fromkeys(("listingApprove", "listingReturn", "listingAppeal"), ("ListingReviewed", REVIEW)),
    "measureActivateChoice": ("MeasureChoiceActivated", "measure { id status }"),
    "noticeTaskComplete": ("NoticeTaskCompleted", "task { id open }"),
    "orderPrepare": ("OrderPrepared", "application { id quantity document { content text } }"),
    "orderPlace": ("OrderPlaced", ORDER),
    **{
        f"order{act}": ("OrderChanged", ORDER)
        for act in ("Accept", "Decline", "Cancel", "Start", "Approve", "Refuse", "Reimburse", "SignAct")
    },
}
"""Mutation → its payload type and what to ask of it."""

_INPUTS = dict.fromkeys(("listingPublish", "listingWithdraw"), "ListingVersionInput") | {
    "orderSignAct": "OrderSignActInput",
    **dict.fromkeys(("orderDecline", "orderRefuse"), "OrderReasonInput"),
    **dict.fromkeys(
        (f"order{act}" for act in ("Accept", "Cancel", "Start", "Approve", "Reimburse")), "OrderInput"
    ),
}


def input_type(act: str) -> str:
    """The input type of a mutation."""
    return _INPUTS.get(act, f"{act[0].upper()}{act[1:]}Input")


def document(act: str) -> str:
    """The text of a mutation with everything its answer can hold."""
    payload, fields = ACTS[act]
    head = f"mutation($input: {input_type(act)}!) {{ {act}(input: $input)"
    return f"{head} {{ __typename {ERRORS} ... on {payload} {{ {fields} }} }} }}"


def key() -> str:
    """An idempotency key that nobody used."""
    return secrets.token_hex(12)


def coined(beginning: str) -> str:
    """A word that nobody used, and all of it its stem: endings of Russian and Kazakh words have vowels."""
    return beginning + "".join("бвжзклмнпрстфхцч"[int(digit, 16)] for digit in secrets.token_hex(4)) + "щ"


async def changed(before: Any, read: Callable[[], Awaitable[Any]]) -> Any:
    """What is read once it is not what it was before: answers are kept until they are told of."""
    async with asyncio.timeout(10):
        while (found := await read()) == before:
            await asyncio.sleep(PAUSE)
    return found


def base64_of(content: bytes) -> str:
    """Bytes as clients send them."""
    return base64.b64encode(content).decode()


@dataclass
class Client:
    """Somebody at the portal; anonymous without a token."""

    http: httpx2.AsyncClient
    token: str | None = None
    language: str = "en"
    signed_in: Mapping[str, Any] = field(default_factory=dict)

    def speaking(self, language: str) -> Self:
        """The same person asking in another language."""
        return type(self)(self.http, self.token, language, self.signed_in)

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        said = {"Accept-Language": self.language}
        return said | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    async def send(self, query: str, **variables: object) -> httpx2.Response:
        """The bare answer to an operation."""
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=self.headers)

    async def ask(self, query: str, **variables: object) -> Any:
        """The whole answer of an operation: `data` and `errors`."""
        answer = await self.send(query, **variables)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, query: str, **variables: object) -> Any:
        """The data of a query that goes well."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def errors(self, query: str, **variables: object) -> list[dict[str, Any]]:
        """What the errors of a refused query say: their extensions."""
        answer = await self.ask(query, **variables)
        return [error["extensions"] | {"said": error["message"]} for error in answer["errors"]]

    async def act(self, name: str, **given: object) -> Any:
        """The answer of a mutation, payload or typed error; acts with a key get a fresh one."""
        known = {} if name.startswith("signIn") else {"idempotencyKey": key()}
        answer = await self.ask(document(name), input=known | given)
        assert "errors" not in answer, answer
        return answer["data"][name]

    async def done(self, name: str, **given: object) -> Any:
        """The payload of a mutation that goes well."""
        answer = await self.act(name, **given)
        assert answer["__typename"] == ACTS[name][0], answer
        return answer
