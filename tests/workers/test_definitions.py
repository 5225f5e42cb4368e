"""The documentation of categories out of the database."""

import pytest

from documents import categories
from domain.categories.changes import changed, read_changes
from domain.texts import Language
from tests.resolvers.stage import WALKER
from workers.definitions import documentation


@pytest.mark.usefixtures("database")
async def test_the_documentation_is_that_of_the_current_definition() -> None:
    """R-B2: the definition that checks listings is the one that is documented, as soon as it is changed."""
    await categories.publish_definition(WALKER)
    before = [line async for line in documentation(Language.ru)]
    assert before[:3] == [
        "## Ходунки и роллаторы",
        "",
        "`walkers` · Технические средства реабилитации · товар · v1",
    ]
    assert "- **Ширина** (`width`): целое число; 300…900 мм" in before
    words = {"kk": "Кең", "ru": "Широта", "en": "Breadth"}
    rename = read_changes([{"kind": "rename", "characteristic": "wk-06", "names": words}])
    await categories.publish_definition(changed(WALKER, rename))
    assert "- **Широта** (`width`): целое число; 300…900 мм" in [
        line async for line in documentation(Language.ru)
    ]
