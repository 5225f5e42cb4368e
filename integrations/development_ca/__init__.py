"""A small certification authority with the profile of the NCA, so that everybody can sign in on a laptop.

It must never stand beside real roots: `refuse_beside_production` is called before any root is trusted.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import load_der_ocsp_request
from cryptography.x509.oid import NameOID

from domain.signatures import HolderRole
from integrations.development_ca import store
from integrations.development_ca.certificates import (
    DEFAULT_PERIOD,
    MARK,
    Credential,
    Holder,
    KeyKind,
    Period,
    Profile,
    authority,
    issue,
    new_key,
    profiles,
    revocation_list,
)
from integrations.development_ca.cms import signed_cms
from integrations.development_ca.responder import Statement, answer, is_about, refusal, responder
from integrations.signatures.revocation import RevocationList, RevocationLists

__all__ = [
    "Credential",
    "DevelopmentAuthority",
    "DevelopmentAuthorityRefused",
    "DevelopmentRevocation",
    "Identity",
    "KeyUse",
    "Period",
    "is_development",
    "refuse_beside_production",
    "sign_cms",
]

KeyUse = Literal["auth", "sign"]
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


class DevelopmentAuthorityRefused(RuntimeError):
    """Development certificates and production roots were to be trusted together."""


@dataclass(frozen=True)
class Identity:
    """Somebody who can sign: a pair of credentials (or one in both places) and the issuer's certificate."""

    name: str
    auth: Credential
    sign: Credential
    issuer: x509.Certificate


class DevelopmentAuthority:
    """A root, an intermediate and the identities they certified, in a folder several processes may use."""

    def __init__(self, folder: Path, *, keys: KeyKind = "ec") -> None:
        """Load the authority in `folder`, or make it with keys of the given kind."""
        self._folder = folder
        self._keys: KeyKind = keys
        saved = store.read(folder / "authority.json") or self._made()
        self._root = store.unpacked(saved["root"])
        self._intermediate = store.unpacked(saved["intermediate"])
        self._cache: dict[str, tuple[str, Identity]] = {}

    @property
    def root(self) -> bytes:
        """The root certificate, DER: what a verifier trusts."""
        return self._root.certificate.public_bytes(Encoding.DER)

    @property
    def intermediate(self) -> bytes:
        """The intermediate certificate, DER; every signature embeds it."""
        return self._intermediate.certificate.public_bytes(Encoding.DER)

    def person(
        self,
        name: str,
        iin: str,
        surname: str,
        given: str,
        patronymic: str = "",
        *,
        one_key: bool = False,
        period: Period = DEFAULT_PERIOD,
    ) -> Identity:
        """A person's identity, the same for the same arguments; `name` is of a-z, 0-9, - and _."""
        return self.identity(name, Holder(iin, surname, given, patronymic), one_key=one_key, period=period)

    def entity(
        self,
        name: str,
        iin: str,
        surname: str,
        given: str,
        patronymic: str = "",
        *,
        bin_: str,
        organisation: str,
        roles: Iterable[HolderRole] = (HolderRole.head,),
        one_key: bool = False,
        period: Period = DEFAULT_PERIOD,
    ) -> Identity:
        """The identity of somebody of a legal entity, with roles in it."""
        granted = (HolderRole.legal_entity, *roles)
        holder = Holder(iin, surname, given, patronymic, bin_, organisation, granted)
        return self.identity(name, holder, one_key=one_key, period=period)

    def information_system(self, name: str, *, bin_: str, organisation: str) -> Identity:
        """The identity of a machine of a legal entity, such as the system of a state body."""
        granted = (HolderRole.legal_entity, HolderRole.information_system)
        return self.identity(name, Holder(None, bin=bin_, organisation=organisation, roles=granted))

    def identity(
        self, name: str, holder: Holder, *, one_key: bool = False, period: Period = DEFAULT_PERIOD
    ) -> Identity:
        """The identity of any holder: loaded if certified before with the same data, else certified."""
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"{name!r} can't name an identity")
        asked = self._fingerprint(holder, one_key=one_key, period=period)
        known, found = self._cache.get(name, ("", None))
        if found is None or known != asked:
            made = profiles(holder, one_key=one_key)
            found = self._loaded(name, asked) or self._certified(name, holder, asked, made, period)
            self._cache[name] = (asked, found)
        return found

    def revoke(self, identity: Identity, at: datetime) -> None:
        """Put the identity's certificates on the list of the intermediate."""
        serials = {one.certificate.serial_number for one in (identity.auth, identity.sign)}
        self._add_revoked("intermediate", serials, at)

    def revoke_intermediate(self, at: datetime) -> None:
        """Put the intermediate on the list of the root."""
        self._add_revoked("root", {self._intermediate.certificate.serial_number}, at)

    def crls(self, now: datetime) -> tuple[bytes, bytes]:
        """Lists of the root and the intermediate, DER, fresh for a week around `now`."""
        return (
            revocation_list(self._root, self._revoked("root"), now),
            revocation_list(self._intermediate, self._revoked("intermediate"), now),
        )

    def ocsp(self, question: bytes, now: datetime) -> bytes:
        """The responder's answer (DER) to a question (DER) about certificates of the intermediate.

        ValueError when the question can't be read.
        """
        asked = load_der_ocsp_request(question)
        own = self._responder()
        if not is_about(asked, own.certificate, self._intermediate.certificate):
            return refusal()
        return answer(Statement(asked, self._revoked("intermediate").get(asked.serial_number), now), own)

    def revocation(self) -> "DevelopmentRevocation":
        """A source of lists that is always fresh, whatever the development clock says."""
        return DevelopmentRevocation(self)

    def revision(self) -> tuple[int, int]:
        """Changes when a certificate was revoked, by this process or another."""
        try:
            state = self._revoked_file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (state.st_mtime_ns, state.st_size)

    @property
    def _revoked_file(self) -> Path:
        return self._folder / "revoked.json"

    def _made(self) -> store.Stored:
        root = authority("Kömek development root", new_key(self._keys), path_length=1)
        intermediate = authority("Kömek development authority", new_key(self._keys), root)
        content = {"root": store.packed(root), "intermediate": store.packed(intermediate)}
        return store.save_first(self._folder / "authority.json", content)

    def _responder(self) -> Credential:
        file = self._folder / "responder.json"
        saved = store.read(file) or store.save_first(
            file, store.packed(responder(new_key(self._keys), self._intermediate))
        )
        return store.unpacked(saved)

    def _fingerprint(self, holder: Holder, *, one_key: bool, period: Period) -> str:
        parts = (holder.name().rfc4514_string(), *holder.roles, one_key, period, self._keys)
        return hashlib.sha256(self.intermediate + repr(parts).encode()).hexdigest()

    def _file(self, name: str) -> Path:
        return self._folder / "identities" / f"{name}.json"

    def _loaded(self, name: str, asked: str) -> Identity | None:
        saved = store.read(self._file(name))
        if saved is None or saved["asked"] != asked:
            return None
        auth, sign = store.unpacked(saved["auth"]), store.unpacked(saved["sign"])
        return Identity(name, auth, sign, self._intermediate.certificate)

    def _certified(
        self, name: str, holder: Holder, asked: str, wanted: Mapping[str, Profile], period: Period
    ) -> Identity:
        made = {
            use: issue(holder, profile, new_key(self._keys), self._intermediate, period)
            for use, profile in wanted.items()
        }
        auth, sign = (made.get(use) or made["both"] for use in ("auth", "sign"))
        store.save(self._file(name), {"asked": asked, "auth": store.packed(auth), "sign": store.packed(sign)})
        return Identity(name, auth, sign, self._intermediate.certificate)

    def _revoked(self, issuer: str) -> dict[int, datetime]:
        saved = (store.read(self._revoked_file) or {}).get(issuer, {})
        entries = saved if isinstance(saved, dict) else {}
        return {int(serial, 16): datetime.fromisoformat(since) for serial, since in entries.items()}

    def _add_revoked(self, issuer: str, serials: Iterable[int], at: datetime) -> None:
        saved = dict(store.read(self._revoked_file) or {})
        known = {f"{serial:x}": since.isoformat() for serial, since in self._revoked(issuer).items()}
        saved[issuer] = {f"{serial:x}": at.isoformat() for serial in serials} | known
        store.save(self._revoked_file, saved)


