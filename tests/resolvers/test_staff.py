"""Staff at the resolvers: what the running server can't be brought to (tests/api/test_staff.py has the rest)."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from documents import staff as stored
from documents.base import collection
from domain.errors import Refused
from domain.identity import Role
from domain.staff import Employment
from resolvers import staff
from tests.resolvers.stage import NOW, acting

pytestmark = pytest.mark.usefixtures("database")
VERIFIER = "a secret of the page"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


async def code_for(*employments: Employment) -> str:
    """A one-time code of an employee."""
    member = await stored.enlist(b"index", employments, "Ибраева", NOW)
    await stored.remember(["code", "c", CHALLENGE], {"staff": str(member["_id"])}, NOW + stored.CODE_LIFETIME)
    return "c"


async def test_a_portal_without_a_provider() -> None:
    """R-A8: a portal that knows no provider has no staff, and says so."""
    with pytest.raises(Refused, match="STAFF_PROVIDER_UNAVAILABLE"):
        await staff.begin(acting(), "/", CHALLENGE)
    with pytest.raises(Refused, match="STAFF_PROVIDER_UNAVAILABLE"):
        await staff.arrive(acting(), "browser", {})
    assert await collection("staff_sign_ins").count_documents({}) == 0


async def test_a_code_becomes_a_session() -> None:
    """R-A8: the session has every role of the employee, and the sign-in is audited with it."""
    code = await code_for(Employment(Role.contact_centre), Employment(Role.executive_body, "71"))
    done = await staff.complete(acting(), code, VERIFIER)
    assert [(one["role"], one["region"]) for one in done.capacities] == [
        ("contact_centre", None),
        ("executive_body", "71"),
    ]
    (intent,) = await collection("audit_intents").find({}).to_list()
    assert (intent["act"], intent["session"]) == ("Mutation.signInStaff", str(done.session["_id"]))


async def test_a_code_of_nobody_any_more() -> None:
    """R-A8: between the code and its exchange an employee may go, lose every role or be deactivated."""
    code = await code_for()
    with pytest.raises(Refused, match="STAFF_DEACTIVATED"):
        await staff.complete(acting(), code, VERIFIER)
    await code_for(Employment(Role.contact_centre))
    await collection("staff").delete_many({})
    with pytest.raises(Refused, match="STAFF_DEACTIVATED"):
        await staff.complete(acting(), code, VERIFIER)
    assert await collection("sessions").count_documents({}) == 0
