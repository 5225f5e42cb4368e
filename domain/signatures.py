"""Electronic signatures with certificates of the National Certification Authority (NCA RK), requirement A2.

Object identifiers: order V2000021440 (adilet) as decoded from the authority's own test certificates.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from domain.errors import Refused


class Purpose(StrEnum):
    """What a signature is for."""

    login = "login"
    document = "document"
    message = "message"


class Refusal(StrEnum):
    """Why a signature is refused; each has a text in texts/signatures.toml."""

    too_large = "SIGNATURE_TOO_LARGE"
    unreadable = "SIGNATURE_UNREADABLE"
    signers = "SIGNATURE_NOT_ONE_SIGNER"
    no_certificate = "SIGNATURE_WITHOUT_CERTIFICATE"
    algorithm = "SIGNATURE_ALGORITHM"
    attributes = "SIGNATURE_ATTRIBUTES"
    content = "SIGNATURE_OF_OTHER_CONTENT"
    invalid = "SIGNATURE_INVALID"
    time = "SIGNATURE_TIME"
    not_yet_valid = "CERTIFICATE_NOT_YET_VALID"
    expired = "CERTIFICATE_EXPIRED"
    untrusted = "CERTIFICATE_UNTRUSTED"
    revoked = "CERTIFICATE_REVOKED"
    revocation_unknown = "REVOCATION_UNKNOWN"
    purpose = "CERTIFICATE_PURPOSE"
    role = "CERTIFICATE_ROLE"
    identity = "CERTIFICATE_IDENTITY"
    gost = "SIGNATURE_GOST_UNSUPPORTED"
    unavailable = "SIGNATURE_CHECK_UNAVAILABLE"
    offline = "SIGNATURE_NOT_CHECKED_OFFLINE"


class SignatureRefused(Refused):
    """The signature proves nothing here; `reason` is the code as an enum."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value, ("input", "cms"))
        self.reason = reason


class HolderRole(StrEnum):
    """Who holds a certificate, by the role identifiers in its extended key usage."""

    individual = "individual"
    legal_entity = "legal_entity"
    head = "head"
    signer = "signer"
    financial = "financial"
    hr = "hr"
    employee = "employee"
    information_system = "information_system"


ROLES: Final = {
    "1.2.398.3.3.4.1.1": HolderRole.individual,
    "1.2.398.3.3.4.1.1.1": HolderRole.information_system,
    "1.2.398.3.3.4.1.2": HolderRole.legal_entity,
    "1.2.398.3.3.4.1.2.1": HolderRole.head,
    "1.2.398.3.3.4.1.2.2": HolderRole.signer,
    "1.2.398.3.3.4.1.2.3": HolderRole.financial,
    "1.2.398.3.3.4.1.2.4": HolderRole.hr,
    "1.2.398.3.3.4.1.2.5": HolderRole.employee,
    "1.2.398.3.3.4.1.2.6": HolderRole.information_system,
}
BINDING: Final = (HolderRole.head, HolderRole.signer)
"""Whose signature binds an organisation, and who may act for it."""

CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"


@dataclass(frozen=True)
class AllowedUse:
    """What certificates of one policy may do, and what such a certificate must look like."""

    purposes: frozenset[Purpose]
    extended_usage: str
    non_repudiation: bool
    holders: frozenset[HolderRole]


_SIGN: Final = frozenset({Purpose.document, Purpose.message})
_LOGIN: Final = frozenset({Purpose.login})
_PERSON: Final = frozenset({HolderRole.individual})
_ENTITY: Final = frozenset({HolderRole.legal_entity})

POLICIES: Final = {
    "1.2.398.3.3.2.1": AllowedUse(_SIGN, EMAIL_PROTECTION, non_repudiation=True, holders=_ENTITY),
    "1.2.398.3.3.2.2": AllowedUse(_LOGIN, CLIENT_AUTH, non_repudiation=False, holders=_ENTITY),
    "1.2.398.3.3.2.3": AllowedUse(_SIGN, EMAIL_PROTECTION, non_repudiation=True, holders=_PERSON),
    "1.2.398.3.3.2.4": AllowedUse(_LOGIN, CLIENT_AUTH, non_repudiation=False, holders=_PERSON),
    # One key for everything: the certificates of the 2015 algorithms.
    "1.2.398.3.3.2": AllowedUse(
        _SIGN | _LOGIN, EMAIL_PROTECTION, non_repudiation=True, holders=_PERSON | _ENTITY
    ),
}
"""Allowed use by certificate policy: a pair has one certificate for login and one for documents."""


