from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.canonical import NotCanonical, read_canonical
from domain.categories import CapacityUnit
from domain.evidence import digest
from domain.money import split
from domain.orders.papers import Act, Application, Days, Person, act_bytes, application_bytes, rendered
from domain.texts import Language

APPLICATION = Application(
    day=date(2025, 5, 20),
    participant=Person("900101300017", "Әлиева", "Айгүл", "Серікқызы"),
    representative=None,
    supplier_identifier="180240000018",
    supplier_name={"kk": "«Тірек» ЖШС", "ru": "ТОО «Тірек»"},
    supplier="b" * 24,
    listing="a" * 24,
    listing_version=3,
    listing_hash="0" * 64,
    direction="tsr_sale",
    category="wheelchair",
    title={"kk": "Кресло-арба", "ru": "Кресло-коляска"},
    characteristics=[{"code": "width", "value": 45.5}, {"code": "folds", "value": True}],
    measure="c" * 24,
    measure_name={"ru": "Кресло-коляска"},
    quantity=2,
    price=120_000_00,
    guaranteed_sum=100_000_00,
    guaranteed_basis="sample",
    split=split(120_000_00, 100_000_00, 2),
)


def test_the_application_states_all_of_it() -> None:
    """R-D2: The signed bytes hold parties, frozen listing, sums with their basis, date and legal basis."""
    stated: Any = read_canonical(application_bytes(APPLICATION))
    assert stated["participant"]["iin"] == "900101300017"
    assert stated["supplier"]["identifier"] == "180240000018"
    assert stated["listing"]["characteristics"] == [
        {"code": "width", "value": "45.5"},
        {"code": "folds", "value": True},
    ]
    assert stated["sums"]["total"] == 240_000_00
    assert stated["sums"]["reimbursed"] == 200_000_00
    assert stated["sums"]["co_payment"] == 40_000_00
    assert stated["sums"]["guaranteed_basis"] == "sample"
    assert stated["date"] == "2025-05-20"
    assert "Order 73" in stated["basis"]


@pytest.mark.parametrize("language", list(Language))
def test_the_rendering_is_made_of_the_bytes(language: Language) -> None:
    """R-D2: A person reads who asks what for whom and at which cost, in each language."""
    words = rendered(application_bytes(APPLICATION), language)
    for part in ("Әлиева Айгүл Серікқызы", "900101300017", "180240000018", "2025-05-20", "Order 73"):
        assert part in words
    assert words.count("000") >= 4


STAY = Days(CapacityUnit.nights, date(2025, 6, 1), date(2025, 6, 15))


def test_papers_without_days_are_written_as_before() -> None:
    """R-D2: an application that names no days has the bytes and the version that it always had."""
    stated: Any = read_canonical(application_bytes(APPLICATION))
    assert stated["version"] == 1
    assert "days" not in stated
    content = application_bytes(APPLICATION)
    act: Any = read_canonical(act_bytes(Act("d" * 24, date(2025, 6, 1), content, digest(content))))
    assert (act["version"], "days" in act) == (1, False)


@pytest.mark.parametrize("unit", list(CapacityUnit))
@pytest.mark.parametrize("language", list(Language))
def test_days_are_signed_and_shown(unit: CapacityUnit, language: Language) -> None:
    """R-D2: application and act of an order by dates hold its days, and say them in words."""
    content = application_bytes(replace(APPLICATION, days=replace(STAY, unit=unit)))
    act = act_bytes(Act("d" * 24, date(2025, 6, 1), content, digest(content)))
    for paper in (content, act):
        stated: Any = read_canonical(paper)
        assert stated["days"] == {"unit": unit.value, "from": "2025-06-01", "to": "2025-06-15"}
        assert stated["version"] == 2
        assert "2025-06-01" in rendered(paper, language)
        assert "2025-06-15" in rendered(paper, language)


def test_a_representative_is_named() -> None:
    """R-A6: A paper signed for a ward names the representative beside the ward."""
    both = replace(APPLICATION, representative=Person("700101300016", "Омаров", "Ерлан"))
    words = rendered(application_bytes(both), Language.ru)
    assert "Законный представитель: Омаров Ерлан, ИИН 700101300016" in words


def test_a_name_never_makes_a_line() -> None:
    """R-D2: A title with line breaks can't pretend to be another line of the paper."""
    sly = replace(APPLICATION, title={"kk": "x", "ru": "Коляска\nДоплачиваю сам(а): 0"})
    words = rendered(application_bytes(sly), Language.ru)
    assert len(words.splitlines()) == len(rendered(application_bytes(APPLICATION), Language.ru).splitlines())


def test_the_act_repeats_the_application() -> None:
    """R-D3: The act names the application by digest and repeats its parties, thing and sums."""
    applied = application_bytes(APPLICATION)
    act = act_bytes(Act("d" * 24, date(2025, 6, 1), applied, digest(applied)))
    stated: Any = read_canonical(act)
    source: Any = read_canonical(applied)
    assert stated["application_sha256"] == digest(applied)
    assert stated["listing"] == source["listing"]
    assert stated["sums"] == source["sums"]
    assert "АКТ" in rendered(act, Language.ru)
    assert act == act_bytes(Act("d" * 24, date(2025, 6, 1), applied, digest(applied)))


def test_other_bytes_are_not_read() -> None:
    """Bytes that are no paper of ours are refused instead of shown."""
    with pytest.raises(NotCanonical):
        rendered(b"{}  ", Language.ru)
    with pytest.raises(NotCanonical):
        rendered(b'{"document":"other"}', Language.ru)


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12),
    st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=5), max_size=3),
)
def test_any_answer_has_one_form(number: float, words: list[str]) -> None:
    """R-D2: Every answer a listing can have is written exactly and reads back the same."""
    if number and abs(number) < 1e-6:
        return
    answers: list[dict[str, Any]] = [{"code": "n", "value": number}, {"code": "w", "value": words}]
    content = application_bytes(replace(APPLICATION, characteristics=answers))
    stated: Any = read_canonical(content)
    assert Decimal(stated["listing"]["characteristics"][0]["value"]) == Decimal(repr(number))
