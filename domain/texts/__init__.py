"""Every text a person can meet, in Kazakh, Russian and English; kept in the .toml files beside this one."""

import re
import tomllib
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

_WEIGHT = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


class Language(StrEnum):
    """Languages of the portal."""

    kk = "kk"
    ru = "ru"
    en = "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts by `section.KEY`; a key defined twice is a mistake of ours and stops the start."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for section, entries in tomllib.loads(file.read_text("utf-8")).items():
            for key, versions in entries.items():
                name = f"{section}.{key}"
                if name in found:
                    raise ValueError(f"text {name} is defined twice, again in {file.name}")
                found[name] = versions
    return found


def text(key: str, language: Language, **params: str | int) -> str:
    """The text `section.KEY` in a language with its parameters filled in; KeyError when there is none."""
    return catalogue()[key][language].format(**params)


@lru_cache(maxsize=256)
def preferred(header: str | None) -> Language:
    """The heaviest language of an Accept-Language header that the portal speaks; else Russian (RFC 9110).

    A weight of 0, or one that is none, says that the reader does not want the language.
    """
    ranked: list[tuple[float, int, Language]] = []
    for place, part in enumerate((header or "").split(",")[:16]):
        name, _, weight = part.partition(";")
        primary = name.strip().lower().split("-")[0]
        if primary in Language.__members__ and (heavy := _weight(weight)):
            ranked.append((-heavy, place, Language(primary)))
    return min(ranked)[2] if ranked else Language.ru


def _weight(parameter: str) -> float:
    """What stands behind "q=", from 0 to 1 (RFC 9110, 12.4.2); 0 for anything else."""
    written = parameter.strip().lower()
    if not written:
        return 1.0
    return float(written[2:]) if _WEIGHT.fullmatch(written) else 0.0
