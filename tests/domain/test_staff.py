"""From the claims of a sign-in to roles and regions."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.identity import STAFF, Role
from domain.staff import ClaimNames, Employment, employments

REGIONS = frozenset({"71", "75"})
OURS = ClaimNames()
THEIRS = ClaimNames(
    "realm_access.roles", "office.region", {"kmk-exec": Role.executive_body, "root": Role.system}
)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"komek_role": "administrator"}, [Employment(Role.administrator)]),
        ({"komek_role": ["contact_centre", "stranger"]}, [Employment(Role.contact_centre)]),
        (
            {"komek_role": ["executive_body", "administrator"], "komek_region": ["71", "75"]},
            [
                Employment(Role.administrator),
                Employment(Role.executive_body, "71"),
                Employment(Role.executive_body, "75"),
            ],
        ),
        ({"komek_role": ["administrator"], "komek_region": "nowhere"}, [Employment(Role.administrator)]),
    ],
)
def test_roles_with_their_regions(claims: dict[str, Any], expected: list[Employment]) -> None:
    """R-A8: several roles give several employments, a region only to executive bodies."""
    assert employments(claims, OURS, REGIONS) == expected


def test_names_of_another_provider() -> None:
    """R-A8: where claims stand and what roles are called is configuration; only roles of staff can be given."""
    claims = {"realm_access": {"roles": ["kmk-exec", "root"]}, "office": {"region": "71"}}
    assert employments(claims, THEIRS, REGIONS) == [Employment(Role.executive_body, "71")]
    with pytest.raises(Refused, match="STAFF_WITHOUT_ROLE"):
        employments({"realm_access": {"roles": ["root", "system", "participant"]}}, THEIRS, REGIONS)


@pytest.mark.parametrize("region", [None, "", "99", ["71", "99"], 71, {"71": True}, []])
def test_an_executive_body_without_its_region(region: object) -> None:
    """R-A8: a region that is missing, unknown or no text makes no executive body, and no administrator either."""
    claims = {"komek_role": ["executive_body", "administrator"], "komek_region": region}
    with pytest.raises(Refused, match="STAFF_REGION_UNKNOWN"):
        employments(claims, OURS, REGIONS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_shape_of_a_claim_breaks(value: object) -> None:
    """R-A8: whatever stands in the claims, the answer is roles of staff or a refusal."""
    claims = {"komek_role": value, "komek_region": value}
    with suppress(Refused):
        assert {one.role for one in employments(claims, OURS, REGIONS)} <= STAFF
