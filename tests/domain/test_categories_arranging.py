"""Changes of how a form asks: order, groups, help, widgets, conditions, and who sees the answers."""

from typing import Any

import pytest

from domain.categories import Category
from domain.categories.changes import carried, changed, read_changes
from domain.errors import InvalidInput

NAMES = {"kk": "А", "ru": "А", "en": "A"}
HEAD = {"code": "c", "direction": "tsr_sale", "kind": "goods", "names": NAMES}
SIZE, LOOK = ({"code": code, "names": NAMES} for code in ("size", "look"))


def item(code: str, type_: str = "boolean", **more: Any) -> dict[str, Any]:
    """A characteristic."""
    return {"id": f"id-{code}", "code": code, "names": NAMES, "type": type_} | more


FORM = Category.model_validate(
    HEAD
    | {
        "groups": [SIZE, LOOK],
        "characteristics": [
            item("width", "integer", minimum=1, maximum=9, group="size"),
            item("height", "integer", group="size"),
            item("folds", filterable=True, facetable=True, highlighted=True, group="look"),
            item("lock", when=[{"characteristic": "id-folds", "flag": True}]),
        ],
    }
)


def after(*changes: dict[str, Any]) -> Category:
    """The form after these changes; answers stay as they are."""
    read = read_changes(changes)
    answers: Any = [{"code": "width", "value": 3}, {"code": "folds", "value": True}]
    form = changed(FORM, read)
    assert carried(FORM, read, answers) == answers
    return form


def refused(*changes: dict[str, Any]) -> set[str]:
    """Why not."""
    with pytest.raises(InvalidInput) as wrong:
        after(*changes)
    return {each.code for each in wrong.value.issues}


def test_order_and_groups() -> None:
    """R-B2: a characteristic moves in the form, groups are ordered, one that is gone empties itself."""
    form = after({"kind": "move", "characteristic": "id-height", "before": "id-width", "group": "look"})
    assert [(each.code, each.group) for each in form.characteristics][:2] == [
        ("height", "look"),
        ("width", "size"),
    ]
    form = after({"kind": "move", "characteristic": "id-width"})
    assert (form.characteristics[-1].code, form.characteristics[-1].group) == ("width", None)
    form = after({"kind": "regroup", "groups": [LOOK]})
    assert ([each.code for each in form.groups], [each.group for each in form.characteristics]) == (
        ["look"],
        [None, None, "look", None],
    )
    assert refused({"kind": "regroup", "groups": [LOOK, LOOK]}) == {"GROUP_TWICE"}
    assert refused({"kind": "move", "characteristic": "id-width", "group": "ghost"}) == {"UNKNOWN_GROUP"}
    assert refused({"kind": "move", "characteristic": "id-width", "before": "id-width"}) == {
        "UNKNOWN_CHARACTERISTIC"
    }
    assert refused({"kind": "move", "characteristic": "id-lock", "before": "id-folds"}) == {
        "CONDITION_LOOKS_FORWARD"
    }


def test_help_and_widget() -> None:
    """R-B2: what a form says beside a field, and how it asks; a widget suits its type and its limits."""
    words = {"kk": "Көмек", "ru": "Подсказка", "en": "Help"}
    form = after(
        {"kind": "describe", "characteristic": "id-width", "help": words},
        {"kind": "draw", "characteristic": "id-width", "widget": "slider", "highlighted": True},
    )
    width = form.by_code["width"]
    assert width.help is not None
    assert (width.help.ru, width.asked_by, width.highlighted) == ("Подсказка", "slider", True)
    assert form.by_code["height"].asked_by == "stepper"
    assert refused({"kind": "draw", "characteristic": "id-height", "widget": "slider"}) == {
        "SLIDER_UNBOUNDED"
    }
    assert refused({"kind": "draw", "characteristic": "id-width", "widget": "switch"}) == {
        "WIDGET_NOT_FOR_TYPE"
    }
    retyped = {"kind": "retype", "characteristic": "id-width", "type": "text"}
    form = changed(
        FORM, read_changes([{"kind": "draw", "characteristic": "id-width", "widget": "slider"}, retyped])
    )
    assert form.by_code["width"].asked_by == "text"


def test_what_its_supplier_alone_sees() -> None:
    """R-B2: a hidden answer is neither found by nor shown, and nothing public hangs on it."""
    hide = {"kind": "disclose", "characteristic": "id-folds", "public": False}
    assert refused(hide) == {"CONDITION_ON_HIDDEN"}
    form = after({**hide, "characteristic": "id-lock"}, hide)
    folds = form.by_code["folds"]
    assert (folds.public, folds.filterable, folds.facetable, folds.highlighted) == (False,) * 4
    assert [each.code for each in form.shown.characteristics] == ["width", "height"]
    shown = after({**hide, "characteristic": "id-lock"}, hide, {**hide, "public": True})
    assert (shown.by_code["folds"].public, shown.by_code["folds"].filterable) == (True, False)
    assert refused(
        {**hide, "characteristic": "id-lock"}, {"kind": "filter", "characteristic": "id-lock"}
    ) == {"HIDDEN_BUT_SHOWN"}


def test_other_conditions() -> None:
    """R-B2: a condition can be given, changed and taken away; nothing hangs on what is retired."""
    ask = {"kind": "ask", "characteristic": "id-lock"}
    assert after(ask).by_code["lock"].when == ()
    [condition] = after({**ask, "when": [{"characteristic": "id-width", "minimum": 5}]}).by_code["lock"].when
    assert (condition.holds(5), condition.holds(4)) == (True, False)
    retire = {"kind": "retire", "characteristic": "id-folds"}
    assert refused(retire) == {"CONDITION_ON_RETIRED"}
    assert after(ask, retire).by_code["folds"].retired
    assert after({**retire, "characteristic": "id-lock"}, retire).by_code["lock"].retired
    assert refused(
        {**retire, "characteristic": "id-lock"}, {"kind": "require", "characteristic": "id-lock"}
    ) == {"RETIRED_BUT_ASKED"}
