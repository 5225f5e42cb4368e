"""The whole story, step by step: told to whoever reads along, and waited for until everybody knows."""

from collections.abc import Awaitable, Callable

from demo.choosing import CHOOSING
from demo.company import Company
from demo.fulfilling import FULFILLING
from demo.run import Run, Step
from demo.window import WINDOW

STORY: tuple[Step, ...] = (*CHOOSING, *FULFILLING, *WINDOW)
Between = Callable[[], Awaitable[None]]
"""Done after each act, before its effects are waited for: the place where something may be killed."""


async def nothing() -> None:
    """Leave everything alive."""


async def tell(company: Company, between: Between = nothing) -> Run:
    """Play the story once; TooLong when something does not come about."""
    run = Run(company, lambda line: print(f"     {line}", flush=True))
    for number, (title, act) in enumerate(STORY, 1):
        print(f"{number:3}. {title}", flush=True)
        before = {name: len(one.log.seen) for name, one in company.dashboards.items()}
        await act(run)
        await between()
        await company.settle()
        _show(company, before)
    return run


def _show(company: Company, before: dict[str, int]) -> None:
    """What the dashboards were told meanwhile."""
    for name, dashboard in company.dashboards.items():
        known = {node for _, _, node in company.feeds[name].expected}
        news = [f"{one.seq} {one.event} {one.status}" for one in dashboard.log.seen[before[name] :]
                if one.node in known]  # fmt: skip
        if news:
            print(f"       ▸ {name}: {'; '.join(news)}", flush=True)
