"""A supplier's listings: drafted, edited under an expected version, published; and the catalogue of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from auth.policy import require, require_visible
from auth.visibility import sees, visible
from documents import categories, listings, suppliers
from documents.base import Id, Row
from documents.cursors import Page
from documents.events import emit
from documents.listings import CatalogueSort, Listing
from documents.reference import reference_rows
from domain.categories import Category, CharacteristicValue, as_answers, check_answers
from domain.errors import InvalidInput, Issue, NotFound, Path, Refused, VersionConflict, invalid
from domain.feeds import supplier_topic
from domain.listings import Card, ListingAction, ListingStatus, advance, check_card, content_hash
from domain.search import CatalogueFilter, check_conditions
from domain.time import ASTANA
from resolvers.acts import once
from resolvers.context import Context
from resolvers.suppliers import require_trading

Texts = Mapping[str, str | None]
OWN, PUBLISHED = "ListingDraft.read", "Listing.read"
COUNTED = 1_000
"""Totals are exact up to here; beyond, a number serves nobody and costs the same again."""

_COPIED = (
    "supplier", "direction", "category", "definition_version", "title", "description", "price", "regions",
    "characteristics", "documents", "people", "version", "content_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CardInput:
    """What a supplier writes on a card; price in tiyn for one unit."""

    title: Texts
    description: Texts
    price: int | None = None
    regions: Sequence[str] = ()
    characteristics: Sequence[Mapping[str, Any]] = field(default=())


async def create(ctx: Context, category: str, card: CardInput, key: str) -> Row:
    """A new draft in a category whose direction is open to the supplier; version 1."""
    found = await categories.current(category)
    if found is None:
        raise invalid("UNKNOWN_CATEGORY", "input", "category")
    definition = categories.definition(found)
    content = await _content(ctx, definition, card)

    async def work() -> Row:
        supplier = await _entitled(ctx, definition)
        draft = listings.ListingDraft(
            supplier=supplier["_id"],
            direction=definition.direction,
            category=definition.code,
            definition_version=definition.version,
            created_at=ctx.now,
            updated_at=ctx.now,
            **content,
        )
        return await listings.create_draft(draft)

    return await once(ctx, "listingCreate", key, {"category": category, "card": asdict(card)}, work)


async def edit(ctx: Context, listing: Id, expected: int, card: CardInput, key: str) -> Row:
    """Replace a draft's content if it still has the version the client saw; the published card stays."""
    draft = await _own_draft(ctx, "Mutation.listingEdit", listing)
    content = await _content(ctx, await _definition(draft), card)

    async def work() -> Row:
        return await _saved(listing, expected, content | {"updated_at": ctx.now})

    request = {"listing": str(listing), "expectedVersion": expected, "card": asdict(card)}
    return await once(ctx, "listingEdit", key, request, work)


