"""EXPERIMENTAL. Computes GOST 34.10-2015 and Streebog in a process of its own: one JSON question a line.

Started by `integrations.signatures.gost_process` as a script, never imported by the server: gostcrypto is
pure Python, uncertified and last released in 2021, so it sees no key of the portal, no environment, and is
killed when it takes too long. Questions and answers carry bytes in base64:

    {"do": "digest", "data": …}                        {"digest": …}
    {"do": "verify", "key": …, "data": …, "signature": …}    {"holds": true}

A question that can't be answered gets {"error": …}. Byte orders are those of Kazakhstan's certificates: the
key is x|y and the signature r|s, each half of 64 bytes little-endian; some producers write s|r big-endian.
"""

import base64
import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from gostcrypto import gosthash, gostsignature

_HALF: Final = 64
_CURVE: Final = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-12-512-paramSetA"]


def main() -> None:
    """Answer each line until there is none."""
    for line in sys.stdin:
        sys.stdout.write(answer(line) + "\n")
        sys.stdout.flush()


def answer(line: str) -> str:
    """The answer to one question."""
    try:
        return json.dumps(_answered(json.loads(line)))
    except (ValueError, KeyError, TypeError, gostsignature.GOSTSignatureError) as error:
        return json.dumps({"error": type(error).__name__})


def _answered(question: Mapping[str, Any]) -> dict[str, object]:
    data = base64.b64decode(question["data"], validate=True)
    if question["do"] == "digest":
        return {"digest": base64.b64encode(streebog(data)).decode()}
    if question["do"] != "verify":
        raise ValueError("neither digest nor verify")
    key, signature = (base64.b64decode(question[name], validate=True) for name in ("key", "signature"))
    return {"holds": verified(key, data, signature)}


def streebog(data: bytes) -> bytes:
    """The digest of 512 bits (GOST 34.11-2012, used by 34.11-2015 of Kazakhstan)."""
    return bytes(gosthash.new("streebog512", data=bytearray(data)).digest())


def verified(key: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature is over the data by the key, in either of the two byte orders that were seen."""
    if len(key) != 2 * _HALF or len(signature) != 2 * _HALF:
        raise ValueError("a key and a signature have 128 bytes")
    point = key[:_HALF][::-1] + key[_HALF:][::-1]
    if not _is_on_curve(point):
        return False
    digest = streebog(data)[::-1]
    signing = gostsignature.new(gostsignature.MODE_512, _CURVE)
    orders = (signature[:_HALF][::-1] + signature[_HALF:][::-1], signature[_HALF:] + signature[:_HALF])
    # gostcrypto overwrites what it is given: each attempt gets copies.
    return any(signing.verify(bytearray(point), bytearray(digest), bytearray(order)) for order in orders)


def _is_on_curve(point: bytes) -> bool:
    """The library does not look, and takes a coordinate of zero for the base point, whose key all know."""
    x, y = int.from_bytes(point[:_HALF], "big"), int.from_bytes(point[_HALF:], "big")
    p, a, b = (int(_CURVE[name]) for name in ("p", "a", "b"))
    return 0 < x < p and 0 < y < p and (y * y - (x * x * x + a * x + b)) % p == 0


if __name__ == "__main__":
    main()
