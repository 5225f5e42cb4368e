"""What everybody should know of the portal itself."""

from documents.base import Row
from documents.reference import reference_value
from domain.time import ASTANA
from resolvers.context import Context


async def service_status(ctx: Context) -> Row:
    """The portal's time and where to call; operational notices join when content is published."""
    here = ctx.now.astimezone(ASTANA)
    phone = await reference_value("contact_centre", "phone", here.date())
    return {"now": here, "contact_centre_phone": phone["value"] if phone else None}
