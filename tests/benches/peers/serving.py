"""Runs a peer in Python as the portal runs itself: uvicorn with httptools and uvloop, a settled heap, no log."""

import argparse
import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
import uvloop
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from tests.benches.peers.asking import DATABASE, Row

Database = AsyncDatabase[Row]
Make = Callable[[Database], Awaitable[Any]]


def serve(make: Make, *, tuned: bool, tz_aware: bool = True) -> None:
    """Serve what `make` makes until the process is ended; `tuned` settles the heap once it is made."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mongo", required=True)
    parser.add_argument("--facts")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(make, asked, tuned=tuned, tz_aware=tz_aware))


async def _serve(make: Make, asked: argparse.Namespace, *, tuned: bool, tz_aware: bool) -> None:
    async with AsyncMongoClient[Row](asked.mongo, tz_aware=tz_aware) as client:
        application = await make(client[DATABASE])
        if tuned:
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 20, 50)
        config = uvicorn.Config(
            application,
            host="127.0.0.1",
            port=asked.port,
            http="httptools",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
        )
        await uvicorn.Server(config).serve()
