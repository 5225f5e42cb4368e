"""What a certificate of the National Certification Authority says: use, holder, and the path to a root."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from domain.errors import InvalidInput
from domain.identifiers import parse_bin, parse_iin
from domain.signatures import (
    CertificateUse,
    HolderRole,
    Purpose,
    Refusal,
    SignatureRefused,
    Signer,
    allowed_purposes,
    holder_roles,
)

_LONGEST_PATH: Final = 3
_NUMBERED: Final = re.compile(r"(IIN|BIN)([0-9]{12})")


def check_validity(certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a certificate outside its period."""
    if at < certificate.not_valid_before_utc:
        raise SignatureRefused(Refusal.not_yet_valid)
    if at > certificate.not_valid_after_utc:
        raise SignatureRefused(Refusal.expired)


def _may_sign_certificates(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not (usage.key_cert_sign and usage.crl_sign):
        raise ValueError("the issuer may not sign certificates and revocation lists")


# The defaults of cryptography are those of web servers: these leaves have no alternative name and other
# usages. What permit_all leaves open is checked here and in check_use; it
# still refuses a critical extension that nobody understands.
_ISSUER: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
    .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign_certificates)
)
_LEAF: Final = ExtensionPolicy.permit_all()


def find_path(
    leaf: x509.Certificate,
    candidates: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """The path from the leaf through any of the candidates to one of the roots, all valid at `at`."""
    check_validity(leaf, at)
    builder = PolicyBuilder().store(Store(list(roots))).time(at).max_chain_depth(_LONGEST_PATH)
    verifier = builder.extension_policies(ca_policy=_ISSUER, ee_policy=_LEAF).build_client_verifier()
    try:
        chain = tuple(verifier.verify(leaf, list(candidates)).chain)
    except VerificationError as error:
        raise SignatureRefused(Refusal.untrusted) from error
    if len(chain) == 1:  # a signer configured as a root: nobody could ever revoke it
        raise SignatureRefused(Refusal.untrusted)
    for link in chain[1:]:
        check_validity(link, at)
    return chain


def check_use(certificate: x509.Certificate, purpose: Purpose) -> frozenset[HolderRole]:
    """The holder's roles, if the certificate is an end certificate that may serve the purpose."""
    try:
        extensions = certificate.extensions
        use = _use(extensions)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise SignatureRefused(Refusal.purpose) from error
    if _is_authority(extensions):
        raise SignatureRefused(Refusal.purpose)
    roles = holder_roles(use.extended_usages)
    if not roles:
        raise SignatureRefused(Refusal.role)
    if purpose not in allowed_purposes(use):
        raise SignatureRefused(Refusal.purpose)
    return roles


def _use(extensions: x509.Extensions) -> CertificateUse:
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    policies = extensions.get_extension_for_class(x509.CertificatePolicies).value
    return CertificateUse(
        policies=frozenset(policy.policy_identifier.dotted_string for policy in policies),
        extended_usages=frozenset(oid.dotted_string for oid in extended),
        digital_signature=usage.digital_signature,
        non_repudiation=usage.content_commitment,
    )


def _is_authority(extensions: x509.Extensions) -> bool:
    return any(isinstance(one.value, x509.BasicConstraints) and one.value.ca for one in extensions)


def read_signer(
    certificate: x509.Certificate,
    roles: frozenset[HolderRole],
    signed_at: datetime | None,
    *,
    check_digits: bool = True,
) -> Signer:
    """The holder by the subject: IIN from serialNumber, BIN from OU; an entity has one, a person none."""
    iin, bin_ = _numbers(certificate.subject, roles)
    try:
        return Signer(
            iin=None if iin is None else parse_iin(iin, check=check_digits),
            bin=None if bin_ is None else parse_bin(bin_, check=check_digits),
            roles=frozenset(role.value for role in roles),
            serial=f"{certificate.serial_number:x}",
            subject=certificate.subject.rfc4514_string(),
            name=" ".join(_values(certificate.subject, NameOID.COMMON_NAME)),
            organisation=next(iter(_values(certificate.subject, NameOID.ORGANIZATION_NAME)), None),
            signed_at=signed_at,
        )
    except InvalidInput as error:
        raise SignatureRefused(Refusal.identity) from error


def _numbers(subject: x509.Name, roles: frozenset[HolderRole]) -> tuple[str | None, str | None]:
    serials = [_number(value) for value in _values(subject, NameOID.SERIAL_NUMBER)]
    units = _values(subject, NameOID.ORGANIZATIONAL_UNIT_NAME)
    entities = [_number(value) for value in units if value.startswith("BIN")]
    iins = [number for kind, number in serials if kind == "IIN"]
    bins = {number for kind, number in (*serials, *entities) if kind == "BIN"}
    is_entity = HolderRole.legal_entity in roles
    # Only a machine of an entity may have no person behind it.
    persons = {0, 1} if is_entity and HolderRole.information_system in roles else {1}
    if len(serials) > 1 or len(iins) not in persons or len(entities) != is_entity or len(bins) != is_entity:
        raise SignatureRefused(Refusal.identity)
    return next(iter(iins), None), next(iter(bins), None)


def _number(value: str) -> tuple[str, str]:
    found = _NUMBERED.fullmatch(value)
    if found is None:
        raise SignatureRefused(Refusal.identity)
    return found[1], found[2]


def _values(subject: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [one.value if isinstance(one.value, str) else "" for one in subject.get_attributes_for_oid(oid)]
