"""The table of staff: who works for the state or the portal, in which role and region."""

from typing import Any, ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, new_id, session, with_kind
from documents.encryption import Sealed, seal
from documents.nodes import readable
from domain.identity import Role


class StaffMember(Record):
    """An employee whose certificate is listed: until staff sign in through OIDC."""

    iin_index: bytes
    bin: str
    role: Role
    region: str | None = None
    name: Sealed
    active: bool = True

    class Settings(Record.Settings):
        """One row a person, organisation and role."""

        name = "staff"
        indexes: ClassVar = [
            IndexModel([("iin_index", 1), ("bin", 1), ("role", 1), ("region", 1)], unique=True)
        ]


async def staff_of(iin_index: bytes, organisation: str | None) -> list[Row]:
    """The employments listed for a certificate: the person's IIN and the organisation's BIN both match."""
    query = {"iin_index": iin_index, "bin": {"$eq": organisation}, "active": True}
    return await collection("staff").find(query, session=session()).to_list()


async def staff_member(row: Id) -> Row | None:
    """One employment as a record of kind "staff"."""
    return with_kind("staff", await collection("staff").find_one({"_id": row}, session=session()))


async def list_staff(iin_index: bytes, bin_: str, role: Role, region: str | None, name: str) -> None:
    """Put an employee into the staff table; nothing happens when listed already."""
    row = new_id()
    member = StaffMember(
        _id=row,
        iin_index=iin_index,
        bin=bin_,
        role=role,
        region=region,
        name=await seal(row, "staff.name", row, name),
    )
    key: dict[str, Any] = {"iin_index": iin_index, "bin": bin_, "role": str(role), "region": region}
    fields = {name: value for name, value in member.model_dump(exclude={"id"}).items() if name not in key}
    await collection("staff").update_one(
        key, {"$setOnInsert": fields | {"_id": row}}, upsert=True, session=session()
    )


readable("staff", staff_member)
