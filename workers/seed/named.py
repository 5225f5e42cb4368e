"""The people of the demonstration whom documents, scripts and tests call by name; none of them exists."""

from datetime import date

from domain.identifiers import synthetic_bin, synthetic_iin
from workers.seed.people import SeedPerson

FIRST_SERIAL = 900
"""Serials from here to 999 are theirs."""


def _person(serial: int, born: date, sex: str, *names: str) -> SeedPerson:
    surname, given, patronymic = names
    iin = synthetic_iin(born, male=sex == "male", serial=FIRST_SERIAL + serial)
    return SeedPerson(iin, surname, given, patronymic, sex, born)


DEMO_PARTICIPANT = _person(0, date(1988, 4, 17), "female", "Сейітқали", "Айгүл", "Маратқызы")
"""Lives in Astana, has a disability of group I with difficulty moving, and a telephone in БМГ."""

DEMO_GUARDIAN = _person(1, date(1983, 9, 2), "female", "Оспанова", "Гүлнар", "Болатқызы")
"""Guardian of DEMO_WARD; no measures of her own."""

DEMO_WARD = _person(2, date(2015, 6, 11), "male", "Оспанов", "Ерасыл", "Қуанышұлы")
"""A child with a disability."""

DEMO_ELDERLY = _person(3, date(1947, 1, 25), "female", "Мұқанова", "Күлаш", "Сәбитқызы")
"""Unable to look after herself because of age."""

DEMO_SUPPLIER_HEAD = _person(4, date(1979, 11, 30), "male", "Ахметов", "Данияр", "Ерланұлы")
"""Heads the first supplier, an organisation in Astana that sells means of rehabilitation everywhere."""

DEMO_ASSISTANT = _person(5, date(1994, 3, 8), "male", "Жұмабек", "Ералы", "Серікұлы")
"""A plain individual: could register as a supplier until Order 345."""

DEMO_EXECUTIVE_BODY = _person(6, date(1985, 7, 19), "female", "Ибраева", "Сәуле", "Мұратқызы")
"""Works for the local executive body of Astana."""

DEMO_CONTACT_CENTRE = _person(7, date(1996, 12, 5), "female", "Соколова", "Ирина", "Сергеевна")
"""Operator of the contact centre."""

DEMO_ADMINISTRATOR = _person(8, date(1990, 2, 14), "male", "Нұрғалиев", "Тимур", "Асқарұлы")
"""Administrator of the portal."""

DEMO_AUTHORISED_BODY = _person(9, date(1976, 5, 23), "male", "Смағұлов", "Марат", "Тілекұлы")
"""Works for the ministry."""

_FOUNDED = date(1998, 1, 1)

GATEWAY_BIN = synthetic_bin(_FOUNDED, serial=90)
"""The state body whose information system signs records of the gateway."""

ESOBES_BIN = synthetic_bin(_FOUNDED, serial=91)
"""The state body whose information system signs messages of Е-Собес."""

AUTHORISED_BODY_BIN = synthetic_bin(_FOUNDED, serial=92)
"""The ministry."""
