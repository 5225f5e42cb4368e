"""Columns follow from the definition, and headings are read against them."""

import pytest

from domain.imports import Part, columns_of, placed
from domain.imports.columns import HEADING_FAULTS, HEADING_MAX
from domain.texts import Language
from tests.domain.imports.tables import BY_NAME, COLUMNS, EVERY
from workers.seed.categories import load_categories


def test_every_answer_has_its_column() -> None:
    """R-B6: a category's table has a column for each answer that may be given, with its unit, and none for a retired one."""
    assert [column.header for column in COLUMNS][11:] == [
        "note", "story_kk", "story_ru", "story_en", "count [mm]", "weight [kg]", "folding", "since", "colour", "colours",
        "sizes", "models", "days", "place", "places", "answer.price",
    ]  # fmt: skip
    assert [column.name for column in COLUMNS][:4] == ["key", "id", "version", "title_kk"]


@pytest.mark.parametrize("definition", load_categories(), ids=lambda one: str(one.code))
def test_columns_of_every_category(definition: object) -> None:
    """R-B6: names of columns are unique in every category of the portal, and each has a name for people."""
    columns = columns_of(definition)  # type: ignore[arg-type]
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.label(language) for column in columns for language in Language)


def test_labels() -> None:
    """R-B6: people read the characteristic's name with its unit, or what the card's field is called."""
    assert BY_NAME["count"].label(Language.ru) == "count ru, мм"
    assert BY_NAME["title_kk"].label(Language.en) == "Title (kk)"


def test_headings_are_found() -> None:
    """R-B6: headings may come in any order, in any case, with their unit or without; an empty one has no column."""
    found, issues = placed(COLUMNS, ["Weight [kg]", "", None, " KEY ", "count"])
    assert [column and column.name for column in found] == ["weight", None, None, "key", "count"]
    assert issues == []


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        (["key", "key"], ["IMPORT_COLUMN_TWICE"]),
        (["colour of it"], ["IMPORT_UNKNOWN_COLUMN"]),
        (["weight [g]"], ["IMPORT_COLUMN_UNIT"]),
        (["note [mm]"], ["IMPORT_COLUMN_UNIT"]),
        (["", None], ["IMPORT_NO_HEADER"]),
        ([], ["IMPORT_NO_HEADER"]),
        (["old", "x" * 500], ["IMPORT_UNKNOWN_COLUMN"] * 2),
    ],
)
def test_headings_that_do_not_fit(header: list[object], codes: list[str]) -> None:
    """R-B6: an unknown heading, one that comes twice and one in another unit are each named."""
    issues = placed(COLUMNS, header)[1]
    assert [issue.code for issue in issues] == codes
    assert all(issue.path[:2] == ("rows", 1) for issue in issues)


def test_faults_of_headings_are_listed_up_to_a_bound() -> None:
    """R-B6: of headings that are all unknown the first hundred are named."""
    header = [f"h{place}" for place in range(5 * HEADING_FAULTS)]
    assert [issue.path[-1] for issue in placed(COLUMNS, header)[1]] == header[:HEADING_FAULTS]


@pytest.mark.parametrize("filler", [" ", "[", "] [", "\n"])
def test_a_heading_that_is_too_long(filler: str) -> None:
    """R-B6: a heading is as long as a name and a unit may be: a longer one is unknown, whatever it is made of."""
    fitting = f"weight{' ' * (HEADING_MAX - len('weight[kg]'))}[kg]"
    assert placed(COLUMNS, [fitting])[1] == []
    for long in (fitting.replace("[", " ["), f"weight{filler * HEADING_MAX}[kg]", f"a{filler * 60_000}b"):
        found, [issue] = placed(COLUMNS, [long])
        assert (found, issue.code, len(str(issue.path[-1])) <= 60) == ([None], "IMPORT_UNKNOWN_COLUMN", True)


@pytest.mark.parametrize(
    ("heading", "name"),
    [("weight[kg]", "weight"), (" weight [ kg ] ", "weight"), ("weight [kg", None), ("weight [a] [kg]", None), ("weight [", None)],
)  # fmt: skip
def test_where_the_unit_of_a_heading_is(heading: str, name: str | None) -> None:
    """R-B6: the unit is what stands in the last brackets, at the end."""
    assert [column and column.name for column in placed(COLUMNS, [heading])[0]] == [name]


def test_choices_by_name() -> None:
    """R-B6: a choice may be written by its name in any language, unless two have the same."""
    choices = BY_NAME["colour"].choices
    assert (choices["red kk"], choices["red"]) == ("red", "red")
    assert "blue ru" not in choices
    assert BY_NAME["colour"].part is Part.answer
    assert EVERY.by_code["old"].retired
