"""The process that computes with GOST keys: what it answers, and what happens when it doesn't."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from domain.signatures import SignatureRefused
from integrations.signatures.gost_process import GostProcess, digest_of, signature_of
from integrations.signatures.gost_worker import answer, main, streebog, verified
from tests.integrations.signatures.gost_ca import CURVE, GostKey

ROOT = Path(__file__).parents[3]
HALF = 64


@pytest.fixture(scope="module")
def key() -> GostKey:
    """A key."""
    return GostKey()


def test_the_digest_is_the_published_one() -> None:
    """GOST R 34.11-2012 (RFC 6986 §10.1): the digest of the first example, in the order of the standard's bytes."""
    said = b"012345678901234567890123456789012345678901234567890123456789012"
    expected = (
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
        "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
    )
    assert streebog(said).hex() == expected


def test_both_orders_of_bytes_are_read(key: GostKey) -> None:
    """r|s little-endian, and s|r big-endian as other producers write; changed data or halves hold in none."""
    signature = key.sign(b"data")
    assert verified(key.public, b"data", signature)
    assert verified(key.public, b"data", signature[::-1])
    assert not verified(key.public, b"other", signature)
    assert not verified(key.public, b"data", signature[HALF:] + signature[:HALF])
    assert not verified(key.public, b"data", bytes(2 * HALF))


def point(x: int, y: int) -> bytes:
    """A key with these coordinates."""
    return x.to_bytes(HALF, "little") + y.to_bytes(HALF, "little")


def test_points_off_the_curve_are_no_keys(key: GostKey) -> None:
    """A zero would make the library compute with the base point; what is off the curve proves nothing."""
    signature = key.sign(b"data")
    base = point(CURVE["x"], CURVE["y"])
    for bad in (bytes(2 * HALF), b"\x00" * HALF + key.public[HALF:], key.public[:HALF] + b"\x00" * HALF,
                base[:HALF] + key.public[HALF:], point(CURVE["p"] + CURVE["x"], CURVE["y"])):  # fmt: skip
        assert not verified(bad, b"data", signature)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"do": "sign", "data": ""}',
        '{"do": "digest", "data": 5}',
        '{"do": "digest", "data": "*"}',
        '{"do": "verify", "data": "", "key": "", "signature": ""}',
        '{"do": "verify", "data": ""}',
    ],
)
def test_questions_without_sense_get_an_error(line: str) -> None:
    """A question that can't be read ends in an error on its own line, never in a crash."""
    assert set(json.loads(answer(line))) == {"error"}


def test_a_process_answers_several(key: GostKey) -> None:
    """Digests and signatures over the line protocol; one signature that doesn't hold is enough."""
    process = GostProcess()
    assert process.digests([b"one", b"two"]) == [streebog(b"one"), streebog(b"two")]
    good = signature_of(key.public, b"data", key.sign(b"data"))
    assert process.hold([good])
    assert not process.hold([good, signature_of(key.public, b"other", key.sign(b"data"))])
    assert not process.hold([good, signature_of(b"short", b"data", b"short")])
    assert json.loads(answer(json.dumps(good))) == {"holds": True}
    asked = base64.b64decode(json.loads(answer(json.dumps(digest_of(b"one"))))["digest"])
    assert asked == streebog(b"one")


def python(code: str) -> tuple[str, ...]:
    """A process that runs this instead."""
    return (sys.executable, "-I", "-c", code)


BROKEN = {
    "hangs": python("import time; time.sleep(600)"),
    "dies": python("raise SystemExit(3)"),
    "says nothing": python("pass"),
    "says too much": python('print(\'{"holds": true}\\n{"holds": true}\')'),
    "says nonsense": python("print('yes')"),
    "says a list": python("print('[]')"),
    "says another word": python('print(\'{"digest": "*"}\')'),
    "is missing": ("/nonexistent",),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_process_is_refused(name: str) -> None:
    """R-A2: a process that hangs is killed, and one that breaks proves nothing: fail closed."""
    process = GostProcess(seconds=0.5 if name == "hangs" else 20, command=BROKEN[name])
    with pytest.raises(SignatureRefused, match="SIGNATURE_CHECK_UNAVAILABLE"):
        process.digests([b"one"])
    if name != "says another word":
        with pytest.raises(SignatureRefused, match="SIGNATURE_CHECK_UNAVAILABLE"):
            process.hold([digest_of(b"one")])


def test_a_hanging_process_does_not_live_on(tmp_path: Path) -> None:
    """The process is dead when the refusal comes."""
    told = tmp_path / "pid"
    code = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    with pytest.raises(SignatureRefused):
        GostProcess(seconds=2, command=python(code)).hold([digest_of(b"one")])
    assert not Path("/proc", told.read_text()).exists()


def test_the_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-J1: the environment, with the master key in it, stays here."""
    monkeypatch.setenv("MASTER_KEY", "5a" * 32)
    code = "import base64, os; print('{\"digest\": \"' + base64.b64encode(repr(os.environ).encode()).decode() + '\"}')"
    (seen,) = GostProcess(command=python(code)).digests([b""])
    assert b"MASTER_KEY" not in seen
    assert b"PATH" not in seen


def test_the_server_does_not_load_the_library() -> None:
    """The uncertified library is in the process apart only."""
    code = "import sys, assembly; sys.exit('gostcrypto' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_each_line_gets_its_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The protocol is one answer a line, in the order of the questions, until there is none."""
    monkeypatch.setattr("sys.stdin", io.StringIO('{"do": "digest", "data": ""}\nnonsense\n'))
    main()
    first, second = capsys.readouterr().out.splitlines()
    assert base64.b64decode(json.loads(first)["digest"]) == streebog(b"")
    assert json.loads(second) == {"error": "JSONDecodeError"}
