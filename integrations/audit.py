"""The key that signs heads of the audit: ES256 in a file, as the token keys are kept; a key of its own."""

import json
from pathlib import Path

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"
TYPE = "audit+jws"


class HeadKeys:
    """Implements `domain.audit.Seal` over a JWK set (RFC 7517): the first key signs, all verify.

    A head is a compact JWS (RFC 7515), so that any library verifies it with the public keys.
    """

    def __init__(self, saved: bytes) -> None:
        self._keys = KeySet.import_key_set(json.loads(saved))

    @classmethod
    def from_file(cls, file: Path) -> "HeadKeys":
        """From a file that exists; a verifier never makes keys."""
        return cls(file.read_bytes())

    def sign(self, content: bytes) -> str:
        """See `domain.audit.Seal`."""
        key = self._keys.keys[0]
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return jws.serialize_compact(header, content, key, algorithms=[ALGORITHM])

    def opened(self, signed: str) -> bytes:
        """See `domain.audit.Seal`."""
        try:
            found = jws.deserialize_compact(signed, self._keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise ValueError("not signed by a key of the audit") from error
        if found.headers().get("typ") != TYPE:
            raise ValueError("signed for another purpose")
        return found.payload

    def public(self) -> bytes:
        """The public keys as a JWK set: all that a verifier elsewhere needs."""
        return json.dumps(self._keys.as_dict(private=False), indent=1).encode()


def fresh_head_keys() -> bytes:
    """A new set of one signing key, as it is to be kept."""
    return json.dumps(KeySet([ECKey.generate_key("P-256", auto_kid=True)]).as_dict(private=True)).encode()
