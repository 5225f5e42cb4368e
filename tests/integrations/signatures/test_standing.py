"""Whose word about revocation is needed: lists, a responder, either or both; what is kept of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography.x509 import ocsp

from domain.signatures import Purpose, Refusal, SignatureRefused, Verified
from integrations.development_ca import DevelopmentAuthority, sign_cms
from integrations.development_ca.responder import Statement, answer
from integrations.signatures import Asked, LocalX509Verifier, OcspResponder, RevocationLists
from tests.integrations.signatures.checks import CONTENT, NOW, Authority, person
from tests.integrations.signatures.partner import Partner, Question, http


def verifier(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, asking: Asked, kept: list[int]
) -> LocalX509Verifier:
    """A verifier with some of the lists (0 the root's, 1 the intermediate's) and the responder."""
    lists = RevocationLists([ca.root, ca.intermediate])
    lists.replace([ca.crls(NOW)[place] for place in kept])
    source = None if asking is Asked.lists else OcspResponder(client, partner.url, seconds=2)
    return LocalX509Verifier([ca.root], lists, ocsp=source, asked=asking)


def still_good(ca: Authority, question: Question) -> bytes:
    """A responder that has not heard of any revocation."""
    about = ocsp.load_der_ocsp_request(question.body)
    return http(answer(Statement(about, None, NOW), ca._responder()))


async def outcome(verifying: LocalX509Verifier, ca: Authority) -> Verified | Refusal:
    """A good signature's fate."""
    try:
        return await verifying.verify(sign_cms(person(ca), CONTENT, when=NOW), CONTENT, Purpose.document, NOW)
    except SignatureRefused as refused:
        return refused.reason


@pytest.mark.parametrize(
    "rule",
    [
        (Asked.lists, True, [0, 1], True),
        (Asked.lists, True, [0], False),
        (Asked.responder, True, [0], True),
        (Asked.responder, False, [0, 1], False),
        (Asked.either, True, [0], True),
        (Asked.either, False, [0, 1], True),
        (Asked.either, False, [0], False),
        (Asked.both, True, [0, 1], True),
        (Asked.both, True, [0], False),
        (Asked.both, False, [0, 1], False),
        (Asked.either, True, [1], False),
        (Asked.responder, True, [], False),
    ],
)
async def test_whoever_must_answer_must(
    ca: Authority,
    partner: Partner,
    client: httpx2.AsyncClient,
    rule: tuple[Asked, bool, list[int], bool],
) -> None:
    """R-A2: revocation unknown by the rule in force is refused; the intermediate needs the root's list."""
    asking, answers, kept, holds = rule
    partner.answer = lambda question: http(ca.ocsp(question.body, NOW) if answers else b"", 200)
    found = await outcome(verifier(ca, partner, client, asking, kept), ca)
    if not holds:
        assert found is Refusal.revocation_unknown
        return
    assert isinstance(found, Verified)
    assert len(found.ocsp) == (answers and asking is not Asked.lists)
    assert len(found.crls) == len(kept)


async def test_who_is_revoked_anywhere_is_refused(
    tmp_path: Path, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: the word of the responder against a list that is behind, and the other way round."""
    ca = DevelopmentAuthority(tmp_path)
    partner.answer = lambda question: http(ca.ocsp(question.body, NOW))
    behind = verifier(ca, partner, client, Asked.either, [0, 1])
    assert isinstance(await outcome(behind, ca), Verified)
    ca.revoke(person(ca), NOW)
    assert await outcome(behind, ca) is Refusal.revoked
    partner.answer = lambda question: still_good(ca, question)
    for asking in Asked:
        asked_before = len(partner.got)
        assert await outcome(verifier(ca, partner, client, asking, [0, 1]), ca) is Refusal.revoked
        assert len(partner.got) == asked_before, "a list that knows spares the question"


async def test_a_revoked_responder_is_not_believed(
    tmp_path: Path, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: a responder on the list of its issuer knows nothing any more."""
    ca = DevelopmentAuthority(tmp_path)
    ca._add_revoked("intermediate", {ca._responder().certificate.serial_number}, NOW)
    partner.answer = lambda question: http(ca.ocsp(question.body, NOW))
    found = await outcome(verifier(ca, partner, client, Asked.both, [0, 1]), ca)
    assert found is Refusal.revocation_unknown


async def test_a_bad_signature_asks_nobody(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: strangers can't make us call the responder; only who proved a key and a path is asked about."""
    verifying = verifier(ca, partner, client, Asked.either, [0, 1])
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    for bad in (cms[:-1] + bytes([cms[-1] ^ 1]), cms[:-1], b""):
        with pytest.raises(SignatureRefused):
            await verifying.verify(bad, CONTENT, Purpose.document, NOW)
    assert partner.got == []


async def test_kept_answers_are_checked_again_offline(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-D2: evidence that relied on the responder holds without it, at its instant and not at another."""
    partner.answer = lambda question: http(ca.ocsp(question.body, NOW))
    verifying = verifier(ca, partner, client, Asked.responder, [0])
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    first = await verifying.verify(cms, CONTENT, Purpose.document, NOW)
    partner.broken = True
    assert await verifying.recheck(cms, CONTENT, Purpose.document, first.material, NOW) == first
    for changed, at in [
        (replace(first.material, ocsp=()), NOW),
        (replace(first.material, ocsp=(b"x",)), NOW),
        (first.material, NOW + timedelta(hours=2)),
    ]:
        with pytest.raises(SignatureRefused, match="REVOCATION_UNKNOWN"):
            await verifying.recheck(cms, CONTENT, Purpose.document, changed, at)
    assert len(partner.got) == 1


def test_whom_to_ask_and_the_responder_go_together(ca: Authority, client: httpx2.AsyncClient) -> None:
    """A setting that asks nobody, or asks without an address, is a mistake told at the start."""
    lists = RevocationLists([ca.root])
    with pytest.raises(ValueError, match="responder"):
        LocalX509Verifier([ca.root], lists, asked=Asked.either)
    with pytest.raises(ValueError, match="responder"):
        LocalX509Verifier([ca.root], lists, ocsp=OcspResponder(client, "http://127.0.0.1:9"))
