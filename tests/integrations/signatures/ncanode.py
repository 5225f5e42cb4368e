"""What tests of NCANode share: signatures as signing software writes them, and answers about them."""

import json
from typing import Any

from cryptography import x509

from integrations.development_ca import Identity
from integrations.development_ca.cms import signed_cms
from tests.integrations.signatures.checks import CONTENT, IIN, NOW
from tests.integrations.signatures.partner import Partner, http

Answer = dict[str, Any]


def alone(identity: Identity, *, attached: bool = True, login: bool = False) -> bytes:
    """A signature with the signer's certificate only, as signing software writes it."""
    credential = identity.auth if login else identity.sign
    return signed_cms(credential, CONTENT, attached=attached, when=NOW, others=[])


def right(certificate: x509.Certificate, **subject: str | None) -> Answer:
    """What NCANode says of a good signature by this certificate."""
    said = {
        "valid": True,
        "revocations": [
            {"revoked": False, "by": "CRL", "revocationTime": None, "reason": None},
            {"revoked": False, "by": "OCSP", "revocationTime": None, "reason": "OK"},
        ],
        "notBefore": "2020-01-01T00:00:00.000+00:00",
        "keyUsage": "SIGN",
        "serialNumber": f"{certificate.serial_number:x}",
        "signAlg": "ECGOST3410-2015-512",
        "keyUser": ["INDIVIDUAL"],
        "subject": {"commonName": "ИВАНОВ ИВАН", "iin": IIN, "bin": None, **subject},
    }
    return {"status": 200, "message": "OK", "valid": True, "signers": [{"certificates": [said], "tsp": None}]}


def one(answer: Answer) -> Answer:
    """The signer's certificate in an answer."""
    found: Answer = answer["signers"][0]["certificates"][0]
    return found


def answering(partner: Partner, answer: Answer) -> None:
    """Lets the partner give this answer to every question."""
    said = json.dumps(answer).encode()
    partner.answer = lambda _question: http(said)
