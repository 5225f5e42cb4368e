"""Settings: each is told to operators once, and the topology of production hands over what it can't do without."""

import re
from collections import Counter
from typing import Any

import yaml

from settings import Settings
from tests.house.tree import ROOT

FIELDS = {name.upper() for name in Settings.model_fields}
ROW = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
LAPTOP = {"MONGODB_PORT", "DEMO_DATA", "EXPERIMENTAL_GOST"}
"""What production never sets."""
FIXED = {"DATABASE", "OUTBOX_LEASE_SECONDS", "ROTATION_SETTLING_SECONDS"}
"""What has a value that suits the topology as it is."""


def described() -> Counter[str]:
    """How often each name stands in the first column of a table of docs/production.md."""
    rows = ROW.findall((ROOT / "docs" / "production.md").read_text("utf-8"))
    return Counter(name for row in rows for name in re.findall(r"`([A-Z_]+)(?:=\w+)?`", row))


def portal() -> dict[str, str]:
    """The environment of the portal's services in docker-compose.yml."""
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    environment: dict[str, str] = compose["x-portal"]["environment"]
    return environment


def from_secrets() -> set[str]:
    """What deploy/with-secrets.sh adds to it."""
    script = (ROOT / "deploy" / "with-secrets.sh").read_text("utf-8")
    return set(re.findall(r"^([A-Z_]+)=", script, re.MULTILINE))


def test_every_setting_is_described_once() -> None:
    """docs/production.md names each setting in one row of its tables, and nothing that is none."""
    assert described() == Counter(dict.fromkeys(FIELDS, 1))


def test_the_topology_hands_over_every_setting() -> None:
    """Each setting an operator may need reaches the containers, under a name the portal knows."""
    given = portal().keys() | from_secrets()
    assert given <= FIELDS
    assert given >= FIELDS - LAPTOP - FIXED


def test_an_operators_settings_keep_their_names() -> None:
    """What the topology takes from outside has the same name there, so that the tables hold for it too."""
    for name, value in portal().items():
        taken = re.findall(r"\$\{([A-Z_]+)", value)
        assert taken in ([], [name])


def test_what_production_lacks_is_named() -> None:
    """A production profile without anything asks for what the topology leaves to the operator or makes itself."""
    lacking = set(Settings.model_construct(profile="production").missing())
    assert {"OIDC_ISSUER", "DOCUMENTS_MANIFEST", "AUDIT_KEYS", "MASTER_KEY"} <= lacking
    assert lacking <= portal().keys() | from_secrets()
