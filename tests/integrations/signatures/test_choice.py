"""Which adapter is asked, and that none of them ever hears what another refused."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Signer, Verified
from integrations.development_ca import sign_cms
from integrations.signatures import Asked, ListAddress, ListFile, LocalX509Verifier, Trusted, configured
from integrations.signatures.choice import VerifierByAlgorithm
from tests.integrations.signatures import forgery
from tests.integrations.signatures.checks import CONTENT, IIN, NOW, Authority, person
from tests.integrations.signatures.gost_ca import Gost, GostAuthority, gost_cms
from tests.integrations.signatures.ncanode import answering, right
from tests.integrations.signatures.partner import Partner, http

SIGNER = Signer(IIN, None, frozenset({"individual"}), "1", "CN=A", "A", None, None)


class Named:
    """An adapter that tells when it is asked, and agrees or refuses."""

    def __init__(self, refused: Refusal | None = None) -> None:
        self.heard: list[tuple[bytes, bytes, Purpose]] = []
        self.shown: list[Material] = []
        self._refused = refused

    @property
    def asked(self) -> int:
        """How often."""
        return len(self.heard)

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """Counts."""
        self.heard.append((cms, content, purpose))
        if self._refused:
            raise SignatureRefused(self._refused)
        return Verified(SIGNER, (), (), now)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """Counts as well."""
        self.shown.append(material)
        return await self.verify(cms, content, purpose, at)


@pytest.fixture(scope="module")
def gost() -> GostAuthority:
    """An authority with GOST keys."""
    return GostAuthority()


@pytest.fixture(scope="module")
def olga(gost: GostAuthority) -> Gost:
    """A person of it."""
    return gost.person()


def local(ca: Authority) -> LocalX509Verifier:
    """The local adapter."""
    return LocalX509Verifier([ca.root], ca.revocation())


async def verified(verifier: VerifierByAlgorithm, cms: bytes) -> Verified:
    """A document."""
    return await verifier.verify(cms, CONTENT, Purpose.document, NOW)


async def test_elliptic_and_rsa_signatures_stay_here(ca: Authority, rsa_ca: Authority) -> None:
    """R-A2: neither NCANode nor the experiment hears of them, whether they hold or not."""
    ncanode, experiment = Named(), Named()
    for authority in (ca, rsa_ca):
        verifier = VerifierByAlgorithm(local(authority), ncanode, experiment)
        cms = sign_cms(person(authority), CONTENT, when=NOW)
        found = await verified(verifier, cms)
        assert await verifier.recheck(cms, CONTENT, Purpose.document, found.material, NOW) == found
        weak = forgery.bent(cms, forgery.algorithms("sha1", "sha256_ecdsa"))
        for bad in (cms[:-1], b"", bytes(70_000), forgery.bent(cms, forgery.two_signers), weak):
            with pytest.raises(SignatureRefused):
                await verified(verifier, bad)
            with pytest.raises(SignatureRefused):
                await verifier.recheck(bad, CONTENT, Purpose.document, found.material, NOW)
    assert (ncanode.asked, experiment.asked) == (0, 0)


async def test_gost_needs_somebody_who_knows_it(ca: Authority, olga: Gost) -> None:
    """R-A2: NCANode first, else the experiment, else a code that says which key to use instead."""
    cms = gost_cms(olga)
    with pytest.raises(SignatureRefused, match="SIGNATURE_GOST_UNSUPPORTED"):
        await verified(VerifierByAlgorithm(local(ca)), cms)
    ncanode, experiment = Named(), Named()
    await verified(VerifierByAlgorithm(local(ca), ncanode, experiment), cms)
    assert (ncanode.asked, experiment.asked) == (1, 0)
    await verified(VerifierByAlgorithm(local(ca), None, experiment), cms)
    assert (ncanode.asked, experiment.asked) == (1, 1)


@pytest.mark.parametrize("reason", [Refusal.unavailable, Refusal.algorithm, Refusal.revoked])
async def test_what_one_refused_no_other_hears(ca: Authority, olga: Gost, reason: Refusal) -> None:
    """R-A2: a service that is down, or says no, is not gone around."""
    experiment = Named()
    verifier = VerifierByAlgorithm(local(ca), Named(reason), experiment)
    with pytest.raises(SignatureRefused, match=reason.value):
        await verified(verifier, gost_cms(olga))
    assert experiment.asked == 0


async def test_offline_only_the_experiment_can_repeat(ca: Authority, olga: Gost) -> None:
    """R-D2: what NCANode stated holds for nobody offline, whichever adapter is there now."""
    cms, experiment = gost_cms(olga), Named()
    stated, proven = Material((olga.der,), (), statement=b"{}"), Material((olga.der,), (b"crl",))
    for verifier, material in [
        (VerifierByAlgorithm(local(ca), None, experiment), stated),
        (VerifierByAlgorithm(local(ca)), stated),
        (VerifierByAlgorithm(local(ca), Named()), proven),
    ]:
        with pytest.raises(SignatureRefused, match="SIGNATURE_NOT_CHECKED_OFFLINE"):
            await verifier.recheck(cms, CONTENT, Purpose.document, material, NOW)
    await VerifierByAlgorithm(local(ca), None, experiment).recheck(
        cms, CONTENT, Purpose.document, proven, NOW
    )
    assert experiment.shown == [proven]


@pytest.fixture
async def responder(ca: Authority) -> AsyncIterator[Partner]:
    """The authority's OCSP responder."""
    async with Partner(lambda question: http(ca.ocsp(question.body, NOW))).running() as listening:
        yield listening


async def test_everything_configured_works_together(
    ca: Authority,
    gost: GostAuthority,
    olga: Gost,
    partner: Partner,
    responder: Partner,
    client: httpx2.AsyncClient,
) -> None:
    """R-A2: roots of both kinds in one list; RSA and ECDSA here with OCSP, GOST over the wire."""
    trusted = Trusted(
        [ca.root, gost.root.der],
        [gost.middle.der],
        files=[Path("list.der")],
        addresses=["http://crl.example/list.crl"],
        ocsp=responder.url,
        asked=Asked.either,
        ncanode=partner.url,
    )
    made = configured(trusted, client)
    assert [type(source) for source in made.sources] == [ListFile, ListAddress]
    made.lists.renew(ca.crls(NOW)[0], NOW)
    found = await made.verifier.verify(
        sign_cms(person(ca), CONTENT, when=NOW), CONTENT, Purpose.document, NOW
    )
    assert len(found.ocsp) == 1
    answering(partner, right(olga.certificate))
    stated = await made.verifier.verify(gost_cms(olga), CONTENT, Purpose.document, NOW)
    assert (stated.signer.iin, stated.statement is not None) == (IIN, True)


async def test_the_experiment_is_off_unless_switched_on(
    gost: GostAuthority, olga: Gost, client: httpx2.AsyncClient
) -> None:
    """GOST without NCANode is refused by default; with the switch lists and signatures are checked here."""
    cms = gost_cms(olga)
    roots = [gost.root.der], [gost.middle.der]
    with pytest.raises(SignatureRefused, match="SIGNATURE_GOST_UNSUPPORTED"):
        await configured(Trusted(*roots), client).verifier.verify(cms, CONTENT, Purpose.document, NOW)
    made = configured(Trusted(*roots, experimental_gost=True), client)
    for der in gost.crls():
        made.lists.renew(der, NOW)
    assert (await made.verifier.verify(cms, CONTENT, Purpose.document, NOW)).signer.iin == IIN