async def publish(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Show the draft in the catalogue: complete, valid, and of the version the client saw."""
    await _own_draft(ctx, "Mutation.listingPublish", listing)

    async def work() -> Row:
        draft = await _standing(listing, expected)
        definition = await _definition(draft)
        await _entitled(ctx, definition)
        await _content(ctx, definition, _card_of(definition, draft), complete=True)
        shown = {"status": _advanced(draft, ListingAction.publish), "published_version": expected + 1}
        saved = await _saved(listing, expected, shown)
        await listings.publish(_snapshot(ctx, definition, saved))
        return await _told(ctx, draft, saved)

    return await once(ctx, "listingPublish", key, _version(listing, expected), work)


async def withdraw(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Take the card off the catalogue; the draft stays."""
    await _own_draft(ctx, "Mutation.listingWithdraw", listing)

    async def work() -> Row:
        draft = await _standing(listing, expected)
        saved = await _saved(listing, expected, {"status": _advanced(draft, ListingAction.withdraw)})
        await listings.withdraw(listing)
        return await _told(ctx, draft, saved)

    return await once(ctx, "listingWithdraw", key, _version(listing, expected), work)


async def catalogue(
    ctx: Context,
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    first: int,
    after: str | None,
    keys: Collection[str] | None = None,
    *,
    cursors: bool = True,
) -> Page:
    """One page of the published listings that the viewer may see; InvalidInput for what can't be asked.

    With `keys` the rows have these and what the page needs itself, `cursors` if so.
    """
    if wanted.category is not None:
        await _check_conditions(ctx, wanted, wanted.category)
    shown = _shown(ctx, keys, cursors=cursors)
    return await listings.catalogue_page(wanted, sort, first=first, after=after, **shown)


def _shown(ctx: Context, keys: Collection[str] | None, *, cursors: bool) -> Row:
    """What is read of published listings, and which of them the viewer may see."""
    projection = None if keys is None else dict.fromkeys(keys, 1)
    return {"projection": projection, "cursors": cursors, "where": visible(ctx.viewer, PUBLISHED)}


async def _check_conditions(ctx: Context, wanted: CatalogueFilter, category: str) -> None:
    """Every condition names a filterable characteristic of the category, of the type it asks about."""
    row = await ctx.loaders.category(category)
    if row is None:
        raise invalid("UNKNOWN_CATEGORY", "filter", "category")
    key = row["code"], row["version"]
    known = categories.remembered([key]) or await categories.by_versions([key])
    check_conditions(known[key], wanted)


async def total(ctx: Context, wanted: CatalogueFilter) -> int:
    """How many published listings that the viewer may see answer the question, counted up to `COUNTED`."""
    return await listings.count(wanted, COUNTED, visible(ctx.viewer, PUBLISHED))


async def total_of_supplier(ctx: Context, supplier: Id) -> int:
    """How many listings a supplier has published, counted up to `COUNTED`."""
    return await listings.count_of_supplier(supplier, COUNTED, visible(ctx.viewer, PUBLISHED))


async def drafts(ctx: Context, first: int, after: str | None) -> Page:
    """The working copies that the viewer may see, the newest first; AccessDenied for all but suppliers."""
    require(ctx.viewer, OWN)
    return await listings.listed_drafts(visible(ctx.viewer, OWN), first=first, after=after)


async def of_suppliers(
    ctx: Context,
    suppliers: Sequence[Id],
    first: int,
    after: str | None,
    keys: Collection[str] | None = None,
    *,
    cursors: bool = True,
) -> list[Page]:
    """The published listings of each supplier, the newest first; with `keys` as in `catalogue`."""
    asked: dict[str, Any] = {"first": first, "after": after, **_shown(ctx, keys, cursors=cursors)}
    if len(suppliers) == 1:
        return [await listings.listings_of_supplier(suppliers[0], **asked)]
    return await listings.listings_of_suppliers(suppliers, **asked)


async def published(ctx: Context, wanted: Sequence[Id]) -> list[Row | None]:
    """What the catalogue shows under each identifier, if anything."""
    found = await listings.listings_by_ids(wanted)
    shown = [found.get(listing) for listing in wanted]
    return [row if sees(ctx.viewer, PUBLISHED, row) else None for row in shown]


async def draft(ctx: Context, listing: Id) -> Row:
    """A supplier's own draft; NotFound for anybody else."""
    return dict(require_visible(ctx.viewer, OWN, await listings.get_draft(listing), "id"))


async def _own_draft(ctx: Context, act: str, listing: Id) -> Row:
    require(ctx.viewer, act)
    return dict(require_visible(ctx.viewer, act, await listings.get_draft(listing), "input", "listingId"))


async def _definition(draft: Row) -> Category:
    row = await categories.version(draft["category"], draft["definition_version"])
    if row is None:
        raise NotFound(("input", "listingId"))
    return categories.definition(row)


async def _entitled(ctx: Context, definition: Category) -> Row:
    """The supplier, if the category's direction is open to it (Order 73, p. 13)."""
    supplier = await suppliers.get(ctx.viewer.subject) if ctx.viewer.subject else None
    if supplier is None:
        raise NotFound(("viewer",))
    if definition.direction not in supplier["directions"]:
        raise Refused("DIRECTION_NOT_OPEN", ("input", "category"), direction=str(definition.direction))
    await require_trading(ctx, supplier, "viewer")
    return supplier


async def _content(ctx: Context, definition: Category, card: CardInput, *, complete: bool = False) -> Row:
    """The card checked against its limits and the definition; InvalidInput names every fault at once.

    Faults of a draft stand in the request; those of a `complete` card stand in the draft that is published.
    """
    rows = await reference_rows("region", ctx.now.astimezone(ASTANA).date())
    issues: list[Issue] = []
    answers: list[CharacteristicValue] = []
    checked: Card | dict[str, object] = {}
    try:
        answers = check_answers(definition, card.characteristics, complete=complete)
    except InvalidInput as found:
        issues.extend(found.issues)
    try:
        checked = check_card(
            title=card.title,
            description=card.description,
            price=card.price,
            regions=card.regions,
            known_regions={row["code"] for row in rows},
            complete=complete,
        )
    except InvalidInput as found:
        issues.extend(found.issues)
    if issues:
        place: Path = () if complete else ("input", "card")
        raise InvalidInput([replace(issue, path=(*place, *issue.path)) for issue in issues])
    content = {**checked, "characteristics": answers}
    return content | {"content_hash": content_hash(content)}


def _card_of(definition: Category, draft: Row) -> CardInput:
    return CardInput(
        title=draft["title"],
        description=draft["description"],
        price=draft["price"],
        regions=draft["regions"],
        characteristics=as_answers(definition, draft["characteristics"]),
    )


def _snapshot(ctx: Context, definition: Category, draft: Row) -> Listing:
    fields = {name: draft[name] for name in _COPIED}
    filterable = [item.code for item in definition.characteristics if item.filterable]
    return Listing(_id=draft["_id"], published_at=ctx.now, filterable=filterable, **fields)


async def _standing(listing: Id, expected: int) -> Row:
    draft = await listings.get_draft(listing)
    if draft is None:
        raise NotFound(("input", "listingId"))
    if draft["version"] != expected:
        raise VersionConflict(expected, draft["version"], ("input", "expectedVersion"))
    return draft


async def _saved(listing: Id, expected: int, changes: Mapping[str, object]) -> Row:
    """The draft after a compare-and-set on its version; VersionConflict when somebody was faster."""
    saved = await listings.save_draft(listing, expected, changes)
    if saved is None:
        await _standing(listing, expected)
        raise VersionConflict(expected, expected + 1, ("input", "expectedVersion"))
    return saved


def _advanced(draft: Row, action: ListingAction) -> ListingStatus:
    return advance(ListingStatus(draft["status"]), action)


async def _told(ctx: Context, before: Row, after: Row) -> Row:
    """The draft, after its followers were told of the new status."""
    await emit(
        kind="listing.changed",
        subject=after["_id"],
        topics=[supplier_topic(after["supplier"])],
        at=ctx.now,
        data={"previous": before["status"], "status": after["status"]},
        actor=ctx.viewer.key,
    )
    return after


def _version(listing: Id, expected: int) -> Row:
    return {"listing": str(listing), "expectedVersion": expected}
