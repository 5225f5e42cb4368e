"""Jobs: long work that goes on without its client, followed over the feed of whoever asked for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.errors import DomainError
from domain.jobs import JobStatus
from execution.fields import as_type, computed, record, resolved, stored, value
from resolvers import jobs as acts
from resolvers.context import Context
from schema.connections import PageInfo, connection, page_info
from schema.errors import answers, described
from schema.nodes import Node, local_id
from schema.roots import given, mutation, payload
from schema.values import status_text

Plain = Mapping[str, Any]
strawberry.enum(JobStatus, name="JobStatus", description="Where a job stands.")


def fault_path(record: Plain) -> list[str]:
    """Where in the row."""
    return [str(step) for step in record["path"]]


def fault_message(record: Plain, context: Context) -> str:
    """The fault in words."""
    return str(described(record["issue"], context.language)["message"])


@value(description="Something a job found wrong.")
class JobFault:
    """Where in what was worked on, and why."""

    position: int = stored(description="The row of the file, from 1; else the place in the order of work.")
    subject: str | None = stored(description="Which record, as its kind of job names it.")
    code: str = stored()
    path: list[str] = computed(fault_path, reads=("path",))
    message: str = computed(fault_message, reads=("issue",))


@value(description="A page of faults, by position.")
class JobFaultConnection:
    """Relay's connection."""

    nodes: list[JobFault] = stored()
    page_info: PageInfo = computed(page_info)


async def faults(record: Plain, _context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """What was found wrong so far."""
    return connection(await acts.faults(record["_id"], first, after), after)


def error_code(record: Plain) -> str | None:
    """Why a job failed."""
    return record["error"]["code"] if record["error"] else None


def error_message(record: Plain, context: Context) -> str | None:
    """Why a job failed, in words."""
    if not record["error"]:
        return None
    error = DomainError(record["error"]["code"], (), **record["error"]["params"])
    return str(described(error, context.language)["message"])


@record("job", description="Long work in batches: each is done whole, once, whatever breaks off.")
class Job(Node):
    """Follow it over the feed of its owner (`job.changed`), or read it again."""

    work: str = stored(description="What kind of work it is.")
    status: JobStatus = stored()
    status_text: str = computed(status_text("job"))
    total: int | None = stored(description="How much there is to do, once that is known.")
    done: int = stored(description="How much was done.")
    refused: int = stored(description="How much could not be done; `faults` say why.")
    fault_count: int = stored("faults")
    faults: JobFaultConnection = resolved(faults, cost=10)
    error_code: str | None = computed(error_code, reads=("error",))
    error_message: str | None = computed(error_message, reads=("error",))
    created_at: datetime = stored()
    changed_at: datetime = stored()
    finished_at: datetime | None = stored()


@value(description="A page of one's own jobs, the newest first.")
class JobConnection:
    """Relay's connection."""

    nodes: list[Job] = stored()
    page_info: PageInfo = computed(page_info)


@given
class JobCancelInput:
    """Which job."""

    idempotency_key: str
    job_id: strawberry.ID


@payload
class JobCancelled:
    """It stops after the batch under way; what is done stays."""

    job: Job


async def job_cancel(context: Context, *, input: JobCancelInput) -> JobCancelled:  # noqa: A002
    """Stop one's own job."""
    job = local_id(input.job_id, "job", "input", "jobId")
    return JobCancelled(job=as_type(Job, await acts.cancel(context, job, input.idempotency_key)))


@strawberry.type
class JobMutations:
    """What can be done with a job that was begun."""

    job_cancel: answers("JobCancelResult", JobCancelled) = mutation(job_cancel)  # type: ignore[valid-type]
