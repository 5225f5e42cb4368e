"""What a process trusts: on a laptop what it made itself, in production only what is configured."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from documents.embedded.folder import free_port
from execution.trusted import Manifest, digest
from integrations.development_ca import DevelopmentAuthority
from tests.integrations.signatures.partner import Partner, http

ROOT = Path(__file__).parents[1]


def authority(folder: Path) -> tuple[Path, Path]:
    """A root that is not a development authority's, and its empty revocation list, as files in DER."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A root of production")])
    constraints = x509.BasicConstraints(ca=True, path_length=1)
    root = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(constraints, critical=True)
        .sign(key, SHA256())
    )
    lists = x509.CertificateRevocationListBuilder(name, now - timedelta(hours=1), now + timedelta(days=1))
    files = folder / "root.der", folder / "list.der"
    files[0].write_bytes(root.public_bytes(Encoding.DER))
    files[1].write_bytes(lists.sign(key, SHA256()).public_bytes(Encoding.DER))
    return files


def settings(mongod: str, folder: Path, root: Path, revocation: Path) -> dict[str, str]:
    """Everything the production profile asks for."""
    return {
        "PROFILE": "production",
        "PORT": str(free_port()),
        "MONGODB_URL": mongod,
        "DATABASE": f"production_{folder.name[-8:]}",
        "DATA_FOLDER": str(folder / "data"),
        "MASTER_KEY": "5a" * 32,
        "TOKEN_KEYS": str(folder / "keys" / "tokens.json"),
        "AUDIT_KEYS": str(folder / "keys" / "audit.json"),
        "AUDIENCE": "https://portal.example",
        "OIDC_ISSUER": "https://staff.example",
        "OIDC_CLIENT_SECRET": "known to the provider as well",
        "ROOTS": f'["{root}"]',
        "REVOCATION_LISTS": f'["{revocation}"]',
        "STATE_BODY_BINS": '["000000000000"]',
        "ESOBES_BINS": '["000000000000"]',
        "SMS_URL": "http://127.0.0.1:9/sms",
        "MAIL_URL": "http://127.0.0.1:9/mail",
        "ESOBES_URL": "http://127.0.0.1:9/esobes",
        "DOCUMENTS_MANIFEST": str(manifest(folder)),
    }


QUERY = "{ listings { totalCount } serviceStatus { now } regions { code } categories { code } }"


def manifest(folder: Path) -> Path:
    """A manifest of one document."""
    file = folder / "manifest.json"
    file.write_text(Manifest.of([QUERY]).written())
    return file


def spoiled(folder: Path, written: str | None) -> None:
    """Something else in the place of the manifest, or nothing."""
    file = manifest(folder)
    file.unlink()
    if written is not None:
        file.write_text(written)


async def started(environment: dict[str, str]) -> asyncio.subprocess.Process:
    """The server with exactly these settings."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return await asyncio.create_subprocess_exec(
        sys.executable, "app.py", "serve", cwd=ROOT, env=clean | environment, stderr=asyncio.subprocess.PIPE
    )


async def refusal(environment: dict[str, str]) -> str:
    """What a server says that does not start."""
    process = await started(environment)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode != 0
    return said.decode()


@asynccontextmanager
async def serving(environment: dict[str, str]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server that has started."""
    process = await started(environment)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{environment['PORT']}") as client:
        try:
            await asyncio.wait_for(_ready(client, process), 60)
            yield client
        finally:
            process.terminate()
            await process.communicate()


async def _ready(client: httpx2.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            if (await client.get("/health/ready")).status_code == 200:
                return
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
    pytest.fail("the server ended instead of starting")


async def test_production_serves_without_anything_of_development(mongod: str, tmp_path: Path) -> None:
    """R-L: the production profile answers, and has no demo signatures, clock, simulator or GraphiQL."""
    environment = settings(mongod, tmp_path, *authority(tmp_path))
    async with serving(environment) as client:
        answer = (await client.post("/graphql", json={"query": QUERY})).json()
        assert answer["data"]["listings"]["totalCount"] == 0
        assert len(answer["data"]["regions"]) == 20
        assert answer["data"]["categories"], "rules are there without demonstration data"
        for path in ("/dev/sign", "/dev/clock", "/dev/people", "/simulator/inbox", "/static/graphiql/"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.get("/graphql", headers={"Accept": "text/html"})).status_code != 200


async def test_production_answers_known_documents_only(mongod: str, tmp_path: Path) -> None:
    """R-K: in production a visitor's document is a known one, by hash or by text, and nothing else, by every way."""
    environment = settings(mongod, tmp_path, *authority(tmp_path))
    known = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(QUERY)}}}
    async with serving(environment) as client:
        assert (await client.post("/graphql", json=known)).json()["data"]["regions"]
        by_get = {"extensions": json.dumps(known["extensions"])}
        assert (await client.get("/graphql", params=by_get)).json()["data"]["regions"]
        for text in ("{ serviceStatus { now } }", f"{QUERY} ", "{ __schema { types { name } } }"):
            answers = [
                (await client.post("/graphql", json={"query": text})).json(),
                (await client.get("/graphql", params={"query": text})).json(),
                await by_socket(environment["PORT"], {"query": text}),
            ]
            for answer in answers:
                (error,) = answer["errors"]
                assert error["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        beside = await client.post("/graphql", json=known | {"query": "{ serviceStatus { now } }"})
        assert beside.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_UNKNOWN"
        assert (await client.post("/graphql", json=[known, {"query": "{ __typename }"}])).status_code == 400
        assert (await by_socket(environment["PORT"], known))["data"]["regions"]


async def by_socket(port: str, payload: dict[str, Any]) -> Any:
    """What a socket answers to an operation: its result, or its errors."""
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[protocol]) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        said = json.loads(await socket.recv())
    return {"errors": said["payload"]} if said["type"] == "error" else said["payload"]


