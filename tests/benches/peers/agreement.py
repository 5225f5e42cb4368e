"""Before anything is measured: every peer gives the same answers, value by value."""

import http.client
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.benches.peers.questions import Question

_NO_FIELD = "Cannot query field"


class DifferentError(Exception):
    """Peers that don't answer alike can't be compared."""


def answers(port: int, path: str, question: Question) -> list[bytes]:
    """The answer to each set of variables; DifferentError for anything but 200 without errors."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Language": "ru"}
    found = []
    for body in question.bodies(graphql=path == "/graphql"):
        connection.request("POST", path, body.encode(), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK or b'"errors"' in content:
            raise DifferentError(
                f"{path} answers {answer.status} to {body[:300]}:\n{content[:1000].decode()}"
            )
        if answer.getheader("content-length") is None:
            raise DifferentError(f"{path} tells no length")
        found.append(content)
    connection.close()
    return found


def knows(port: int, question: Question) -> bool:
    """Whether our schema has what the question asks for."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    connection.request("POST", "/graphql", question.bodies(graphql=True)[0].encode(), headers)
    content = connection.getresponse().read().decode()
    connection.close()
    return _NO_FIELD not in content


def compare(name: str, question: Question, ours: list[bytes], theirs: list[bytes]) -> None:
    """DifferentError says where the first difference is."""
    for variables, one, other in zip(question.variables, ours, theirs, strict=True):
        first = next(_differences(_normal(json.loads(one)), _normal(json.loads(other)), ""), None)
        if first is not None:
            raise DifferentError(f"{name} differs in the {question.name} for {variables}: {first}")


def _normal(value: Any, key: str = "") -> Any:
    """The value with instants and sums read: they may be written in more than one way."""
    if isinstance(value, dict):
        return {name: _normal(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if key == "publishedAt":
        return datetime.fromisoformat(value)
    return Decimal(value) if key == "amount" else value


def _differences(one: Any, other: Any, where: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _differences(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from _differences(mine, its, f"{where}[{place}]")
    elif one != other:
        yield f"{where}: ours {one!r}, theirs {other!r}"


def identifiers(pages: list[bytes]) -> list[str]:
    """The listings that pages of the catalogue show."""
    shown = (json.loads(one)["data"]["listings"]["nodes"] for one in pages)
    return sorted({node["id"] for nodes in shown for node in nodes})
