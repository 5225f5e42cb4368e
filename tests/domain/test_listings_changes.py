"""What differs between two versions of a card, and a version made from another and that."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.listings import Change, apply, content_of, diff, fingerprint, has_field

CODES = ["width", "weight", "frame", "places", "folds", "note"]
words = st.sampled_from(["а", "б", "аб"])
texts = st.dictionaries(st.sampled_from(["kk", "ru", "en"]), words, max_size=2)
values = st.one_of(
    st.integers(0, 3),
    st.sampled_from([0.0, 1.0, 2.5]),
    st.booleans(),
    words,
    st.lists(words, max_size=2),
    texts,
)
regions = st.lists(st.sampled_from(["10", "71", "75"]), unique=True).map(sorted)
answers = st.dictionaries(st.sampled_from(CODES), values, max_size=4).map(
    lambda found: [{"code": code, "value": found[code]} for code in CODES if code in found]
)


def listed(**parts: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Things with identifiers, in any order."""
    return st.lists(
        st.fixed_dictionaries({"id": st.integers(1, 5), **parts}), unique_by=lambda one: one["id"], max_size=3
    )


contents = st.fixed_dictionaries(
    {
        "definition_version": st.integers(1, 2),
        "title": texts,
        "description": texts,
        "price": st.none() | st.integers(1, 3),
        "regions": regions,
        "characteristics": answers,
        "documents": listed(kind=words, name=words, alt=texts),
        "people": listed(role=words, qualification=texts),
    }
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(contents, contents)
def test_a_version_is_the_other_and_what_changed(before: dict[str, Any], after: dict[str, Any]) -> None:
    """R-B5: whatever two versions hold, one of them and the changes give the other, forward and back."""
    assert apply(diff(before, after), before, CODES) == after
    assert apply(diff(after, before), after, CODES) == before


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(contents, contents)
def test_equal_content_is_what_does_not_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    """R-B5: two versions have one fingerprint exactly if nothing changed between them."""
    assert (diff(before, after) == []) is (fingerprint(before) == fingerprint(after))
    assert diff(before, before) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(contents, contents)
def test_changes_back_are_the_changes_turned_round(before: dict[str, Any], after: dict[str, Any]) -> None:
    """R-B5: what changed back has the same fields with their sides exchanged."""
    forth = {each.path: each for each in diff(before, after) if len(each.path) > 1}
    back = {each.path: each for each in diff(after, before) if len(each.path) > 1}
    assert back == {path: Change(path, one.after, one.before) for path, one in forth.items()}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(contents, contents)
def test_what_changed_names_fields_of_either(before: dict[str, Any], after: dict[str, Any]) -> None:
    """R-B5: each change names a field that one of the two versions has."""
    for change in diff(before, after):
        assert has_field(before, change.path) or has_field(after, change.path)
        assert change.before != change.after or type(change.before) is not type(change.after) or change.before


def test_one_line_for_each_field() -> None:
    """R-B5: texts, price, regions, answers, documents and people change one by one."""
    old = {
        "title": {"kk": "Арба", "ru": "Коляска"},
        "price": 100,
        "regions": ["71"],
        "characteristics": [{"code": "width", "value": 1}, {"code": "folds", "value": True}],
        "people": [{"id": 7, "name": "Айша", "role": "врач", "qualification": {}}],
    }
    new = {
        "title": {"kk": "Арба", "ru": "Кресло"},
        "price": None,
        "regions": ["75"],
        "characteristics": [{"code": "width", "value": 1.0}, {"code": "folds", "value": False}],
        "documents": [{"id": 3, "kind": "photo", "name": "a", "alt": {}}],
        "people": [{"id": 7, "name": "Айша", "role": "логопед", "qualification": {}}],
    }
    found = {change.path: (change.before, change.after) for change in diff(old, new)}
    assert found.keys() == {
        ("title", "ru"),
        ("price",),
        ("regions", "71"),
        ("regions", "75"),
        ("characteristics", "width"),
        ("characteristics", "folds"),
        ("documents", "3"),
        ("people", "7"),
    }
    assert found["title", "ru"] == ("Коляска", "Кресло")
    assert found["price",] == (100, None)
    assert found["regions", "75"] == (None, "75")
    assert found["characteristics", "folds"] == (True, False)


def test_an_order_is_told_where_it_was_chosen() -> None:
    """R-B5: adding at the end and taking away is no new order; putting another first is."""
    one, two, three = ({"id": number} for number in (1, 2, 3))
    assert [change.path for change in diff({"documents": [one, two]}, {"documents": [two, three]})] == [
        ("documents", "1"),
        ("documents", "3"),
    ]
    turned = diff({"documents": [one, two]}, {"documents": [two, one]})
    assert turned == [Change(("documents",), ["1", "2"], ["2", "1"])]


def test_a_name_counts_by_its_identifier() -> None:
    """R-J1: no fingerprint and no change is made from a person's name."""
    clear = {"people": [{"id": 7, "name": "Айша", "role": "врач", "qualification": {}}]}
    sealed = {"people": [{"id": 7, "name": b"\x02...", "role": "врач", "qualification": {}}]}
    assert fingerprint(clear) == fingerprint(sealed)
    assert diff(clear, sealed) == []
    assert fingerprint({"people": [{**clear["people"][0], "id": 8}]}) != fingerprint(clear)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("price",), True),
        (("title",), True),
        (("title", "en"), True),
        (("regions", "71"), True),
        (("regions", "75"), False),
        (("characteristics", "width"), True),
        (("characteristics", "height"), False),
        (("title", "de"), False),
        (("title", "ru", "x"), False),
        (("status",), False),
        ((), False),
    ],
)
def test_which_fields_a_card_has(path: tuple[str, ...], known: bool) -> None:
    """R-B5: a path names what every card has, or a part of this one."""
    card = {"regions": ["71"], "characteristics": [{"code": "width", "value": 1}]}
    assert has_field(card, path) is known


def test_content_without_the_rest() -> None:
    """What is missing is empty, what is no content is left out."""
    whole = content_of({"title": {"ru": "а"}, "status": "draft", "version": 3})
    assert whole["title"] == {"ru": "а"}
    assert whole["people"] == whole["documents"] == whole["regions"] == []
    assert not {"status", "version"} & whole.keys()
