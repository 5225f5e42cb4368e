"""Keys and certificates of the development authority on disk: for their owner's eyes, never half written."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from integrations.development_ca.certificates import Credential

Stored = Mapping[str, object]


def read(file: Path) -> Stored | None:
    """What was saved, or None."""
    try:
        content: Stored = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    return content


def save(file: Path, content: Stored) -> None:
    """Put the content in place of what was there."""
    with _beside(file, content) as written:
        written.replace(file)


def save_first(file: Path, content: Stored) -> Stored:
    """Save unless another process was first; what is saved now."""
    with _beside(file, content) as written:
        try:
            os.link(written, file)
        except FileExistsError:
            return read(file) or content
    return content


@contextmanager
def _beside(file: Path, content: Stored) -> Iterator[Path]:
    """The content, complete and on the disk, in a new file beside its place."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            json.dump(content, opened, ensure_ascii=False)
            opened.flush()
            os.fsync(opened.fileno())
        yield written
    finally:
        written.unlink(missing_ok=True)


def packed(credential: Credential) -> dict[str, str]:
    """A credential as it is saved (PEM)."""
    key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"key": key.decode(), "certificate": credential.certificate.public_bytes(Encoding.PEM).decode()}


def unpacked(saved: object) -> Credential:
    """A credential as it was saved; TypeError when the file holds something else."""
    if not isinstance(saved, dict):
        raise TypeError("the development authority's file is damaged: delete its folder to make a new one")
    key = load_pem_private_key(str(saved["key"]).encode(), None)
    if not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        raise TypeError("the development authority uses RSA and elliptic curves only")
    return Credential(key, x509.load_pem_x509_certificate(str(saved["certificate"]).encode()))
