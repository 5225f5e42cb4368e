"""An OCSP responder over real HTTP: what it must prove before its word counts, and who must answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from integrations.development_ca import Credential, DevelopmentAuthority
from integrations.development_ca.certificates import new_key
from integrations.development_ca.responder import EMPTY, SIGNING, Statement, answer, refusal, responder
from integrations.signatures import OcspResponder
from integrations.signatures.ocsp import OcspAnswer
from tests.integrations.signatures.checks import NOW, Authority, person
from tests.integrations.signatures.partner import NEVER, Partner, Question, http

Change = Callable[[Statement], Statement]


def issuer(ca: Authority) -> x509.Certificate:
    """The intermediate."""
    return x509.load_der_x509_certificate(ca.intermediate)


async def asked(ca: Authority, partner: Partner, client: httpx2.AsyncClient) -> OcspAnswer | None:
    """What the responder is understood to say about a person's certificate."""
    source = OcspResponder(client, partner.url, seconds=2)
    return await source.ask(person(ca).sign.certificate, issuer(ca), NOW)


def saying(ca: Authority, change: Change, signer: Credential | None = None) -> Callable[[Question], bytes]:
    """A responder that says something else, under its own or another name."""

    def said(question: Question) -> bytes:
        about = ocsp.load_der_ocsp_request(question.body)
        return http(answer(change(Statement(about, None, NOW)), signer or ca._responder()))

    return said


async def test_a_delegated_responder_is_believed(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: the issuer's responder is believed though its certificate has an extension nobody can read."""
    partner.answer = lambda question: http(ca.ocsp(question.body, NOW))
    with pytest.raises(ValueError, match="error parsing"):
        assert ca._responder().certificate.extensions
    known = await asked(ca, partner, client)
    assert known is not None
    assert (known.revoked, known.responder) == (False, ca._responder().certificate.serial_number)
    about = ocsp.load_der_ocsp_request(partner.got[0].body)
    assert about.serial_number == person(ca).sign.certificate.serial_number
    assert len(about.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce) == 16
    assert partner.got[0].headers["content-type"] == "application/ocsp-request"


async def test_an_issuer_may_answer_itself(
    ca: Authority, rsa_ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: with ECDSA or RSA, embedded or not."""
    for authority in (ca, rsa_ca):
        for change in (lambda said: said, lambda said: replace(said, embedded=False)):
            partner.answer = saying(authority, change, authority._intermediate)
            known = await asked(authority, partner, client)
            assert known is not None
            assert (known.revoked, known.responder) == (False, None)


CHANGES: dict[str, Change] = {
    "no nonce": lambda said: replace(said, nonce=b""),
    "another nonce": lambda said: replace(said, nonce=bytes(16)),
    "unknown": lambda said: replace(said, status=ocsp.OCSPCertStatus.UNKNOWN),
    "an hour old": lambda said: replace(said, this_update=NOW - timedelta(hours=1, seconds=1)),
    "from the future": lambda said: replace(said, this_update=NOW + timedelta(minutes=6)),
    "expired": lambda said: replace(said, this_update=NOW - timedelta(minutes=2), next_update=NOW),
    "without the responder": lambda said: replace(said, embedded=False),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_wrong_statement_is_no_answer(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, name: str
) -> None:
    """R-A2: an answer to another question, without knowledge, too old or too young leaves all unknown."""
    partner.answer = saying(ca, CHANGES[name])
    assert await asked(ca, partner, client) is None


async def test_an_answer_about_another_certificate_is_none(
    ca: Authority, tmp_path: Path, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: serial number and both hashes of the issuer must be those that were asked about."""
    other, stranger = person(ca, "olga").sign.certificate, DevelopmentAuthority(tmp_path)
    for certificate, by in [(other, issuer(ca)), (person(ca).sign.certificate, issuer(stranger))]:
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, by, hashes.SHA256())

        def change(said: Statement, builder: ocsp.OCSPRequestBuilder = builder) -> Statement:
            asked_nonce = said.question.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
            return replace(said, question=builder.build(), nonce=asked_nonce)

        partner.answer = saying(ca, change)
        assert await asked(ca, partner, client) is None


def expired(ca: Authority) -> Credential:
    """A responder whose certificate has ended."""
    made = responder(new_key("ec"), ca._intermediate)
    name, ended = made.certificate.subject, NOW - timedelta(seconds=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(ca._intermediate.certificate.subject)
    builder = builder.public_key(made.key.public_key()).serial_number(5)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(ended)
    builder = builder.add_extension(SIGNING, critical=False)
    return Credential(made.key, builder.sign(ca._intermediate.key, hashes.SHA256()))


USUAL = (SIGNING, EMPTY)
BROKEN = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.37"), b"\x01")
RESPONDERS: dict[str, Callable[[Authority, Authority], Credential]] = {
    "without the usage": lambda ca, _: responder(new_key("ec"), ca._intermediate, EMPTY),
    "a usage that can't be read": lambda ca, _: responder(new_key("ec"), ca._intermediate, BROKEN),
    "of another authority": lambda _, other: responder(new_key("ec"), other._intermediate, *USUAL),
    "of the root": lambda ca, _: responder(new_key("ec"), ca._root, *USUAL),
    "of a person": lambda ca, _: responder(new_key("ec"), person(ca).sign, *USUAL),
    "a person": lambda ca, _: person(ca).sign,
    "another key": lambda ca, _: Credential(new_key("ec"), ca._responder().certificate),
    "expired": lambda ca, _: expired(ca),
}


@pytest.mark.parametrize("name", RESPONDERS)
async def test_a_responder_needs_its_mandate(
    ca: Authority, tmp_path: Path, partner: Partner, client: httpx2.AsyncClient, name: str
) -> None:
    """R-A2: only the issuer of the certificate, or whom it certified for signing answers, is believed."""
    made = RESPONDERS[name](ca, DevelopmentAuthority(tmp_path))
    partner.answer = saying(ca, lambda said: said, made)
    assert await asked(ca, partner, client) is None


def of_another_kind(ca: Authority) -> Callable[[Question], bytes]:
    """A responder of the issuer that signs with Ed25519."""

    def said(question: Question) -> bytes:
        about = ocsp.load_der_ocsp_request(question.body)
        key = ed25519.Ed25519PrivateKey.generate()
        builder = x509.CertificateBuilder().subject_name(x509.Name([])).serial_number(6)
        builder = builder.issuer_name(issuer(ca).subject).public_key(key.public_key())
        builder = builder.not_valid_before(NOW).not_valid_after(NOW).add_extension(SIGNING, critical=False)
        odd = builder.sign(ca._intermediate.key, hashes.SHA256())
        made = ocsp.OCSPResponseBuilder().add_response_by_hash(
            about.issuer_name_hash, about.issuer_key_hash, about.serial_number, about.hash_algorithm,
            ocsp.OCSPCertStatus.GOOD, NOW, None, None, None,
        )  # fmt: skip
        nonce = about.extensions.get_extension_for_class(x509.OCSPNonce).value
        made = made.responder_id(ocsp.OCSPResponderEncoding.NAME, odd).certificates([odd])
        signed = made.add_extension(nonce, critical=False).sign(key, None)
        return http(signed.public_bytes(Encoding.DER))

    return said


def flipped(ca: Authority) -> Callable[[Question], bytes]:
    """The right answer with another signature."""

    def said(question: Question) -> bytes:
        good = ca.ocsp(question.body, NOW)
        signature = ocsp.load_der_ocsp_response(good).signature
        return http(good.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1])))

    return said


