"""docker-compose.yml: valid for a compose client, or for the Compose specification where none is installed."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.house.tree import ROOT

SCHEMA = Path(__file__).with_name("compose.schema.json")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file with its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def client() -> list[str] | None:
    """The compose client of this machine: its own program, or a plugin of docker."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if shutil.which("docker") is None:
        return None
    plugin = subprocess.run(["docker", "compose", "version"], check=False, capture_output=True)
    return ["docker", "compose"] if plugin.returncode == 0 else None


def test_a_compose_client_or_the_specification_accepts_it(compose: dict[str, Any]) -> None:
    """A compose client reads the file; without one the schema decides, and in CI there must be one."""
    program = client()
    if program is None:
        in_ci = "CI" in os.environ
        assert not in_ci, "no compose client: .ci/run installs one"
        jsonschema.validate(compose, json.loads(SCHEMA.read_text()))
        return
    command = [*program, "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_schema_accepts_it_everywhere(compose: dict[str, Any]) -> None:
    """The schema of this repository agrees with the file on every machine."""
    jsonschema.validate(compose, json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        ("mongo1", {"comand": ["mongod"]}),
        ("server1", {"depends_on": {"initiate": {"condition": "service_ready"}}}),
        ("proxy", {"ports": ["eighty"]}),
        ("worker", {"environment": ["A=b"]}),
        ("mongo2", {"healthcheck": {"interval": "5s"}}),
    ],
)
def test_the_schema_refuses_mistakes(compose: dict[str, Any], service: str, wrong: dict[str, Any]) -> None:
    """A misspelt key or a value of the wrong shape does not pass."""
    changed = {
        **compose,
        "services": {**compose["services"], service: {**compose["services"][service], **wrong}},
    }
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, json.loads(SCHEMA.read_text()))


def test_everything_named_is_there(compose: dict[str, Any]) -> None:
    """Services, networks, volumes and files that a service names exist."""
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert set(service.get("networks", [])) <= set(compose["networks"])
        for source in (volume.split(":")[0] for volume in service.get("volumes", [])):
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"]


def test_the_topology_is_the_one_of_production(compose: dict[str, Any]) -> None:
    """L: three members of one set, several servers, a worker and a proxy, only the proxy reachable."""
    services = compose["services"]
    assert (
        sum(
            service.get("image", "").startswith("mongo:") and "healthcheck" in service
            for service in services.values()
        )
        == 3
    )
    assert sum(service.get("command") == ["serve"] for service in services.values()) >= 2
    assert sum(service.get("command") == ["worker"] for service in services.values()) == 1
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["data"]["internal"] is True


def test_members_refuse_scripts_and_strangers(compose: dict[str, Any]) -> None:
    """Each member demands the set's key and runs no JavaScript."""
    for name in ("mongo1", "mongo2", "mongo3"):
        assert {"--noscripting", "--replSet=komek", "--keyFile=/secrets/set.key"} <= set(
            compose["services"][name]["command"]
        )


def test_the_proxy_knows_every_server(compose: dict[str, Any]) -> None:
    """The proxy spreads over exactly the servers there are, and keeps the metrics inside."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    servers = {name for name, service in compose["services"].items() if service.get("command") == ["serve"]}
    assert set(re.findall(r"server (\w+):8000", text)) == servers
    assert "location = /metrics" in text


def test_no_secret_is_written_down() -> None:
    """Passwords and keys are made at the first start; none stands in a file."""
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"(?i)(?:password|secret|key)\s*[:=]\s*['\"]?[a-z0-9]{12,}", text) == []


def test_secrets_are_made_once(tmp_path: Path) -> None:
    """The script makes every secret, and a second run changes none."""
    script = (ROOT / "deploy" / "make-secrets.sh").read_text()
    for name in ("mongo", "portal", "keys"):
        (tmp_path / name).mkdir()
        script = re.sub(rf"(?<![\w/])/{name}\b", str(tmp_path / name), script)
    script = re.sub(r"^chown .*$", "", script, flags=re.MULTILINE)
    contents = []
    for _ in range(2):
        subprocess.run(["bash", "-c", script], check=True)
        (tmp_path / "mongo").chmod(0o700)
        (tmp_path / "portal").chmod(0o700)
        contents.append({path.name: path.read_text() for path in tmp_path.glob("*/*")})
    assert contents[0] == contents[1]
    assert re.fullmatch(r"[0-9a-f]{64}", contents[0]["master_key"])
    assert contents[0]["portal.password"] in contents[0]["mongodb_url"]
    assert 6 <= len(contents[0]["set.key"]) <= 1024
