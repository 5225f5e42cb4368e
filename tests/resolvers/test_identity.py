"""Signing in and staying in, as far as the database alone decides it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents import identity, leases, participants, representations, staff
from documents.base import Row, collection, new_id
from documents.encryption import vault
from documents.identity import Caller, Capacity, Origin
from documents.registry import DOCUMENTS
from documents.representations import Stated
from documents.rotation import Kind, advance, begin
from domain.errors import AccessDenied, DomainError, InvalidInput, NotFound
from domain.identifiers import synthetic_iin
from domain.identity import Role
from domain.rate_limits import Limits, Rate, RateLimited, RateRule
from domain.representatives import AuthorityKind, Term
from domain.sessions import GRACE, IDLE
from domain.staff import Employment
from resolvers import identity as acts
from resolvers.admission import viewer_of
from resolvers.context import Context
from tests.resolvers.stage import BIN, CERTIFIED, NOW, SOURCE, acting

pytestmark = pytest.mark.usefixtures("database")

IIN = synthetic_iin(date(1986, 6, 15), male=True, serial=12)
WARD = synthetic_iin(date(2015, 6, 11), male=True, serial=12)
HOME, CAFE = Caller("203.0.113.7", "Firefox/140"), Caller("198.51.100.1", "Firefox/140")


async def cabinet(iin: str) -> Row:
    """A registered participant."""
    row = await participants.ensure(iin, NOW)
    await participants.fill(row["_id"], CERTIFIED, SOURCE)
    await participants.register(row["_id"], NOW, acting().language)
    return row


async def erase(person: Row) -> None:
    """Destroy a person's key, as erasure does."""
    gone = {"keys": [], "destroyed_at": NOW}
    await collection("data_keys").update_one({"_id": person["_id"]}, {"$set": gone})
    vault()._open.clear()


async def represented(guardian: Row, ward: Row) -> None:
    """A dated authority of one participant for another."""
    term = Term(NOW - timedelta(days=1), None, None)
    stated = Stated(guardian["_id"], ward["_id"], AuthorityKind.guardian, "x", term)
    await representations.authorise(stated, SOURCE)


async def session(person: Row, *wards: Row, caller: Caller = HOME) -> tuple[Row, str]:
    """A session of a participant, for these wards too, and its refresh token."""
    own, origin = person["_id"], Origin(IIN, IIN, None, (), "00ff11")
    capacities = [Capacity(role=Role.participant, subject=own)]
    capacities += [Capacity(role=Role.participant, subject=ward["_id"], representative=own) for ward in wards]
    row = await identity.open_session(b"holder", capacities, "secret", NOW, origin=origin, caller=caller)
    return row, f"{row['_id']}.secret"


def at(caller: Caller = HOME, viewer: Viewer = ANONYMOUS, later: timedelta = timedelta()) -> Context:
    """An operation from somewhere, some time after the sign-in."""
    ctx = acting(viewer, NOW + later)
    return replace(ctx, address=caller.address, agent=caller.agent)


async def code_of(ctx: Context, token: str) -> str:
    """Why a refresh token is refused."""
    with pytest.raises(DomainError) as refused:
        await acts.refresh(ctx, token)
    return refused.value.code


async def said() -> list[str]:
    """What the audit was told."""
    return [row["act"] for row in await collection("audit_intents").find({}).sort("_id", 1).to_list()]


@pytest.mark.parametrize(
    ("number", "code"), [("160340012340", "INVALID_BIN"), ("860615300000", "INVALID_IIN")]
)
async def test_numbers_are_read_as_what_they_look_like(number: str, code: str) -> None:
    """R-A1: a number whose fifth digit is that of a BIN is checked as one, any other as an IIN."""
    with pytest.raises(InvalidInput, match=code):
        await acts.begin(acting(), number, consent=False)
    assert BIN[4] == "4"
    assert await collection("challenges").count_documents({}) == 0


async def test_an_unknown_capacity_spends_nothing() -> None:
    """R-A1: a capacity that the session lacks is refused, and the refresh token is still good."""
    _, token = await session(await cabinet(IIN))
    for capacity in (-1, 1):
        with pytest.raises(InvalidInput, match="CAPACITY_UNKNOWN"):
            await acts.act_as(at(), capacity, token)
    assert (await acts.refresh(at(), token)).session
    assert await said() == ["Mutation.signInRefresh"]


async def test_choosing_rotates() -> None:
    """R-A1: another capacity comes with another refresh token, and is written down."""
    person, ward = await cabinet(IIN), await cabinet(WARD)
    await represented(person, ward)
    _, token = await session(person, ward)
    done = await acts.act_as(at(), 1, token)
    assert (done.viewer.subject, done.viewer.representative) == (ward["_id"], person["_id"])
    assert done.refresh_token != token
    (intent,) = await collection("audit_intents").find({}).to_list()
    assert (intent["act"], intent["on_behalf_of"]) == ("Mutation.signInActAs", str(ward["_id"]))
    assert await code_of(at(CAFE), token) == "REFRESH_INVALID"
    assert await identity.live_session(done.session["_id"], NOW) is None


