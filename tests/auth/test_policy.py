"""The policy table: nobody may what it does not say."""

import pytest

from auth.policy import RULES, allows, require, require_visible
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents.base import new_id
from domain.errors import AccessDenied, NotFound
from domain.identity import STAFF, Role
from schema.portal import portal_schema

SELF = new_id()
EVERYBODY = [
    ANONYMOUS,
    SYSTEM,
    *(Viewer(role, SELF, region="71") for role in Role if role not in {"anonymous", "system"}),
]
OPEN = {
    *(f"Query.{name}" for name in ("listings", "categories", "regions", "node", "viewer", "serviceStatus")),
    "Query.signInRequirements",
    *(f"Mutation.signIn{name}" for name in ("Begin", "Complete", "Refresh")),
}
SIGNED_IN = {"Query.verifyEvidence", "Mutation.signInActAs", "Mutation.signOut"}
PARTICIPANT = {"measureActivateChoice", "orderPrepare", "orderPlace", "orderCancel"}
SUPPLIER = {
    "listingCreate",
    "listingEdit",
    "listingPublish",
    "listingWithdraw",
    "orderAccept",
    "orderDecline",
    "orderStart",
}
BODY = {"orderApprove", "orderRefuse", "orderReimburse", "noticeTaskComplete"}


def expected(role: Role) -> set[str]:
    """Root fields a role may reach, written down a second time."""
    own = {
        Role.participant: {f"Mutation.{name}" for name in PARTICIPANT | {"orderSignAct"}}
        | {"Subscription.participantFeed"},
        Role.supplier: {f"Mutation.{name}" for name in SUPPLIER | {"orderSignAct"}}
        | {"Subscription.supplierFeed"},
        Role.executive_body: {f"Mutation.{name}" for name in BODY} | {"Subscription.regionFeed"},
    }.get(role, set())
    return OPEN | own | (set() if role is Role.anonymous else SIGNED_IN)


@pytest.mark.parametrize("viewer", EVERYBODY, ids=lambda viewer: str(viewer.role))
def test_each_root_field_by_each_role(viewer: Viewer) -> None:
    """R-J3: every root field of the schema, asked by every role, against a list of its own."""
    sdl = portal_schema()._schema
    roots = {
        f"{kind.name}.{name}"
        for kind in (sdl.query_type, sdl.mutation_type, sdl.subscription_type)
        if kind is not None
        for name in kind.fields
    }
    assert {field for field in roots if allows(viewer, field)} == expected(viewer.role)


@pytest.mark.parametrize("viewer", EVERYBODY, ids=lambda viewer: str(viewer.role))
def test_an_act_without_a_row_is_nobodys(viewer: Viewer) -> None:
    """R-J3: what the table does not name is refused to everybody."""
    assert not allows(viewer, "Query.everything")
    with pytest.raises(AccessDenied) as refused:
        require(viewer, "Query.everything")
    assert refused.value.code == ("SIGN_IN_REQUIRED" if viewer is ANONYMOUS else "ACCESS_DENIED")


OWNED = [
    (act, role, field)
    for act, rule in RULES.items()
    for role, relation in rule.items()
    for field in ("participant", "supplier", "region", "_id")
    if relation.__name__ in {f"own_{field}", "<lambda>" if field == "_id" else ""}
]


@pytest.mark.parametrize(("act", "role", "field"), OWNED)
def test_an_owner_and_a_stranger(act: str, role: Role, field: str) -> None:
    """R-J3: who owns a record may, anybody else of the same role may not, nor without an identity."""
    viewer = Viewer(role, SELF, region="71")
    own = {field: "71" if field == "region" else SELF}
    other = {field: "75" if field == "region" else new_id()}
    require(viewer, act, own)
    assert require_visible(viewer, act, own) is own
    assert not allows(viewer, act, other)
    assert not allows(viewer, act, {})
    nobody = Viewer(role)
    assert not allows(nobody, act, {"participant": None, "supplier": None, "region": None} | other)
    with pytest.raises(NotFound) as hidden:
        require_visible(viewer, act, other, "input", "id")
    assert hidden.value.path == ("input", "id")
    with pytest.raises(NotFound):
        require_visible(viewer, act, None)


def test_the_table_is_about_something() -> None:
    """Each relation of the table was tried above."""
    assert len(OWNED) > 20
    assert {role for role in Role if allows(Viewer(role), "Staff.read")} == STAFF
