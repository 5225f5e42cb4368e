"""Ways of reading the data of another person."""

import pytest

from domain.lookups import Access
from domain.texts import Language, text


def test_each_way_is_a_reading() -> None:
    """R-J2: the audit names each of them as a reading."""
    assert all(access.value.endswith(".read") for access in Access)


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("language", Language)
def test_a_person_reads_what_it_was_for(access: Access, language: Language) -> None:
    """R-J2: each way of reading has a purpose in words, in each language."""
    assert text(f"access_purposes.{access.name}", language)