async def test_new_wards_appear_and_ended_ones_vanish() -> None:
    """R-A1: capacities are found anew at each renewal; a position means what the last answer said."""
    person, ward = await cabinet(IIN), await cabinet(WARD)
    row, token = await session(person)
    await represented(person, ward)
    fresh = await acts.refresh(at(), token)
    assert len(fresh.capacities) == 2
    acting_for = await acts.act_as(at(), 1, fresh.refresh_token)
    await collection("representations").update_one({}, {"$set": {"revoked_at": NOW}})
    assert await code_of(at(), acting_for.refresh_token) == "CAPACITY_ENDED"
    with pytest.raises(AccessDenied, match="CAPACITY_ENDED"):
        await acts.act_as(at(), 1, acting_for.refresh_token)
    alone = await acts.act_as(at(), 0, acting_for.refresh_token)
    assert (len(alone.capacities), alone.viewer.subject) == (1, person["_id"])
    assert await identity.live_session(row["_id"], NOW) is not None


async def test_roles_of_an_employee_are_found_anew() -> None:
    """R-A1: an employee's session follows the roles of the last sign-in at the provider."""
    member = await staff.enlist(b"index", [Employment(Role.administrator, None)], "Ибраева", NOW)
    own = Capacity(role=Role.administrator, subject=member["_id"])
    row = await identity.open_session(b"index", [own], "secret", NOW)
    both = [Employment(Role.administrator, None), Employment(Role.executive_body, "71")]
    await staff.enlist(b"index", both, "Ибраева", NOW)
    fresh = await acts.refresh(at(), f"{row['_id']}.secret")
    assert [one["region"] for one in fresh.capacities] == [None, "71"]
    await staff.deactivate(member["_id"])
    assert await code_of(at(), fresh.refresh_token) == "CAPACITY_ENDED"


async def test_nobody_is_left_to_act_as() -> None:
    """R-A1: a session whose person is not registered any more, or was erased, is renewed no more."""
    person = await cabinet(IIN)
    _, token = await session(person)
    await collection("participants").update_one({"_id": person["_id"]}, {"$set": {"registered_at": None}})
    assert await code_of(at(), token) == "CAPACITY_ENDED"
    await erase(person)
    assert await code_of(at(), token) == "CAPACITY_ENDED"


async def test_a_spent_token_of_another_device() -> None:
    """R-A8: a spent refresh token ends its session at once, with an entry, and its successor with it."""
    row, token = await session(await cabinet(IIN))
    fresh = await acts.refresh(at(), token)
    assert await code_of(at(CAFE), token) == "REFRESH_INVALID"
    assert await code_of(at(), fresh.refresh_token) == "REFRESH_INVALID"
    assert await identity.live_session(row["_id"], NOW) is None
    assert await said() == ["Mutation.signInRefresh", "Session.reused"]


async def test_two_pages_that_renew_at_once() -> None:
    """R-A8: within a moment the same device is refused without losing its session; later it is a theft."""
    row, token = await session(await cabinet(IIN))
    fresh = await acts.refresh(at(), token)
    assert await code_of(at(later=GRACE / 2), token) == "REFRESH_SUPERSEDED"
    assert await identity.live_session(row["_id"], NOW) is not None
    assert await code_of(at(later=GRACE), token) == "REFRESH_INVALID"
    assert await identity.live_session(row["_id"], NOW) is None
    assert await code_of(at(), fresh.refresh_token) == "REFRESH_INVALID"


async def test_strangers_end_no_session() -> None:
    """R-A8: whoever knows a session's identifier but none of its tokens changes nothing."""
    row, token = await session(await cabinet(IIN))
    for secret in ("", "x", "secret ", "\ud800"):
        assert await code_of(at(CAFE), f"{row['_id']}.{secret}") == "REFRESH_INVALID"
    assert await code_of(at(CAFE), "x.y") == "REFRESH_INVALID"
    assert await said() == []
    assert (await acts.refresh(at(), token)).session


async def test_an_idle_session() -> None:
    """R-A8: a session that nobody renewed is over."""
    _, token = await session(await cabinet(IIN))
    assert await code_of(at(later=IDLE), token) == "REFRESH_INVALID"


async def test_renewals_are_limited() -> None:
    """R-A8: one session is renewed so many times in a while, and a refused renewal spends nothing."""
    _, token = await session(await cabinet(IIN))
    limits = Limits({RateRule.sign_in_refresh: Rate(1, timedelta(minutes=1))})
    ctx = at()
    ctx = replace(ctx, services=replace(ctx.services, limits=limits))
    fresh = await acts.refresh(ctx, token)
    with pytest.raises(RateLimited):
        await acts.refresh(ctx, fresh.refresh_token)
    assert (await acts.refresh(at(), fresh.refresh_token)).session