class DevelopmentRevocation:
    """Implements `integrations.signatures.RevocationSource`: a new list when clock or revocation asks."""

    def __init__(self, authority_: DevelopmentAuthority) -> None:
        self._authority = authority_
        self._lists = RevocationLists([authority_.root, authority_.intermediate])
        self._revision = (-1, -1)

    def find(self, issuer: x509.Certificate, at: datetime) -> RevocationList | None:
        """See `RevocationSource.find`."""
        revision = self._authority.revision()
        found = self._lists.find(issuer, at) if revision == self._revision else None
        if found is None:
            self._lists.replace(self._authority.crls(at))
            self._revision = revision
            found = self._lists.find(issuer, at)
        return found


def sign_cms(
    identity: Identity, content: bytes, *, when: datetime, attached: bool = True, key: KeyUse = "sign"
) -> bytes:
    """CMS (DER) of the identity over `content`, claiming the time `when`; key "auth" is for sign-in."""
    credential = identity.auth if key == "auth" else identity.sign
    return signed_cms(credential, content, attached=attached, when=when, others=[identity.issuer])


def is_development(root: bytes) -> bool:
    """Whether a certificate (DER) is of a development authority, this one or another."""
    subject = x509.load_der_x509_certificate(root).subject
    return any(one.value == MARK for one in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))


def refuse_beside_production(roots: Sequence[bytes], development_root: bytes | None) -> None:
    """Raise DevelopmentAuthorityRefused unless all trusted roots are production's, or all this development's.

    `roots` are the configured ones; `development_root` is None where the development profile is off.
    """
    if development_root is None and any(is_development(root) for root in roots):
        raise DevelopmentAuthorityRefused("a development root is configured: everybody could sign as anybody")
    if development_root is not None and any(root != development_root for root in roots):
        raise DevelopmentAuthorityRefused(
            "the development authority can't be enabled beside configured roots: remove one of them"
        )
