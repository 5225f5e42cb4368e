from datetime import UTC, datetime
from itertools import combinations

import pytest

from domain.signatures import (
    CLIENT_AUTH,
    EMAIL_PROTECTION,
    CertificateUse,
    HolderRole,
    Purpose,
    Refusal,
    SignatureRefused,
    Signer,
    Verified,
    allowed_purposes,
    has_role,
    holder_roles,
    same_holder,
)
from domain.texts import Language, text

PERSON, ENTITY, HEAD = "1.2.398.3.3.4.1.1", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1"
ARC = "1.2.398.3.3.2"
LOGIN, SIGN = {Purpose.login}, {Purpose.document, Purpose.message}
SIGNER = Signer(
    "009900000008", "700140000019", frozenset({"legal_entity", "head"}), "1f", "CN=A", "A", "Б", None
)


def use(
    policies: set[str], extended: set[str], *, digital: bool = True, binding: bool = True
) -> CertificateUse:
    """What a certificate says of its use."""
    return CertificateUse(frozenset(policies), frozenset(extended), digital, binding)


@pytest.mark.parametrize(
    ("certificate", "purposes"),
    [
        (use({f"{ARC}.4"}, {CLIENT_AUTH, PERSON}, binding=False), LOGIN),
        (use({f"{ARC}.2"}, {CLIENT_AUTH, ENTITY, HEAD}, binding=False), LOGIN),
        (use({f"{ARC}.3"}, {EMAIL_PROTECTION, PERSON}), SIGN),
        (use({f"{ARC}.1"}, {EMAIL_PROTECTION, ENTITY}), SIGN),
        (use({ARC}, {EMAIL_PROTECTION, PERSON}), LOGIN | SIGN),
        (use({ARC}, {EMAIL_PROTECTION, ENTITY}), LOGIN | SIGN),
        (use({ARC, f"{ARC}.3"}, {EMAIL_PROTECTION, PERSON}), SIGN),
        (use({f"{ARC}.3", "1.2.3"}, {EMAIL_PROTECTION, PERSON}), SIGN),
    ],
)
def test_a_policy_decides_what_a_certificate_may_do(
    certificate: CertificateUse, purposes: set[Purpose]
) -> None:
    """R-A2: a pair splits sign-in and documents, one key does both, several policies must agree."""
    assert allowed_purposes(certificate) == purposes


@pytest.mark.parametrize(
    "certificate",
    [
        use(set(), {EMAIL_PROTECTION, PERSON}),
        use({"1.2.398.3.3.2.9"}, {EMAIL_PROTECTION, PERSON}),
        use({f"{ARC}.4"}, {EMAIL_PROTECTION, PERSON}),
        use({f"{ARC}.3"}, {CLIENT_AUTH, PERSON}),
        use({f"{ARC}.3"}, {EMAIL_PROTECTION, PERSON}, binding=False),
        use({ARC}, {EMAIL_PROTECTION, PERSON}, binding=False),
        use({ARC}, {EMAIL_PROTECTION, PERSON}, digital=False),
        use({f"{ARC}.3"}, {EMAIL_PROTECTION, ENTITY}),
        use({f"{ARC}.1"}, {EMAIL_PROTECTION, PERSON}),
        use({ARC}, {EMAIL_PROTECTION}),
        use({f"{ARC}.3", f"{ARC}.4"}, {EMAIL_PROTECTION, CLIENT_AUTH, PERSON}),
    ],
)
def test_a_certificate_that_does_not_fit_its_policy_may_do_nothing(certificate: CertificateUse) -> None:
    """R-A2: no known policy, a missing usage, another kind of holder, or policies that disagree."""
    assert allowed_purposes(certificate) == frozenset()


def test_roles_need_exactly_one_kind_of_holder() -> None:
    """A certificate is a person's or an entity's, never both, and a role alone names nobody."""
    assert holder_roles({ENTITY, HEAD}) == {HolderRole.legal_entity, HolderRole.head}
    assert holder_roles({PERSON, f"{PERSON}.1"}) == {HolderRole.individual, HolderRole.information_system}
    assert all(holder_roles(set(pair)) == frozenset() for pair in [(PERSON, ENTITY), (HEAD,), ("1.2.3",), ()])


def test_a_signer_is_compared_by_number_and_role() -> None:
    """Every number that is expected must match, and none expected matches nobody."""
    assert same_holder(SIGNER, iin="009900000008")
    assert same_holder(SIGNER, iin="009900000008", bin_="700140000019")
    assert not same_holder(SIGNER, iin="009900000008", bin_="700140000018")
    assert not same_holder(SIGNER, iin="009900030008")
    assert not same_holder(SIGNER)
    assert has_role(SIGNER, [HolderRole.signer, HolderRole.head])
    assert not has_role(SIGNER, [HolderRole.signer])


def test_the_numbers_of_a_person_stay_out_of_logs() -> None:
    """R-J1: the written form of a signer and a check shows neither IIN, name nor certificates."""
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    verified = Verified(SIGNER, (b"chain",), (b"crl",), moment)
    assert all(secret not in repr(verified) for secret in ("009900000008", "CN=A", "chain'"))
    assert verified.material.chain == (b"chain",)
    assert verified.signed_at is None


def test_each_refusal_is_told_in_three_languages() -> None:
    """Every reason has its own text in Kazakh, Russian and English."""
    for language in Language:
        texts = [text(f"errors.{SignatureRefused(reason).code}", language) for reason in Refusal]
        assert all(one != other for one, other in combinations(texts, 2))
