"""The policy table: nobody may what it does not say."""

import pytest

from auth.policy import RULES, allows, relation_of, require, require_visible
from auth.relations import Relation
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents.base import new_id
from domain.errors import AccessDenied, NotFound
from domain.identity import Role

SELF = new_id()
EVERYBODY = [
    ANONYMOUS,
    SYSTEM,
    *(Viewer(role, SELF, region="71") for role in Role if role not in {"anonymous", "system"}),
]


@pytest.mark.parametrize("viewer", EVERYBODY, ids=lambda viewer: str(viewer.role))
def test_an_act_without_a_row_is_nobodys(viewer: Viewer) -> None:
    """R-J3: what the table does not name is refused to everybody."""
    assert not allows(viewer, "Query.everything")
    assert relation_of(viewer, "Query.everything") is None
    with pytest.raises(AccessDenied) as refused:
        require(viewer, "Query.everything")
    assert refused.value.code == ("SIGN_IN_REQUIRED" if viewer is ANONYMOUS else "ACCESS_DENIED")


RELATED = [
    (act, role, relation)
    for act, rule in RULES.items()
    for role, relation in rule.items()
    if relation.terms(Viewer(role)) is None and relation.terms(Viewer(role, SELF, region="71"))
]
"""What asks who the viewer is; whom a record is open to whoever asks needs no stranger."""


@pytest.mark.parametrize(("act", "role", "relation"), RELATED, ids=lambda part: str(part).partition("(")[0])
def test_an_owner_and_a_stranger(act: str, role: Role, relation: Relation) -> None:
    """R-J3: whose record it is may, anybody else of the same role may not, nor without an identity."""
    viewer = Viewer(role, SELF, region="71")
    terms = relation.terms(viewer) or {}
    own = {field: min(values) for field, values in terms.items() if isinstance(values, frozenset)}
    require(viewer, act)
    require(viewer, act, own)
    assert require_visible(viewer, act, own) is own
    for field in own:
        other = own | {field: "75" if field == "region" else new_id()}
        assert not allows(viewer, act, other)
        with pytest.raises(AccessDenied):
            require(viewer, act, other)
        with pytest.raises(NotFound) as hidden:
            require_visible(viewer, act, other, "input", "id")
        assert hidden.value.path == ("input", "id")
    assert not allows(viewer, act, {})
    nobody = Viewer(role)
    assert not allows(nobody, act)
    assert not allows(nobody, act, {"participant": None, "supplier": None, "region": None})
    with pytest.raises(NotFound):
        require_visible(viewer, act, None)


def test_the_table_is_about_something() -> None:
    """Each relation of the table was tried above."""
    assert len(RELATED) > 20
