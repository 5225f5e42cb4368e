"""The first story, its second half: a second order is fulfilled, signed for by both, and reimbursed."""

from typing import Any

from demo import choosing
from demo.run import Run, Step


async def place_second(run: Run) -> None:
    """The other card this time."""
    await choosing.place(run, "second", "A", run.cards["С"]["published"]["id"])


async def accept(run: Run) -> None:
    """The supplier takes the order."""
    await _changed(run, "supplier", "OrderAccept", "accepted")


async def start(run: Run) -> None:
    """Fulfilment begins, and with it there is an act to sign."""
    await _changed(run, "supplier", "OrderStart", "in_fulfilment")


async def sign_as_supplier(run: Run) -> None:
    """One signature leaves the order where it is."""
    await _sign(run, "supplier")
    run.act_signed("second")


async def sign_as_participant(run: Run) -> None:
    """With the second signature the portal hands over and submits by itself."""
    await _sign(run, "participant")
    run.act_signed("second")
    run.order_changed("second", "handed_over")
    run.order_changed("second", "submitted")


async def approve(run: Run) -> None:
    """The executive body of the region approves."""
    await _changed(run, "executive_body", "OrderApprove", "approved")


async def reimburse(run: Run) -> None:
    """The guaranteed sum is paid to the supplier, and the measure is fulfilled."""
    await _changed(run, "executive_body", "OrderReimburse", "reimbursed")
    run.measure_changed("A", "fulfilled")


async def twin(run: Run) -> None:
    """Е-Собес knows what became of its measure."""
    told = (await run.company.server.get("/simulator/esobes.json"))["measures"][run.measures["A"].number]
    run.say(f"{told['status']} after {len(told['reports'])} reports, in order: {told['in_order']}")
    for order, status in told["orders"].items():
        run.say(f"order {order}: {status}")


async def check_evidence(run: Run) -> None:
    """Each signature is checked again, offline, as of the time it was made."""
    for identifier in run.orders["second"].evidence:
        checked = await run.who("participant").ask("VerifyEvidence", {"id": identifier})
        run.say(f"evidence {identifier}: {'holds' if checked['holds'] else checked['reason']}")


async def _changed(run: Run, who: str, operation: str, status: str) -> None:
    order = run.orders["second"]
    said = await run.who(who).act(operation, run.key(operation), orderId=order.identifier)
    run.say(f"the order is {said['order']['status']}")
    run.order_changed("second", status)


async def _sign(run: Run, who: str) -> None:
    person, entry = run.who(who), run.orders["second"]
    act: Any = await person.ask("Act", {"id": entry.identifier})
    cms = await person.sign(act["act"]["content"])
    said = await person.act("OrderSignAct", run.key(f"act-{who}"), orderId=entry.identifier, cms=cms)
    entry.evidence = said["order"]["evidenceIds"]
    run.say(f"{len(entry.evidence)} signatures are kept; the order is {said['order']['status']}")


FULFILLING: tuple[Step, ...] = (
    ("The participant chooses the other card, signs and orders", place_second),
    ("The supplier accepts", accept),
    ("The supplier begins", start),
    ("The supplier signs the act of handing over", sign_as_supplier),
    ("The participant signs it too: handed over and submitted", sign_as_participant),
    ("The executive body approves", approve),
    ("The executive body reimburses: the measure is fulfilled", reimburse),
    ("Е-Собес has been told everything, in order", twin),
    ("Every signature can be checked later", check_evidence),
)
