"""What the tests of the embedded MongoDB do to a laptop."""

from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from documents.embedded import EmbeddedMongo, EmbeddedMongoError
from documents.embedded.folder import DataFolder, running_on
from tests.conftest import BOUND


def embedded(root: Path, port: int | None = None, executable: Path | None = None) -> EmbeddedMongo:
    """An embedded MongoDB that ends with this run, however it ends."""
    return EmbeddedMongo(root, port, executable=executable, prefix=BOUND)


async def write(url: str, number: int) -> None:
    """Write one row, acknowledged by the majority and journalled."""
    async with AsyncMongoClient[dict[str, Any]](url, w="majority", journal=True) as client:
        await client.kept.rows.insert_one({"_id": number})


async def rows(url: str) -> list[int]:
    """The rows that are there."""
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        return sorted([row["_id"] async for row in client.kept.rows.find()])


async def refusal(root: Path, port: int | None = None, executable: Path | None = None) -> EmbeddedMongoError:
    """The error of a start that must fail, leaving no process behind."""
    with pytest.raises(EmbeddedMongoError) as caught:
        await embedded(root, port, executable).__aenter__()
    assert running_on(DataFolder(root).database) == []
    assert "\n" not in caught.value.message
    return caught.value


def fake_mongod(root: Path, script: str) -> Path:
    """A program in mongod's place."""
    file = root / "mongod"
    file.write_text(f"#!/bin/sh\n{script}\n")
    return file
