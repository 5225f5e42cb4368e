"""Measures of the demonstration: Е-Собес states them, people see them in their cabinets."""

import asyncio
from datetime import timedelta
from typing import Any

from demo.company import PAUSE
from demo.ledger import MeasureEntry
from demo.run import Run


async def assign(run: Run, name: str, owner: str, category: str, title: str) -> None:
    """Let Е-Собес state a measure for whoever `owner` acts for; it opens, and an SMS goes out."""
    person = run.who(owner)
    participant = (await person.ask("Cabinet"))["participant"]
    today = (await run.company.server.now()).date()
    number = f"ES-{today.year}-{run.number}-{name}"
    entry = MeasureEntry(number)
    wish = {
        "id": number,
        "message_id": f"{number}.1",
        "iin": participant["iin"],
        "name": {"ru": f"{title}, ИПАР № {run.number}"},
        "programme": "individual_programme",
        "programme_date": (today - timedelta(days=7)).isoformat(),
        "term": (today + timedelta(days=730)).isoformat(),
        "direction": "tsr_sale",
        "category": category,
        "quantity": 1,
        "region": participant["region"],
    }
    await run.company.server.post("/simulator/esobes/measures", wish)
    run.measures[name] = entry
    entry.identifier = await _identifier(run, owner)
    run.company.ledger.measures.append(entry)
    run.measure_changed(name, "choice_open", "choice_open", owner=owner)  # opened, and told by SMS
    entry.sms.append("1:choice_open")


async def shown(run: Run, name: str, owner: str = "participant") -> Any:
    """The measure as its owner sees it now."""
    return await run.who(owner).ask("Measure", {"id": run.measures[name].identifier})


async def until_status(run: Run, name: str, status: str) -> None:
    """Wait until the cabinet shows a status that others bring about."""
    async with asyncio.timeout(run.company.patience):
        while (await shown(run, name))["status"] != status:
            await asyncio.sleep(PAUSE)


async def _identifier(run: Run, owner: str) -> str:
    """The measure in its owner's cabinet, once it has arrived there."""
    known = {entry.identifier for entry in run.measures.values()}
    async with asyncio.timeout(run.company.patience):
        while True:
            cabinet = await run.who(owner).ask("Measures")
            for one in cabinet["measures"]["nodes"]:
                if run.number in one["name"]["text"] and one["id"] not in known:
                    return str(one["id"])
            await asyncio.sleep(PAUSE)