WIRES: dict[str, Callable[[Authority], Callable[[Question], bytes]]] = {
    "another kind of key": of_another_kind,
    "a flipped bit": flipped,
    "no answer": lambda _: lambda _: NEVER,
    "not found": lambda _: lambda _: http(b"", 404),
    "an error": lambda ca: lambda question: http(ca.ocsp(question.body, NOW), 500),
    "elsewhere": lambda _: lambda _: http(b"", 302, Location="/path"),
    "garbage": lambda _: lambda _: http(b"<html>"),
    "nothing": lambda _: lambda _: http(b""),
    "a refusal": lambda _: lambda _: http(refusal()),
    "too much": lambda _: lambda _: http(bytes(70_000)),
    "half": lambda ca: lambda question: http(ca.ocsp(question.body, NOW)[:-9], length=5000),
    "no HTTP": lambda _: lambda _: b"hello\r\n\r\n",
}


@pytest.mark.parametrize("name", WIRES)
async def test_what_went_wrong_on_the_way_is_no_answer(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, name: str
) -> None:
    """R-A2: late, broken, redirected, oversized and foreign answers leave all unknown."""
    partner.answer = WIRES[name](ca)
    source = OcspResponder(client, partner.url, seconds=0.3 if name == "no answer" else 5)
    assert await source.ask(person(ca).sign.certificate, issuer(ca), NOW) is None
    assert len(partner.got) == 1


async def test_nobody_listening_is_no_answer(ca: Authority, client: httpx2.AsyncClient) -> None:
    """R-A2: a responder that can't be reached knows nothing."""
    source = OcspResponder(client, "http://127.0.0.1:9/ocsp")
    assert await source.ask(person(ca).sign.certificate, issuer(ca), NOW) is None
