"""The whole story, step by step: told to whoever reads along, and waited for until everybody knows."""

from typing import Protocol

from demo.choosing import CHOOSING
from demo.company import Company
from demo.fulfilling import FULFILLING
from demo.run import Run, Step
from demo.window import WINDOW

STORY: tuple[Step, ...] = (*CHOOSING, *FULFILLING, *WINDOW)


class Mishaps(Protocol):
    """Where something may be killed."""

    def begin(self) -> None:
        """An act begins: what is done from here on happens while its requests are under way."""

    def end(self) -> None:
        """The act is done, and nobody has waited for its effects yet."""


class Peace:
    """Everything stays alive."""

    def begin(self) -> None:
        """Leave the act alone."""

    def end(self) -> None:
        """Leave its effects alone."""


async def tell(company: Company, mishaps: Mishaps) -> Run:
    """Play the story once; TooLong when something does not come about."""
    run = Run(company, lambda line: print(f"     {line}", flush=True))
    for number, (title, act) in enumerate(STORY, 1):
        print(f"{number:3}. {title}", flush=True)
        before = {name: len(one.log.seen) for name, one in company.dashboards.items()}
        mishaps.begin()
        await act(run)
        mishaps.end()
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