async def test_production_does_not_explain_its_schema(mongod: str, tmp_path: Path) -> None:
    """R-K: where free text is allowed, production still answers no introspection and names nothing it has."""
    environment = settings(mongod, tmp_path, *authority(tmp_path)) | {"TRUSTED_DOCUMENTS": "off"}
    async with serving(environment) as client:
        for text, code in (
            ("{ __schema { types { name } } }", "INTROSPECTION_OFF"),
            ('{ a: __type(name: "Query") { name } }', "INTROSPECTION_OFF"),
            ("{ listing { id } }", "DOCUMENT_INVALID"),
            ("{ listings }", "DOCUMENT_INVALID"),
        ):
            (error,) = (await client.post("/graphql", json={"query": text})).json()["errors"]
            assert error["extensions"]["code"] == code
            assert "detail" not in error["extensions"]
        assert "data" in (await client.post("/graphql", json={"query": "{ __typename }"})).json()


@pytest.mark.parametrize("written", ["{", "[]", '{"00": {"text": "{viewer}"}}', None])
async def test_production_refuses_a_manifest_that_is_none(
    mongod: str, tmp_path: Path, written: str | None
) -> None:
    """R-K: a manifest whose hashes are not those of its texts stops the start, and says which."""
    environment = settings(mongod, tmp_path, *authority(tmp_path))
    spoiled(tmp_path, written)
    said = await refusal(environment)
    assert ("00: the text" in said) == (written is not None and "00" in written)
    assert "Traceback" not in said


async def test_production_names_what_is_not_set(mongod: str, tmp_path: Path) -> None:
    """R-L: a setting that is missing is named; no default of a laptop takes its place."""
    environment = settings(mongod, tmp_path, *authority(tmp_path))
    del environment["MASTER_KEY"], environment["DOCUMENTS_MANIFEST"]
    said = await refusal(environment)
    assert "MASTER_KEY, DOCUMENTS_MANIFEST" in said


async def test_production_refuses_a_development_root(mongod: str, tmp_path: Path) -> None:
    """R-A2: the development authority can't be trusted in production, whoever configures it."""
    laptop = tmp_path / "development.der"
    laptop.write_bytes(DevelopmentAuthority(tmp_path / "authority").root)
    root, revocation = authority(tmp_path)
    environment = settings(mongod, tmp_path, root, revocation) | {"ROOTS": f'["{root}", "{laptop}"]'}
    assert "development root" in await refusal(environment)


async def test_production_refuses_to_start_without_revocation_lists(mongod: str, tmp_path: Path) -> None:
    """R-A2: revocation unknown refuses every signature, so a start without lists says so at once."""
    root, revocation = authority(tmp_path)
    revocation.write_bytes(b"not a list")
    environment = settings(mongod, tmp_path, root, revocation)
    assert "revocation lists" in await refusal(environment)


async def test_each_server_fetches_the_lists_itself(mongod: str, tmp_path: Path) -> None:
    """R-A2: also one without workers; an address that can't be reached does not keep the portal from starting."""
    root, revocation = authority(tmp_path)
    environment = settings(mongod, tmp_path, root, revocation)
    del environment["REVOCATION_LISTS"]
    der = revocation.read_bytes()
    async with Partner(lambda _question: http(der, ETag='"1"')).running() as partner:
        environment |= {
            "REVOCATION_LIST_URLS": f'["{partner.url}", "http://127.0.0.1:9/list.crl"]',
            "WORKER": "separate",
        }
        async with serving(environment):
            while len(partner.got) < 2:
                await asyncio.sleep(0.05)
    assert ["if-none-match" in question.headers for question in partner.got[:2]] == [False, True]


async def test_production_refuses_to_ask_nobody(mongod: str, tmp_path: Path) -> None:
    """R-A2: OCSP that is needed but has no address is a mistake told at the start."""
    environment = settings(mongod, tmp_path, *authority(tmp_path)) | {"REVOCATION_CHECK": "both"}
    assert "OCSP responder" in await refusal(environment)
