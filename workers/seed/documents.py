"""Papers and photos named on made-up cards; only their descriptions, no files."""

from dataclasses import dataclass
from random import Random

from workers.seed.places import Names

TITLES: dict[str, Names] = {
    "registration": {"kk": "Медициналық бұйымның тіркеу куәлігі", "ru": "Регистрационное удостоверение"},
    "declaration": {"kk": "Сәйкестік туралы декларация", "ru": "Декларация о соответствии"},
    "licence": {"kk": "Қызмет түріне лицензия", "ru": "Лицензия на вид деятельности"},
    "certificate": {"kk": "Біліктілік сертификаты", "ru": "Сертификат о квалификации"},
    "photo": {"kk": "Тауардың немесе орынның фотосуреті", "ru": "Фотография товара или места"},
}
"""Kinds of papers with what a person reads instead of seeing them."""


@dataclass(frozen=True, slots=True)
class SeedDocument:
    """A paper or photo of a card: its kind, file name, and text for who can't see it."""

    kind: str
    name: str
    alt: Names


def documents_of(rng: Random, kinds: tuple[str, ...]) -> tuple[SeedDocument, ...]:
    """One of each kind, with a made-up number in the file's name."""
    return tuple(
        SeedDocument(kind, f"{kind}-{rng.randint(1000, 9999)}.{_extension(kind)}", dict(TITLES[kind]))
        for kind in kinds
    )


def _extension(kind: str) -> str:
    return "jpg" if kind == "photo" else "pdf"
