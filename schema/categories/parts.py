"""What changes of a definition are written with: names, choices, groups, whole characteristics."""

import strawberry

from domain.categories import CharacteristicType, Widget


@strawberry.input(description="A name in the three languages of the portal.")
class NamesInput:
    """None may be missing."""

    kk: str
    ru: str
    en: str


@strawberry.input(description="What helps to answer, in the three languages of the portal.")
class HelpInput:
    """None may be missing."""

    kk: str
    ru: str
    en: str


@strawberry.input(description="One of the allowed answers of a choice.")
class ChoiceDefinitionInput:
    """Its code never changes."""

    code: str
    names: NamesInput


@strawberry.input(description="Which choice an answer becomes; yes and no are `yes` and `no`.")
class ChoiceMappingInput:
    """Answers without an entry become the choice of that code, if there is one."""

    answer: str
    choice: str


@strawberry.input(description="A part of the form under a heading of its own.")
class GroupInput:
    """Its code is what characteristics name."""

    code: str
    names: NamesInput


@strawberry.input(description="Holds if an earlier characteristic was answered, and so.")
class ConditionInput:
    """Without options, flag and limits every answer will do."""

    characteristic: str = strawberry.field(description="Its `definitionId`.")
    options: list[str] = strawberry.field(default_factory=list)
    flag: bool | None = None
    minimum: float | None = None
    maximum: float | None = None


@strawberry.input(description="A characteristic as its category will define it.")
class CharacteristicDefinitionInput:
    """See `CharacteristicDefinition` for what each field means."""

    id: str = strawberry.field(
        name="definitionId", description="Unique in the category; small Latin letters, digits, '-', '_'."
    )
    code: str
    names: NamesInput
    type: CharacteristicType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    max_length: int | None = None
    pattern: str | None = None
    required: bool = False
    choices: list[ChoiceDefinitionInput] = strawberry.field(default_factory=list)
    reference: str | None = None
    repeatable: bool = False
    filterable: bool = False
    facetable: bool = False
    highlighted: bool = False
    public: bool = True
    when: list[ConditionInput] = strawberry.field(default_factory=list)
    group: str | None = None
    help: HelpInput | None = None
    widget: Widget | None = None
