"""Which questions facets ask, and how many at most."""

import pytest

from domain.errors import InvalidInput
from domain.search import CatalogueFilter, Facets, facet_questions
from domain.search.facets import QUESTIONS_MAX, REGION


def asked(conditions: int) -> tuple[CatalogueFilter, Facets]:
    """A question with so many conditions, each of which is a facet too, and the regions."""
    codes = [f"c{number}" for number in range(conditions)]
    wanted = CatalogueFilter(category="beds", choices=tuple((code, "yes") for code in codes))
    return wanted, Facets(fixed=(REGION,), options=(*codes, "other"))


def test_facets_without_a_condition_share_a_question() -> None:
    """R-B7: each facet with a condition is counted without it; all others by the question as it is."""
    wanted, facets = asked(2)
    assert facet_questions(wanted, facets) == {
        wanted: Facets(fixed=(REGION,), options=("other",)),
        wanted.without(["c0"]): Facets(options=("c0",)),
        wanted.without(["c1"]): Facets(options=("c1",)),
    }


def test_more_questions_than_are_counted_are_refused() -> None:
    """R-B7: ten questions are counted, eleven are refused where the filter is."""
    assert len(facet_questions(*asked(QUESTIONS_MAX - 1))) == QUESTIONS_MAX
    with pytest.raises(InvalidInput) as refused:
        facet_questions(*asked(QUESTIONS_MAX))
    [issue] = refused.value.issues
    assert (issue.code, issue.path) == ("TOO_MANY_FACETS", ("filter",))
