"""What administrators change about categories."""

import strawberry

from documents.base import Row
from execution.fields import as_type
from resolvers import categories as acts
from resolvers.categories import Wanted
from resolvers.context import Context
from schema.categories.changes import DefinitionChange, written
from schema.categories.types import Category
from schema.errors import answers
from schema.jobs import Job
from schema.roots import given, mutation, payload


@given
class CategoryChangeInput:
    """What to change about a category that still has the version the administrator saw."""

    idempotency_key: str
    category: str = strawberry.field(description="Its code.")
    expected_version: int
    changes: list[DefinitionChange] = strawberry.field(description="1 to 50, one after the other.")
    reason: str = strawberry.field(description="5 to 500 characters, for the audit.")
    dry_run: bool = strawberry.field(
        default=False, description="Change nothing: the job only names the listings that would fail."
    )


@payload
class CategoryChanged:
    """The new version is current at once; the job takes the listings along."""

    category: Category | None = strawberry.field(description="None after a dry run.")
    job: Job = strawberry.field(
        description="Its `faults` name each listing that can't be taken along, and why: "
        "it stays readable and shown under the version it was written for."
    )


async def category_change(context: Context, *, input: CategoryChangeInput) -> CategoryChanged:  # noqa: A002
    """Change a category's definition by typed steps, or try what they would do to its listings."""
    wanted = Wanted(
        input.category, input.expected_version, written(input.changes), input.reason, input.dry_run
    )
    job: Row = await acts.change(context, wanted, input.idempotency_key)
    made = await acts.made_by(job)
    return CategoryChanged(category=as_type(Category, made) if made else None, job=as_type(Job, job))


@strawberry.type
class CategoryMutations:
    """Definitions at run time."""

    category_change: answers("CategoryChangeResult", CategoryChanged) = mutation(category_change)  # type: ignore[valid-type]
