"""What everybody should know of the portal itself."""

from collections.abc import Sequence

from documents.base import Row
from documents.reference import reference_rows, reference_value
from domain.time import ASTANA
from resolvers.context import Context


async def service_status(ctx: Context) -> Row:
    """The portal's time and where to call; operational notices join when content is published."""
    here = ctx.now.astimezone(ASTANA)
    phone = await reference_value("contact_centre", "phone", here.date())
    return {"now": here, "contact_centre_phone": phone["value"] if phone else None}


RULED = ("goods_kind", "replacement_term", "annual_quota", "period_quota", "day_limit")
"""Types of reference data that say something of a category."""


async def terms_of(ctx: Context, codes: Sequence[str]) -> list[list[Row]]:
    """The rows in force today about each category, in the order of `RULED`."""
    today = ctx.now.astimezone(ASTANA).date()
    found: dict[str, list[Row]] = {code: [] for code in codes}
    for rule in RULED:
        for row in await reference_rows(rule, today):
            if row["code"] in found:
                found[row["code"]].append(row)
    return [found[code] for code in codes]
