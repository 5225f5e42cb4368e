"""The partners' side of the contracts: what they take in, what they send to the portal, and how they fail."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx2

from domain.canonical import canonical_bytes
from domain.measures import Programme
from domain.time import Clock
from integrations.esobes import MessageType, Report, ReportType, Statement
from integrations.signatures import signed_content
from integrations.simulator.journal import Entry, Journal, Transaction
from integrations.simulator.wishes import Faults, MailWish, MeasureWish, SmsWish

log = logging.getLogger(__name__)

POLL = 0.3
RETRY = timedelta(seconds=1)
FINAL = range(200, 500)
"""Answers after which a message isn't sent again: taken, or refused for what it is."""
_SIGNED = b"\x30"
"""A CMS begins with a SEQUENCE, a JSON object with a brace."""


class Down(Exception):
    """The partner is switched off by a fault."""


class Simulator:
    """Both partners over one journal; `sign` makes Е-Собес's signed messages, `portal` is their door.

    `queue` is how long an activated measure waits in the general queue (p. 10) before it is sent again.
    """

    def __init__(
        self,
        journal: Journal,
        sign: Callable[[bytes], bytes],
        client: httpx2.AsyncClient,
        portal: str,
        now: Clock,
        *,
        queue: timedelta = timedelta(seconds=2),
    ) -> None:
        self._journal = journal
        self._sign = sign
        self._client = client
        self._portal = portal
        self._now = now
        self._queue = queue
        self._stopping = asyncio.Event()

    async def take_sms(self, key: str, body: bytes) -> str:
        """The gateway takes a text message; its number. Down, or pydantic's ValidationError."""
        sms = SmsWish.model_validate_json(body)
        return f"sms-{await asyncio.to_thread(self._take_text, key, sms.model_dump())}"

    async def take_mail(self, key: str, body: bytes) -> str:
        """The gateway takes an e-mail; its number. It lies in the same inbox, under the address."""
        mail = MailWish.model_validate_json(body)
        shown = {"to": mail.to, "text": f"{mail.subject}\n{mail.text}", "language": mail.language}
        return f"mail-{await asyncio.to_thread(self._take_text, key, shown)}"

    def _take_text(self, key: str, said: Mapping[str, str]) -> int:
        with self._journal.transaction() as journal:
            if _faults(journal).sms_down:
                raise Down
            return journal.add_sms(key, said, self._now())

    async def take_report(self, key: str, body: bytes) -> str:
        """Е-Собес takes a report, signed or plain; its number. Down, SignatureRefused or ValidationError."""
        content = signed_content(body) if body.startswith(_SIGNED) else body
        return await asyncio.to_thread(self._take_report, key, Report.model_validate_json(content))

    def _take_report(self, key: str, report: Report) -> str:
        with self._journal.transaction() as journal:
            if _faults(journal).esobes_down:
                raise Down
            number, new = journal.add_report(key, report.model_dump(mode="json"), self._now())
            if new and report.type is ReportType.activation_requested:
                self._reactivate(journal, report.measure)
            return f"report-{number}"

    def _reactivate(self, journal: Transaction, measure: str) -> None:
        known = journal.measure(measure)
        if known is None:
            log.debug("simulator: an activation of a measure that Е-Собес never stated")
            return
        statement = known | {"revision": known["revision"] + 1}
        self._post(journal, statement, MessageType.measure_reactivated, None, self._queue)

    async def send_measure(self, wish: MeasureWish) -> str:
        """Let Е-Собес state a measure to the portal; the message's identifier, or ValidationError."""
        return await asyncio.to_thread(self._send_measure, wish)

    def _send_measure(self, wish: MeasureWish) -> str:
        with self._journal.transaction() as journal:
            known = journal.measure(wish.id) or {"revision": 0}
            said = wish.model_dump(mode="json", exclude_unset=True, exclude={"type", "message_id"})
            statement = known | said | {"revision": known["revision"] + 1}
            checked = Statement.model_validate_json(json.dumps(statement))
            type_ = wish.type or _usual(checked)
            return self._post(journal, checked.model_dump(mode="json"), type_, wish.message_id, timedelta())

    async def know(self, statement: Statement) -> None:
        """Let Е-Собес know a measure that reached the portal another way, e.g. with demonstration data."""
        await asyncio.to_thread(self._know, statement.model_dump(mode="json"))

    def _know(self, statement: Mapping[str, Any]) -> None:
        with self._journal.transaction() as journal:
            journal.state(statement)

    def _post(
        self,
        journal: Transaction,
        statement: Mapping[str, Any],
        type_: MessageType,
        message_id: str | None,
        wait: timedelta,
    ) -> str:
        name = message_id or f"{statement['id']}.{statement['revision']}"
        message = {
            "contract": "komek.esobes/1",
            "message_id": name,
            "type": type_.value,
            "sent_at": self._now().isoformat(),
            "measure": dict(statement),
        }
        journal.state(statement)
        late = timedelta(seconds=_faults(journal).late)
        journal.post(name, canonical_bytes(message), self._now() + wait + late)
        return name

    async def run(self) -> None:
        """Send what is due until `stop`; what the portal hasn't answered is sent again."""
        while not self._stopping.is_set():
            await self.send_due()
            try:
                await asyncio.wait_for(self._stopping.wait(), POLL)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Finish what is being sent and let `run` return."""
        self._stopping.set()

    async def send_due(self) -> int:
        """Send every message whose time has come, each once; how many there were."""
        faults, due = await asyncio.to_thread(self._due)
        for message in due:
            await self._send(message, faults)
        return len(due)

    def _due(self) -> tuple[Faults, list[Entry]]:
        with self._journal.transaction() as journal:
            faults = _faults(journal)
            return faults, journal.due(self._now(), newest_first=faults.out_of_order)

    async def _send(self, message: Entry, faults: Faults) -> None:
        cms = self._sign(message["body"])
        if faults.wrong_signature:
            await self._note(message, await self._posted(_broken(cms)), final=False)
        if faults.twice:
            await self._note(message, await self._posted(cms), final=False)
        status = await self._posted(cms)
        await self._note(message, status, final=status in FINAL)

    async def _posted(self, cms: bytes) -> int:
        """The portal's status, 0 when it couldn't be reached."""
        try:
            answer = await self._client.post(
                self._portal, content=cms, headers={"Content-Type": "application/pkcs7-mime"}
            )
        except httpx2.TransportError:
            return 0
        return answer.status_code

    async def _note(self, message: Entry, status: int, *, final: bool) -> None:
        await asyncio.to_thread(self._answered, message["message_id"], str(status), final)

    def _answered(self, message_id: str, answer: str, final: bool) -> None:  # noqa: FBT001 - run in a thread
        with self._journal.transaction() as journal:
            journal.answered(message_id, answer, done=final, next_at=self._now() + RETRY)

    async def inbox(self) -> list[Entry]:
        """All text messages, the newest first."""
        return await asyncio.to_thread(self._inbox)

    def _inbox(self) -> list[Entry]:
        with self._journal.transaction() as journal:
            return journal.sms()

    async def esobes(self) -> Entry:
        """What Е-Собес holds: each measure's fulfilment as told by the reports, and the messages sent."""
        return await asyncio.to_thread(self._esobes)

    def _esobes(self) -> Entry:
        with self._journal.transaction() as journal:
            return {"measures": _fulfilment(journal.reports()), "sent": journal.outgoing()}

    async def faults(self) -> Faults:
        """The faults that are switched on."""
        return await asyncio.to_thread(self._read_faults)

    def _read_faults(self) -> Faults:
        with self._journal.transaction() as journal:
            return _faults(journal)

    async def set_faults(self, faults: Faults) -> None:
        """Switch faults on and off; they last until changed, over restarts."""
        await asyncio.to_thread(self._set_faults, faults)

    def _set_faults(self, faults: Faults) -> None:
        with self._journal.transaction() as journal:
            journal.set_faults(faults.model_dump())


def _faults(journal: Transaction) -> Faults:
    return Faults(**journal.faults())


def _usual(statement: Statement) -> MessageType:
    elderly = statement.programme is Programme.elderly_services
    return MessageType.services_recommended if elderly else MessageType.measure_assigned


def _broken(cms: bytes) -> bytes:
    """The same message with a signature that doesn't fit: its last bit is turned."""
    return cms[:-1] + bytes([cms[-1] ^ 1])


def _fulfilment(reports: list[Entry]) -> dict[str, Entry]:
    """By measure: the reports as they arrived, whether that is the order of sending, and what holds now."""
    found: dict[str, Entry] = {}
    for report in reports:
        body = report["body"]
        measure = found.setdefault(
            body["measure"],
            {"status": None, "cycle": 0, "orders": {}, "in_order": True, "deliveries": 0, "reports": []},
        )
        measure["reports"].append({**body, "deliveries": report["deliveries"]})
        measure["in_order"] &= body["sequence"] == len(measure["reports"])
        measure["deliveries"] += report["deliveries"]
        measure |= {"status": body["status"], "cycle": body["cycle"]}
        if body["order"] is not None:
            measure["orders"][body["order"]["id"]] = body["order"]["status"]
    return found
