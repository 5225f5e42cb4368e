"""The page that leads from the law to the tests."""

from tests.house.rules import PAGE, RULES, page, proofs


def test_rules_page_is_fresh() -> None:
    """docs/rules.md names every test that proves a requirement: `python -m tests.house.rules` writes it anew."""
    assert PAGE.read_text("utf-8") == page()


def test_every_rule_of_the_page_is_proven() -> None:
    """No requirement stands on the page without a test."""
    proven = proofs()
    assert [requirement for requirement in RULES if not proven.get(requirement)] == []
