"""What NCANode answered about one signature, and whether it fits what the signature itself says."""

from collections.abc import Sequence
from typing import Annotated, Final

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.signatures import HolderRole, Refusal, SignatureRefused, Signer

_STATUS: Final = 200
_ROLES: Final = {
    "INDIVIDUAL": HolderRole.individual,
    "ORGANIZATION": HolderRole.legal_entity,
    "CEO": HolderRole.head,
    "CAN_SIGN": HolderRole.signer,
    "CAN_SIGN_FINANCIAL": HolderRole.financial,
    "HR": HolderRole.hr,
    "EMPLOYEE": HolderRole.employee,
}
_LATER_ROLES: Final = {
    "INDIVIDUAL_DIGITAL_SYSTEM": HolderRole.information_system,
    "ORGANIZATION_DIGITAL_SYSTEM": HolderRole.information_system,
}
"""Named by younger versions only: an answer may leave them out, not invent them."""


class _Shape(BaseModel):
    """Fields we don't use may come and go; those we use have their types, without any conversion."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Revocation(_Shape):
    revoked: bool
    by: str


class _Subject(_Shape):
    iin: str | None = None
    bin: str | None = None


class _Certificate(_Shape):
    valid: bool
    revocations: Annotated[list[_Revocation], Field(max_length=20)] = []
    key_usage: Annotated[str, Field(alias="keyUsage")]
    key_user: Annotated[list[str], Field(alias="keyUser", max_length=20)] = []
    serial_number: Annotated[str, Field(alias="serialNumber")]
    subject: _Subject


class _Signer(_Shape):
    certificates: list[_Certificate]


class Statement(_Shape):
    """The whole answer; `status` repeats that of HTTP."""

    status: int
    valid: bool
    signers: list[_Signer]


def read_statement(content: bytes) -> Statement:
    """The answer as a value; SIGNATURE_CHECK_UNAVAILABLE for anything else than such an answer."""
    try:
        return Statement.model_validate_json(content)
    except ValidationError as error:
        raise SignatureRefused(Refusal.unavailable) from error


def check_answer(statement: Statement, certificate: x509.Certificate, signer: Signer) -> None:
    """Refuse unless everything that NCANode says of the signature fits what we read in it ourselves."""
    if statement.status != _STATUS:
        raise SignatureRefused(Refusal.unavailable)
    if not statement.valid:
        raise SignatureRefused(_why(statement))
    if len(statement.signers) != 1:
        raise SignatureRefused(Refusal.signers)
    (answered,) = statement.signers
    if len(answered.certificates) != 1:
        raise SignatureRefused(Refusal.no_certificate)
    _check_certificate(answered.certificates[0], certificate, signer)


def _why(statement: Statement) -> Refusal:
    """An answer of no gives no reason; a revoked certificate is one that the signer should be told."""
    certificates = [one for signer in statement.signers for one in signer.certificates]
    revoked = any(entry.revoked for one in certificates for entry in one.revocations)
    return Refusal.revoked if revoked else Refusal.invalid


def _check_certificate(said: _Certificate, certificate: x509.Certificate, signer: Signer) -> None:
    _check_revocations(said.revocations)
    if not said.valid:
        raise SignatureRefused(Refusal.untrusted)
    if said.key_usage != _expected_usage(certificate):
        raise SignatureRefused(Refusal.purpose)
    if not _fits(said.key_user, signer.roles):
        raise SignatureRefused(Refusal.role)
    if _serial(said.serial_number) != certificate.serial_number:
        raise SignatureRefused(Refusal.no_certificate)
    if (said.subject.iin or None, said.subject.bin or None) != (signer.iin, signer.bin):
        raise SignatureRefused(Refusal.identity)


def _check_revocations(answered: Sequence[_Revocation]) -> None:
    """Both were asked for, so both must have answered; an empty list is what nobody checked."""
    if any(entry.revoked for entry in answered):
        raise SignatureRefused(Refusal.revoked)
    if {entry.by for entry in answered} != {"OCSP", "CRL"}:
        raise SignatureRefused(Refusal.revocation_unknown)


def _expected_usage(certificate: x509.Certificate) -> str:
    """NCANode says SIGN of whoever may sign documents (with one key, too), AUTH of who may only sign in."""
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    return "SIGN" if usage.content_commitment else "AUTH"


def _fits(said: Sequence[str], roles: frozenset[str]) -> bool:
    named = {_ROLES[name] for name in said if name in _ROLES}
    later = {_LATER_ROLES[name] for name in said if name in _LATER_ROLES}
    known = roles & set(_ROLES.values())
    return bool(named) and named == known and later <= roles


def _serial(text: str) -> int:
    """Hexadecimal, as Java writes it; one that is none is nobody's."""
    try:
        return int(text, 16)
    except ValueError:
        return -1
