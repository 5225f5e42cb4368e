"""Kinds of supplier and what the law lists for each."""

from domain.suppliers import REQUIRED_DETAILS, SupplierKind
from domain.texts import catalogue


def test_each_kind_has_its_particulars() -> None:
    """R-A7: each kind of p. 12 has particulars, each of them a name in every language."""
    assert set(REQUIRED_DETAILS) == set(SupplierKind)
    names = {f"particulars.{name}" for details in REQUIRED_DETAILS.values() for name in details}
    assert names - set(catalogue()) == set()
