"""What is left to choose in the demonstration: ids for the first steps of whoever has just started it."""

from documents import listings, participants
from documents.base import Id, Row
from documents.cursors import Window
from documents.measures import queries
from domain.measures import MeasureStatus
from domain.search import CatalogueFilter
from workers.seed.named import DEMO_PARTICIPANT

PREFERRED = "wheelchairs_manual"
_ALL = 100


async def open_choice() -> tuple[Id, Id] | None:
    """(measure, listing): an open measure of DEMO_PARTICIPANT, the wheelchair if it is, and a card for it."""
    person = await participants.by_iin(DEMO_PARTICIPANT.iin)
    if person is None:
        return None
    page = await queries.listed({"participant": {"$eq": person["_id"]}}, first=_ALL, cursor=None)
    found = [row for row in page.rows if row["status"] == MeasureStatus.choice_open]
    for measure in sorted(found, key=lambda row: row["category"] != PREFERRED):
        listing = await _listing(measure)
        if listing is not None:
            return measure["_id"], listing["_id"]
    return None


async def _listing(measure: Row) -> Row | None:
    """The cheapest card of the measure's category in its region."""
    wanted = CatalogueFilter(category=measure["category"], region=measure["region"])
    page = await listings.catalogue_page(wanted, listings.CatalogueSort.price_asc, Window(1))
    return page.rows[0] if page.rows else None
