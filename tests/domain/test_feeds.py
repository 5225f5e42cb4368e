"""Numbering: dense per topic, in the order given."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from domain.feeds import is_topic, number, participant_topic, region_topic, supplier_topic

TOPICS = st.sampled_from(["region:10", "region:11", "supplier:a", "participant:b"])


@given(batches=st.lists(st.lists(st.lists(TOPICS, max_size=4), max_size=6), max_size=6))
def test_numbers_are_dense_over_batches(batches: list[list[list[str]]]) -> None:
    """R-E2: over any split into batches each topic counts 1..n, each event once in each of its topics."""
    heads: dict[str, int] = {}
    seen: dict[str, list[int]] = defaultdict(list)
    for batch in batches:
        places, reached = number(heads, batch)
        heads |= reached
        assert [place.event for place in places] == sorted(place.event for place in places)
        assert {(place.event, place.topic) for place in places} == {
            (event, topic) for event, topics in enumerate(batch) for topic in topics
        }
        for place in places:
            seen[place.topic].append(place.seq)
    assert seen == {topic: list(range(1, head + 1)) for topic, head in heads.items()}


def test_topic_names_are_known() -> None:
    """Only names that somebody can subscribe to are topics."""
    assert is_topic(participant_topic("a" * 24))
    assert is_topic(supplier_topic("0" * 24))
    assert is_topic(region_topic("75"))
    assert is_topic("administration")
    assert not any(
        map(is_topic, ["region:7", "region:751", "participant:x", "everything", "", "region:75\n"])
    )