async def test_signing_out_is_written_down_once() -> None:
    """R-A8: signing out ends the session; without one, and a second time, nothing happens."""
    await acts.sign_out(acting(ANONYMOUS))
    row, _ = await session(await cabinet(IIN))
    viewer = viewer_of(row, Capacity(**row["capacities"][0]))
    for _ in range(2):
        await acts.sign_out(at(viewer=viewer))
    assert await said() == ["Mutation.signOut"]


async def test_own_sessions_are_shown_and_ended() -> None:
    """R-A8: the owner sees device, part of the network and of the certificate, and ends what is not wanted."""
    person = await cabinet(IIN)
    here, _ = await session(person)
    there, _ = await session(person, caller=CAFE)
    viewer = viewer_of(here, Capacity(**here["capacities"][0]))
    shown = {row["_id"]: row for row in await acts.own_sessions(at(viewer=viewer))}
    assert [shown[one["_id"]]["this_one"] for one in (here, there)] == [True, False]
    assert shown[there["_id"]]["network"] == "198.51.…"
    assert {row["certificate"] for row in shown.values()} == {"00ff11"}
    assert {row["device"] for row in shown.values()} == {"Firefox 140"}
    await acts.revoke(at(viewer=viewer), "key-00000001", there["_id"])
    assert [row["_id"] for row in await acts.own_sessions(at(viewer=viewer))] == [here["_id"]]
    with pytest.raises(NotFound):
        await acts.revoke(at(viewer=viewer), "key-00000002", there["_id"])
    assert await said() == ["Session.revoke", "Mutation.sessionRevoke"]


async def test_all_others_are_ended_at_once() -> None:
    """R-A8: every session but one's own ends; another person's goes on."""
    person = await cabinet(IIN)
    (here, _), (there, _) = await session(person), await session(person)
    stranger = await identity.open_session(b"other", [Capacity(**here["capacities"][0])], "s", NOW)
    viewer = viewer_of(here, Capacity(**here["capacities"][0]))
    with pytest.raises(NotFound):
        await acts.revoke(at(viewer=viewer), "key-00000001", stranger["_id"])
    for _ in range(2):  # the same key: done once
        await acts.revoke_others(at(viewer=viewer), "key-00000002")
    live = await identity.live_sessions([one["_id"] for one in (here, there, stranger)], NOW)
    assert live.keys() == {here["_id"], stranger["_id"]}
    intent = await collection("audit_intents").find_one({"act": "Session.revokeOthers"})
    assert intent is not None
    assert intent["details"] == {"ended": 1}


async def test_others_are_ended_while_indexes_change() -> None:
    """R-A8: a session under an older key of the indexes ends with all others, from either side of the change."""
    person = await cabinet(IIN)
    await begin(Kind.indexes, NOW)
    lease = await leases.acquire("rotation", "test", timedelta(minutes=1))
    assert lease is not None
    older = participants.iin_index(IIN)
    while participants.iin_index(IIN) == older:  # until the new key writes; what stands is not lifted yet
        await advance(lease, DOCUMENTS, NOW, timedelta())
    capacity = Capacity(role=Role.participant, subject=person["_id"])
    origin = Origin(IIN, IIN, None, (), "00ff11")
    opened = [
        await identity.open_session(mark, [capacity], f"s{number}", NOW, origin=origin)
        for number, mark in enumerate((older, participants.iin_index(IIN), older))
    ]
    viewers = [viewer_of(row, capacity) for row in opened]
    assert len(await acts.own_sessions(at(viewer=viewers[0]))) == 3
    await acts.revoke(at(viewer=viewers[1]), "key-00000001", opened[0]["_id"])
    await acts.revoke_others(at(viewer=viewers[1]), "key-00000002")
    live = await identity.live_sessions([row["_id"] for row in opened], NOW)
    assert live.keys() == {opened[1]["_id"]}


async def test_visitors_have_no_sessions() -> None:
    """R-A8: nothing is shown to and ended for whoever came without a session."""
    assert await acts.own_sessions(at()) == []
    for ending in (
        acts.revoke_others(at(), "key-00000001"),
        acts.revoke(at(), "key-00000002", new_id()),
    ):
        with pytest.raises(NotFound):
            await ending


async def test_an_employee_and_an_erased_person_show_no_certificate() -> None:
    """R-A8: where no certificate is known, none is shown."""
    own = Capacity(role=Role.administrator, subject=new_id())
    row = await identity.open_session(b"index", [own], "secret", NOW)
    (shown,) = await acts.own_sessions(at(viewer=viewer_of(row, own)))
    assert (shown["certificate"], shown["network"], shown["device"]) == (None, None, None)
    person = await cabinet(IIN)
    mine, _ = await session(person)
    viewer = viewer_of(mine, Capacity(**mine["capacities"][0]))
    await erase(person)
    (shown,) = await acts.own_sessions(at(viewer=viewer))
    assert (shown["certificate"], shown["network"], shown["device"]) == (None, None, None)
