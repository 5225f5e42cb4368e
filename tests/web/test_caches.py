"""The figures of caches, as Prometheus reads them."""

import httpx2
from starlette.applications import Starlette

from execution.answers import AnswerCache
from loaders import Entities
from web.caches import CacheFigures
from web.health import health_routes
from workers.watching import Watcher


async def figures(collector: CacheFigures) -> str:
    """What /metrics tells."""

    async def ready() -> bool:
        return True

    transport = httpx2.ASGITransport(Starlette(routes=health_routes(ready, collector)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/metrics")).text


async def test_what_caches_did_is_told() -> None:
    """R-L: answers from memory and made, their size, what was dropped, and whether changes are told."""
    answers, entities, watcher = AnswerCache(), Entities(), Watcher([])
    answers.figures.hits, answers.figures.misses, watcher.losses = 3, 2, 1
    answers.figures.dropped["changed"] = 4
    entities.figures["hits"] = 5
    told = await figures(CacheFigures(watcher, answers, entities))
    for line in (
        "komek_changes_told 0.0",
        "komek_changes_lost_total 1.0",
        'komek_answers_given_total{source="memory"} 3.0',
        'komek_answers_given_total{source="made"} 2.0',
        'komek_answers_dropped_total{reason="changed"} 4.0',
        "komek_answers_bytes 0.0",
        'komek_entity_reads_total{act="hits"} 5.0',
    ):
        assert line in told


async def test_caches_that_are_off_have_no_figures() -> None:
    """Whoever switched one off sees that it is not there."""
    told = await figures(CacheFigures(Watcher([]), None, None))
    assert "komek_changes_told" in told
    assert "komek_answers" not in told
    assert "komek_entities" not in told
