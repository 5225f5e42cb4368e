from documents.reads import recording
from loaders.entities import Entities, Key

ONE: Key = ("suppliers:1", None)
OTHER: Key = ("suppliers:2", None)


def opened(most: int = 10) -> Entities:
    """A cache that is told of changes."""
    made = Entities(most)
    made.opened()
    return made


def test_what_was_kept_is_found_and_noted() -> None:
    """Answers that are made from memory depend on the same entities."""
    entities = opened()
    entities.keep(ONE, {"name": 1}, entities.clock)
    with recording() as tags:
        assert entities.find([ONE, ONE]) == [{"name": 1}] * 2
    assert tags == {"suppliers:1"}


def test_one_that_lacks_sends_all_to_the_database() -> None:
    """One command reads any number."""
    entities = opened()
    entities.keep(ONE, {"name": 1}, entities.clock)
    assert entities.find([ONE, OTHER]) is None


def test_a_change_drops_its_entity_and_no_other() -> None:
    """Several entities may stand under one tag."""
    entities = opened()
    for key in (ONE, OTHER, ("categories", "a"), ("categories", "b")):
        entities.keep(key, {}, entities.clock)
    entities.drop(["suppliers:1", "categories", "unknown"])
    assert entities.find([OTHER]) == [{}]
    assert [entities.find([key]) for key in (ONE, ("categories", "a"), ("categories", "b"))] == [None] * 3


def test_what_was_read_while_something_changed_is_not_kept() -> None:
    """Nobody knows on which side of the change it was read."""
    entities = opened()
    since = entities.clock
    entities.drop(["suppliers:2"])
    entities.keep(ONE, {}, since)
    assert entities.find([ONE]) is None


def test_nothing_is_kept_while_changes_are_not_told() -> None:
    """Before the stream is open, and after it is lost."""
    entities = Entities()
    entities.keep(ONE, {}, entities.clock)
    assert entities.find([ONE]) is None
    entities.opened()
    entities.keep(ONE, {}, entities.clock)
    entities.lost()
    assert entities.find([ONE]) is None
    entities.keep(ONE, {}, entities.clock)
    assert len(entities) == 0


def test_absent_ones_are_asked_for_again() -> None:
    """Somebody who registers is there at once."""
    entities = opened()
    entities.keep(ONE, None, entities.clock)
    assert entities.find([ONE]) is None


def test_the_least_used_make_room() -> None:
    """The number is bounded."""
    entities = opened(2)
    entities.keep(ONE, 1, entities.clock)
    entities.keep(OTHER, 2, entities.clock)
    entities.find([ONE])
    entities.keep(("suppliers:3", None), 3, entities.clock)
    assert (entities.find([ONE]), entities.find([OTHER])) == ([1], None)
