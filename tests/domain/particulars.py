"""Everything p. 12 lists, made up, by kind of supplier."""

from datetime import date
from typing import Any

from domain.identifiers import synthetic_iin
from domain.suppliers import SupplierKind

BORN = date(1986, 6, 15)
FOUNDED = date(2016, 3, 1)
FOUNDER_IIN = synthetic_iin(BORN, male=False, serial=17)
HEAD_IIN = synthetic_iin(BORN, male=True, serial=18)
ADDRESS = {"region": "71", "text": "Астана, улица Проверки, 2", "kind": "legal"}
HEAD = {"surname": "Головин", "given": "Тест", "patronymic": "Тестович", "iin": HEAD_IIN}

PARTICULARS: dict[SupplierKind, dict[str, Any]] = {
    SupplierKind.legal_entity: {
        "address": ADDRESS,
        "full_name": {
            "kk": "«Сынақ» жауапкершілігі шектеулі серіктестігі",
            "ru": "Товарищество с ограниченной ответственностью «Проверка»",
        },
        "short_name": {"kk": "«Сынақ» ЖШС", "ru": "ТОО «Проверка»"},
        "head": HEAD,
        "real_estate": [
            {"right": "ownership", "number": "20300011", "address": "Склад, 1", "area_m2": 250},
            {"right": "lease", "number": "20300012", "address": "Салон, 2", "until": "2030-12-31"},
        ],
        "founders_count": 2,
        "founders": [
            {"surname": "Учредителева", "given": "Тест", "iin": FOUNDER_IIN, "citizenship": "KZ"},
            {"surname": "Founder", "given": "Test", "citizenship": "DE"},
        ],
        "activity": {"oked": "47741", "name": {"ru": "Торговля"}, "secondary": ["88100"]},
        "ownership_form": "частная",
        "formation": "создание",
        "phone": "+77172000001",
    },
    SupplierKind.entrepreneur: {
        "address": ADDRESS,
        "person": HEAD,
        "registration": {"number": "KZ00000001", "on": "2019-05-20", "authority": "УГД Астаны"},
        "activity": {"oked": "47741", "name": {}, "secondary": []},
    },
    SupplierKind.assistant: {
        "address": ADDRESS,
        "person": HEAD,
        "no_psychiatric_record": {"confirmed": True, "on": "2022-04-01", "number": "СПР-11"},
    },
}
"""The details of a gateway record."""


def without(details: dict[str, Any], item: str) -> dict[str, Any]:
    """The details but for one item."""
    return {name: value for name, value in details.items() if name != item}