@dataclass(frozen=True)
class CertificateUse:
    """What a certificate says about its own use."""

    policies: frozenset[str]
    extended_usages: frozenset[str]
    digital_signature: bool
    non_repudiation: bool


def holder_roles(extended_usages: AbstractSet[str]) -> frozenset[HolderRole]:
    """The roles among the extended key usages, empty unless exactly one kind of holder is named."""
    roles = frozenset(role for oid, role in ROLES.items() if oid in extended_usages)
    return roles if len(roles & (_PERSON | _ENTITY)) == 1 else frozenset()


def allowed_purposes(use: CertificateUse) -> frozenset[Purpose]:
    """What the certificate may be used for: every known policy in it must agree, and one must be known."""
    known = [POLICIES[policy] for policy in use.policies if policy in POLICIES]
    if not known or not use.digital_signature:
        return frozenset()
    return frozenset(purpose for purpose in Purpose if all(_allows(policy, use, purpose) for policy in known))


def _allows(policy: AllowedUse, use: CertificateUse, purpose: Purpose) -> bool:
    return (
        purpose in policy.purposes
        and policy.extended_usage in use.extended_usages
        and (use.non_repudiation or not policy.non_repudiation)
        and bool(holder_roles(use.extended_usages) & policy.holders)
    )


@dataclass(frozen=True)
class Signer:
    """Who signed, as the certificate names them; personal fields stay out of `repr` and so out of logs."""

    iin: str | None = field(repr=False)
    bin: str | None
    roles: frozenset[str]
    serial: str
    subject: str = field(repr=False)
    name: str = field(repr=False)
    organisation: str | None
    signed_at: datetime | None
    """The signer's own claim (UTC): no proof of time."""


@dataclass(frozen=True)
class Material:
    """What a later check needs offline, in DER: the chain from signer to root, CRLs and OCSP answers.

    `statement` is what another service said (JSON as received): a record of the check, no proof of anything.
    """

    chain: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    ocsp: tuple[bytes, ...] = field(default=(), repr=False)
    statement: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Verified:
    """A signature that holds: the signer, and the material of the check at `checked_at` (UTC)."""

    signer: Signer
    chain: tuple[bytes, ...] = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    checked_at: datetime
    ocsp: tuple[bytes, ...] = field(default=(), repr=False)
    statement: bytes | None = field(default=None, repr=False)

    @property
    def signed_at(self) -> datetime | None:
        """When the signer claims to have signed."""
        return self.signer.signed_at

    @property
    def material(self) -> Material:
        """What to keep beside the signature for `SignatureVerifier.recheck`."""
        return Material(self.chain, self.crls, self.ocsp, self.statement)


class SignatureVerifier(Protocol):
    """Checks signatures completely or refuses them; unknown is refused."""

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """Check that `cms`, attached or detached, signs exactly `content`; SignatureRefused."""

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """The same check at an earlier instant, offline, with material kept from then; SignatureRefused."""


def same_holder(signer: Signer, *, iin: str | None = None, bin_: str | None = None) -> bool:
    """Whether the signer is the person and, where given, acts for the entity that is expected."""
    return (iin is not None or bin_ is not None) and iin in {None, signer.iin} and bin_ in {None, signer.bin}


def require_person(signer: Signer) -> None:
    """Refused CERTIFICATE_OF_A_SYSTEM for the certificate of a machine: nobody stands behind it."""
    if HolderRole.information_system in signer.roles:
        raise Refused("CERTIFICATE_OF_A_SYSTEM", ("input", "cms"))


def has_role(signer: Signer, roles: Sequence[HolderRole]) -> bool:
    """Whether the certificate gives the signer at least one of the roles."""
    return any(role in signer.roles for role in roles)
