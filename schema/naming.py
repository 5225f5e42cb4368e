"""How names of the domain look to clients: enum values in capitals, else as Strawberry has it."""

from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition


class PortalNames(NameConverter):
    """GraphQL's custom for enum values is capitals; the domain stores them in small letters."""

    def from_enum_value(self, enum: StrawberryEnumDefinition, enum_value: EnumValue) -> str:
        """`choice_open` in the domain is `CHOICE_OPEN` to clients."""
        return super().from_enum_value(enum, enum_value).upper()

    def from_argument(self, argument: StrawberryArgument) -> str:
        """`from_` is `from` to clients: Python keeps that word for itself."""
        return super().from_argument(argument).rstrip("_")
