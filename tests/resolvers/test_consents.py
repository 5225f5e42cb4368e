"""The consent that is signed: its words, its version, its language."""

import pytest

from auth.viewer import ANONYMOUS
from documents.reference import store_reference
from domain.errors import Refused
from domain.texts import Language
from resolvers.consents import Said, said, statement
from tests.resolvers.stage import CONSENT, acting

pytestmark = pytest.mark.usefixtures("database")


async def test_the_words_stand_in_the_challenge() -> None:
    """R-A3: what is signed carries the text of the day in the reader's language, and its version."""
    await store_reference([CONSENT])
    words = await statement(acting(ANONYMOUS), consent=True)
    assert words == "yes, text version 1, ru\nconsent text: Я согласен."
    assert said(f"a: b\nregistration consent: {words}\nnonce: x\n".encode()) == Said(1, Language.ru)
    assert await statement(acting(ANONYMOUS), consent=False) == "no"


async def test_nobody_consents_to_nothing() -> None:
    """R-A3: without a text in force no consent is asked for, and one that says no is none."""
    with pytest.raises(Refused, match="CONSENT_TEXT_MISSING"):
        await statement(acting(ANONYMOUS), consent=True)
    await store_reference([CONSENT | {"names": {"kk": "Келісемін."}}])
    with pytest.raises(Refused, match="CONSENT_TEXT_MISSING"):
        await statement(acting(ANONYMOUS), consent=True)
    with pytest.raises(Refused, match="CONSENT_REQUIRED"):
        said(b"registration consent: no\n")
