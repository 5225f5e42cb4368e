"""Whether a draft can be published now, what keeps it from that, and what its supplier can do with it."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.errors import Issue
from domain.listings import CardAction
from execution.fields import stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.errors import described, message

Plain = Mapping[str, Any]
strawberry.enum(CardAction, name="CardAction", description="Acts of a supplier on a card.")


@value(description="Something that would refuse publishing a draft now.")
class ListingObstacle:
    """`path` points into the draft."""

    code: str = stored()
    path: list[str] = stored()
    message: str = stored(description="For a person, in the language asked for.")


@value(description="An act on a card, and whether its status lets it be done now.")
class AllowedCardAction:
    """Ask before you show a button; what else keeps a card from being published, obstacles tell."""

    action: CardAction = stored()
    allowed: bool = stored()
    reason: str | None = stored(description="Code of the reason why not.")
    reason_text: str | None = stored()


@value(description="What is to be done with a card later.")
class ListingSchedule:
    """A change of the content drops the publication; the withdrawal stays."""

    version: int = stored(description="The version of the card that it was made for.")
    publish_at: datetime | None = stored()
    withdraw_at: datetime | None = stored()


async def obstacles(context: Context, records: Sequence[Plain]) -> list[list[Row]]:
    """What would refuse publishing each draft now."""
    found = await gather(*(acts.obstacles(context, dict(row)) for row in records))
    return [[_told(context, issue) for issue in issues] for issues in found]


async def allowed_actions(context: Context, records: Sequence[Plain]) -> list[list[Row]]:
    """What can be done with each draft."""
    rows = [dict(row) for row in records]
    found = await acts.allowed_actions(context, rows)
    return [
        [_action(context, row, action, code) for action, code in refused.items()]
        for row, refused in zip(rows, found, strict=True)
    ]


def _told(context: Context, issue: Issue) -> Row:
    return described(issue, context.language)


def _action(context: Context, draft: Plain, action: CardAction, code: str | None) -> Row:
    said = message(code, context.language, {"status": draft["status"]}) if code else None
    return {"action": action, "allowed": code is None, "reason": code, "reason_text": said}
