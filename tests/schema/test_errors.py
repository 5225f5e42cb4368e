"""Errors of the domain as clients see them."""

import pytest

from domain import errors as domain
from domain.texts import Language
from schema import errors
from schema.errors import problem


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (domain.AccessDenied(), errors.AccessDenied),
        (domain.NotFound(("id",)), errors.NotFound),
        (domain.IdempotencyConflict(), errors.IdempotencyConflict),
        (domain.Refused("CHOICE_BLOCKED"), errors.Refused),
        (domain.VersionConflict(1, 2), errors.VersionConflict),
        (domain.invalid("INVALID_ID", "input", 3), errors.InvalidInput),
    ],
)
def test_each_kind_of_error(error: domain.DomainError, shown: type[errors.Error]) -> None:
    """R-K: each error of the domain has a type of its own, with code, path and message."""
    for language in Language:
        found = problem(error, language)
        assert type(found) is shown
        assert (found.code, found.path) == (error.code, [str(step) for step in error.path])
        assert found.message


def test_names_in_the_readers_language() -> None:
    """R-K: a parameter that has a name in each language is filled in by the reader's."""
    params = {"name_kk": "Салмағы", "name_ru": "Масса", "name_en": "Weight", "characteristic": "weight"}
    error = domain.Refused("NOT_FINITE", (), **params)
    assert [
        name in problem(error, Language(language)).message
        for language, name in (("kk", "Салмағы"), ("ru", "Масса"))
    ]
    assert "Weight" in problem(error, Language.en).message
