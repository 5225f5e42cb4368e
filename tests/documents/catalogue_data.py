"""A made-up catalogue that is unkind to indexes.

Skewed categories and regions, prices that follow the characteristics, words that exclude each other, values
that nearly everybody has.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from documents.base import Id
from documents.listings import Answer, Listing

CATEGORIES = [f"cat_{number}" for number in range(14)]
CATEGORY_WEIGHTS = [30, 18, 12, 9, 7, 6, 5, 4, 3, 2, 2, 1, 0.7, 0.3]
_REGIONS = "71 75 79 10 11 15 19 23 27 31 33 35 39 43 47 55 59 61 63 62"
REGIONS = _REGIONS.split()
REGION_WEIGHTS = [22, 25, 9, 3, 4, 4, 5, 3, 3, 4, 2, 6, 3, 3, 3, 3, 2, 5, 3, 0.3]
_NOUNS = """
коляска аппарат протез тонометр подгузник кровать санаторий перевод помощник трость ходунки матрас
дисплей подъемник
"""
_NOUNS_KK = """
арба құрылғы протезі қысымөлшер жаялық төсек шипажай аударма көмекші таяқ жүргіш төсеніш
бейнебет көтергіш
"""
NOUNS, NOUNS_KK = _NOUNS.split(), _NOUNS_KK.split()
BRANDS = [f"brand{number}" for number in range(200)]
SHARED = {"складной": 0.4, "усиленный": 0.15, "портативный": 0.1, "умный": 0.02, "золотой": 0.002}
DESCRIBED = {
    "гарантия": 0.6,
    "доставка": 0.2,
    "ремонт": 0.05,
    "лизинг": 0.01,
    "складной": 0.05,
    "протез": 0.02,
}
"""Words of descriptions, some of which stand in the titles of others."""
START = datetime(2026, 1, 1, tzinfo=UTC)
FILTERABLE = ["width", "load", "channels", "colour"]
_DIRECTIONS = ("tsr_sale", "special_social_services", "sanatorium", "sign_language", "assistant")


def listings(amount: int, seed: int = 1) -> Iterator[Listing]:
    """The first `amount` listings of the catalogue with this seed."""
    chance = random.Random(seed)
    for number in range(amount):
        yield listing(chance, number)


def listing(chance: random.Random, number: int) -> Listing:
    """One listing; children's things are small and cheap, premium ones dear, old ones cheap."""
    place = chance.choices(range(14), CATEGORY_WEIGHTS)[0]
    child, premium = chance.random() < 0.3, chance.random() < 0.15
    width = round(chance.gauss(32 if child else 46, 3), 1)
    words = ["детский" if child else "взрослый", *(["премиум"] if premium else [])]
    words += [word for word, share in SHARED.items() if chance.random() < share]
    said = [word for word, share in DESCRIBED.items() if chance.random() < share]
    brand = BRANDS[min(int(chance.paretovariate(0.7)) - 1, 199)]
    base = 1_000_000 * (place + 1) * (3 if premium else 1) * (0.5 if child else 1)
    made: Listing = Listing.model_construct(
        id=Id(f"{number:024x}"),
        supplier=Id(f"{number % 60:024x}"),
        direction=_DIRECTIONS[place % 5],
        category=CATEGORIES[place],
        definition_version=1,
        title={
            "ru": f"{NOUNS[place]} {' '.join(words)} {brand} м{number // 3}",
            "kk": f"{NOUNS_KK[place]} {'балаларға' if child else 'ересектерге'} {brand} м{number // 3}",
        },
        description={"ru": " ".join(["Описание", *said]), "kk": "Сипаттама"},
        price=int(base * (1 + width / 50) * chance.choice([1, 1, 1.1, 1.25])) // 100_000 * 100_000,
        regions=_regions(chance),
        characteristics=[
            Answer.model_construct(code="width", value=width),
            Answer.model_construct(code="load", value=chance.choice([100] * 18 + [120, 150, 75 + place])),
            Answer.model_construct(code="channels", value=int(base // 500_000) + chance.randrange(4)),
            Answer.model_construct(code="colour", value=chance.choice(["red", "blue"])),
        ],
        documents=[],
        people=[],
        version=1,
        content_hash="",
        published_at=START + timedelta(minutes=number // 2 + (0 if premium else 20_000)),
        filterable=FILTERABLE,
        words=[],
        keys=[],
    )
    return made.prepared()


def _regions(chance: random.Random) -> list[str]:
    draw = chance.random()
    if draw < 0.15:
        return sorted(REGIONS)
    own = chance.choices(REGIONS, REGION_WEIGHTS, k=1 if draw < 0.8 else chance.randrange(2, 6))
    return sorted(set(own))
