"""Texts: complete in three languages, and no code of ours without one."""

import ast
import re
import string
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from domain.categories import CharacteristicType, Direction, OfferKind, Widget
from domain.jobs import JobStatus
from domain.listings import ListingStatus
from domain.measures import MeasureStatus, NoticeKind, NoticeMethod
from domain.orders.lifecycle import OrderStatus
from domain.texts import Language, catalogue, preferred, text
from tests.house.tree import ROOT, tracked

LAYERS = frozenset({"auth", "documents", "domain", "execution", "integrations", "resolvers", "schema", "web"})
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
FOR_MACHINES = {"DATABASE_UNREACHABLE", "UNREADABLE_ANSWER", "VIEWER_CHANGED"}
"""Readiness, an error of a partner, the reason of a close frame: no person reads them."""
OF_NCANODE = {
    "CAN_SIGN",
    "CAN_SIGN_FINANCIAL",
    "INDIVIDUAL_DIGITAL_SYSTEM",
    "ORGANIZATION_DIGITAL_SYSTEM",
}
"""Roles as NCANode calls them: they come in and are never answered."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """The product's code; the embedded database speaks to its operator by itself."""
    for path in tracked("*.py"):
        if path.parts[0] in LAYERS and "embedded" not in path.parts:
            yield path, ast.parse((ROOT / path).read_text())


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call in the product's code."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, node


def name_of(call: ast.Call) -> str:
    """What is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def exported(tree: ast.Module) -> set[ast.AST]:
    """The names in `__all__`: those are names, not codes."""
    lists = [node for node in tree.body if isinstance(node, ast.Assign)]
    named = [one for one in lists if getattr(one.targets[0], "id", "") == "__all__"]
    return {node for one in named for node in ast.walk(one)}


def codes() -> dict[str, str]:
    """Each code in the source, and where: whatever looks like one is taken for one."""
    return {
        node.value: f"{path}:{node.lineno}"
        for path, tree in trees()
        for node in set(ast.walk(tree)) - exported(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_every_code_has_its_texts() -> None:
    """R-K: each error that the source can raise has a message for a person."""
    raised = {code: place for code, place in codes().items() if code not in FOR_MACHINES | OF_NCANODE}
    assert len(raised) > 70
    missing = {code: place for code, place in raised.items() if f"errors.{code}" not in catalogue()}
    assert missing == {}


def test_every_text_is_in_three_languages() -> None:
    """R-K: each text stands in Kazakh, Russian and English and is empty in none."""
    languages = {str(language) for language in Language}
    wrong = {
        name: sorted(versions)
        for name, versions in catalogue().items()
        if set(versions) != languages or not all(value.strip() for value in versions.values())
    }
    assert wrong == {}


def parameters(version: str) -> set[str]:
    """The names a text wants filled in, without the reader's language."""
    wanted = {field for _, field, _, _ in string.Formatter().parse(version) if field}
    return {field.removesuffix(f"_{language}") for field in wanted for language in Language if field}


def plain(names: set[str]) -> set[str]:
    """Names with any language taken off."""
    return {name[:-3] if name[-3:] in {"_kk", "_ru", "_en"} else name for name in names}


def test_texts_want_the_same_values_in_each_language() -> None:
    """R-K: a message says the same in each language: what one version has filled in, all have."""
    odd = {
        name: versions
        for name, versions in catalogue().items()
        if len({frozenset(plain(parameters(version))) for version in versions.values()}) > 1
    }
    assert odd == {}


def section(name: str, values: type[StrEnum], prefix: str = "") -> set[str]:
    """Keys that an enumeration needs."""
    return {f"{name}.{prefix}{value.value}" for value in values}


@pytest.mark.parametrize(
    "keys",
    [
        section("statuses", MeasureStatus, "measure_"),
        section("statuses", OrderStatus, "order_"),
        section("statuses", ListingStatus, "listing_"),
        section("statuses", JobStatus, "job_"),
        section("directions", Direction),
        section("offer_kinds", OfferKind),
        section("answer_types", CharacteristicType),
        section("widgets", Widget),
        section("notice_methods", NoticeMethod),
        section("notice_tasks", NoticeKind),
    ],
)
def test_every_status_has_its_words(keys: set[str]) -> None:
    """R-K: each status and choice a person meets has its words in each language."""
    assert keys - set(catalogue()) == set()


def test_each_key_asked_for_by_name_exists() -> None:
    """R-K: a text that the source asks for by its full name is there."""
    asked = {
        call.args[0].value: str(path)
        for path, call in calls()
        if name_of(call) in {"text", "portal_text"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
    assert asked
    assert {key: place for key, place in asked.items() if key not in catalogue()} == {}


def test_parameters_are_filled_in() -> None:
    """A text comes with its parameters, in the language asked for."""
    assert text("errors.TOO_LONG", Language.en, maximum=5).endswith("5 characters.")
    with pytest.raises(KeyError):
        text("errors.NO_SUCH_CODE", Language.ru)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ru"),
        ("", "ru"),
        ("fr", "ru"),
        ("kk", "kk"),
        ("KK-kz", "kk"),
        ("en;q=0.2, kk;q=0.9", "kk"),
        ("en;q=x, kk;q=0.1", "kk"),
        ("ru, kk", "ru"),
        ("de," * 20 + "en", "ru"),
        (";q=,,;;", "ru"),
        ("ru; q=0.1, kk ; Q=0.5", "kk"),
        ("ru;q=0, en;q=0.001", "en"),
        ("kk;q=0", "ru"),
        ("en;q=nan, kk;q=0.1", "kk"),
        ("en;q=2, kk;q=0.1", "kk"),
    ],
)
def test_the_language_of_a_header(header: str | None, language: str) -> None:
    """R-K: the heaviest language that the portal speaks, the first of equals, else Russian."""
    assert preferred(header) == language


def test_a_text_defined_twice_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files can't quietly give one key two texts."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('[errors.SAME]\nkk = "a"\nru = "a"\nen = "a"\n')
    monkeypatch.setattr("domain.texts.__file__", str(tmp_path / "texts.py"))
    with pytest.raises(ValueError, match="defined twice"):
        catalogue.__wrapped__()
