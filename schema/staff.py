"""Staff: the second half of their sign-in, and ending an employee's access."""

import strawberry

from resolvers import staff as acts
from resolvers.context import Context
from schema.errors import answers
from schema.identity import SignedIn, shown
from schema.nodes import global_id, local_id
from schema.roots import given, mutation, payload


@given
class SignInStaffInput:
    """What the page got back from `/staff/sign-in`, and the secret behind the challenge it sent there."""

    code: str = strawberry.field(description="`staff_code` of the fragment; good once, for a minute.")
    verifier: str = strawberry.field(description="Its SHA-256 in Base64url was the `challenge`.")


@given
class StaffDeactivateInput:
    """Whose access ends."""

    idempotency_key: str
    staff_id: strawberry.ID


@payload
class StaffDeactivated:
    """Sessions of this employee stop at once; the provider's word opens no new one."""

    staff_id: strawberry.ID


async def sign_in_staff(context: Context, *, input: SignInStaffInput) -> SignedIn:  # noqa: A002
    """Exchange the one-time code of a staff sign-in for tokens (see docs/production.md)."""
    return await shown(context, await acts.complete(context, input.code, input.verifier))


async def staff_deactivate(context: Context, *, input: StaffDeactivateInput) -> StaffDeactivated:  # noqa: A002
    """End an employee's access."""
    member = local_id(input.staff_id, "staff", "input", "staffId")
    found = await acts.deactivate(context, input.idempotency_key, str(member))
    return StaffDeactivated(staff_id=global_id("staff", found["_id"]))


@strawberry.type
class StaffMutations:
    """Signing in as staff, and ending it."""

    sign_in_staff: answers("SignInStaffResult", SignedIn) = mutation(sign_in_staff)  # type: ignore[valid-type]
    staff_deactivate: answers("StaffDeactivateResult", StaffDeactivated) = mutation(staff_deactivate)  # type: ignore[valid-type]
