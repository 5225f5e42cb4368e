"""Changes as they are written in a request, and what a job says of the records it names."""

from decimal import Decimal
from typing import Any

import pytest

from documents.base import new_id
from domain.categories import CharacteristicType, Widget
from domain.categories.changes import read_changes
from domain.errors import InvalidInput
from schema.categories.changes import (
    AddChange,
    ConvertChange,
    DefinitionChange,
    RegroupChange,
    RetireChange,
    RetypeChange,
    written,
)
from schema.categories.definitions import group, help_text, widget
from schema.categories.parts import (
    CharacteristicDefinitionInput,
    ChoiceDefinitionInput,
    ChoiceMappingInput,
    ConditionInput,
    GroupInput,
    HelpInput,
    NamesInput,
)
from schema.jobs import fault_subject
from schema.nodes import global_id

NAMES = NamesInput(kk="А", ru="А", en="A")
CHOICE = ChoiceDefinitionInput(code="one", names=NAMES)


def test_changes_read_as_the_domain_writes_them() -> None:
    """R-B3: what is not given is left out, whole numbers are integers, and everything reaches its rule."""
    whole = CharacteristicDefinitionInput(
        id="t-1",
        code="width",
        names=NAMES,
        type=CharacteristicType.integer,
        minimum=1.0,
        maximum=2.5,
        when=[ConditionInput(characteristic="t-0", minimum=3.0)],
        help=HelpInput(kk="А", ru="А", en="A"),
        widget=Widget.slider,
    )
    changes = [
        DefinitionChange(add=AddChange(characteristic=whole)),
        DefinitionChange(convert=ConvertChange(characteristic="t-1", unit="cm", factor=Decimal("0.1"))),
        DefinitionChange(
            retype=RetypeChange(
                characteristic="t-1",
                type=CharacteristicType.choice,
                choices=[CHOICE],
                mapping=[ChoiceMappingInput(answer="1", choice="one")],
            )
        ),
        DefinitionChange(regroup=RegroupChange(groups=[GroupInput(code="size", names=NAMES)])),
    ]
    plain = written(changes)
    item: Any = plain[0]["characteristic"]
    assert (item["minimum"], type(item["minimum"]), item["maximum"]) == (1, int, 2.5)
    assert (item["when"][0]["minimum"], "unit" in item, plain[0]["kind"]) == (3, False, "add")
    read = [each.model_dump(exclude_unset=True) for each in read_changes(plain)]
    assert [each["kind"] for each in read] == ["add", "convert", "retype", "regroup"]
    assert read[2]["mapping"] == ({"answer": "1", "choice": "one"},)


def test_exactly_one_change_in_each_entry() -> None:
    """R-B3: none or two are refused at their places."""
    retire = RetireChange(characteristic="t-1")
    two = DefinitionChange(retire=retire, regroup=RegroupChange(groups=[]))
    with pytest.raises(InvalidInput) as wrong:
        written([DefinitionChange(), DefinitionChange(retire=retire), two])
    assert [(one.code, one.path[-1]) for one in wrong.value.issues] == [
        ("ONE_CHANGE_EACH", 0),
        ("ONE_CHANGE_EACH", 2),
    ]


def test_definitions_of_earlier_days_read_as_well() -> None:
    """R-B3: a stored definition that knows no groups, help and widgets has the usual ones."""
    old = {"type": "boolean"}
    assert (group(old), help_text(old), widget(old)) == (None, None, "switch")
    new = {"type": "boolean", "group": "size", "help": {"ru": "А"}, "widget": "radio"}
    assert (group(new), help_text(new), widget(new)) == ("size", {"ru": "А"}, "radio")


def test_what_a_job_names() -> None:
    """R-B3: a record under its global identifier; a name out of a file as it is."""
    record = new_id()
    assert fault_subject({"subject": f"listing:{record}"}) == global_id("listing", record)
    assert fault_subject({"subject": "listing:chair"}) == "listing:chair"
    assert fault_subject({"subject": f"ghost:{record}"}) == f"ghost:{record}"
    assert fault_subject({"subject": None}) is None
