"""The verifier: every way to tamper with a chain is found, and told at its place."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from domain.audit import GENESIS, Fault, Head, Link, Verifier, head_bytes
from tests.domain.audit.chains import NOW, Key, chain, entry

KEY = Key()
COUNT = 9


def found(entries: Iterable[Link], known: Iterable[str] = ()) -> list[tuple[str, int]]:
    """What the verifier says of a chain: faults and places."""
    verifier = Verifier(KEY, known)
    for each in entries:
        verifier.take(each)
    return [(each.fault, each.seq) for each in verifier.finish()]


def head_of(entries: list[Link], seq: int, key: Key = KEY) -> str:
    """The head at an entry, as it could have been exported."""
    return key.sign(head_bytes(Head("portal", seq, entries[seq - 1].hash, NOW)))


def edited(entries: list[Link]) -> list[Link]:
    """The content of entry 4 is another one."""
    return [replace(each, fields={**each.fields, "act": "x"}) if each.seq == 4 else each for each in entries]


def recomputed(entries: list[Link]) -> list[Link]:
    """Entry 4 is another one, and every link after it is computed anew by somebody without the key."""
    made = entries[:3]
    for each in entries[3:]:
        act = "x" if each.seq == 4 else each.fields["act"]
        fresh = entry(each.seq, made[-1].hash, act=act)
        made.append(replace(fresh, head=each.head))
    return made


def swapped(entries: list[Link]) -> list[Link]:
    """Entries 4 and 5 changed places, their numbers too."""
    four, five = entries[3], entries[4]
    return [
        *entries[:3],
        replace(five, seq=4, fields={**five.fields, "seq": 4}),
        replace(four, seq=5, fields={**four.fields, "seq": 5}),
        *entries[5:],
    ]


TAMPERINGS: dict[str, tuple[Callable[[list[Link]], list[Link]], list[tuple[Fault, int]]]] = {
    "edited": (edited, [(Fault.changed, 4)]),
    "recomputed": (recomputed, [(Fault.forged, 6), (Fault.forged, 9)]),
    "deleted": (lambda all_: all_[:3] + all_[4:], [(Fault.missing, 5)]),
    "first deleted": (lambda all_: all_[1:], [(Fault.missing, 2)]),
    "swapped": (
        swapped,
        [
            (Fault.relinked, 4),
            (Fault.changed, 4),
            (Fault.relinked, 5),
            (Fault.changed, 5),
            (Fault.relinked, 6),
        ],
    ),
    "doubled": (lambda all_: [*all_[:4], all_[3], *all_[4:]], [(Fault.inserted, 4)]),
    "of another chain": (
        lambda all_: [entry(1, GENESIS, chain="other"), *all_],
        [(Fault.inserted, 1)],
    ),
    "appended": (lambda all_: [*all_, entry(10, all_[-1].hash)], [(Fault.unsigned, 10)]),
    "appended with another key": (
        lambda all_: [*all_, entry(10, all_[-1].hash, key=Key(b"own"))],
        [(Fault.forged, 10)],
    ),
    "an old head moved": (
        lambda all_: [*all_, replace(entry(10, all_[-1].hash), head=all_[-1].head)],
        [(Fault.forged, 10)],
    ),
    "cut off": (lambda all_: all_[:7], [(Fault.unsigned, 7)]),
    "begun anew": (lambda _all: [entry(1, GENESIS, key=Key(b"own"))], [(Fault.forged, 1)]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_at_its_place(name: str) -> None:
    """R-J2: edits, deletions, insertions and reorderings are found where they are, each told once."""
    tamper, expected = TAMPERINGS[name]
    assert found(tamper(chain(COUNT, KEY))) == expected


@pytest.mark.parametrize("count", [0, 1, 8, 9])
def test_sound_chain_has_no_fault(count: int) -> None:
    """R-J2: a chain as it was sealed is sound, and so it is by every head of it that was exported."""
    entries = chain(count, KEY)
    assert found(entries, [head_of(entries, each.seq) for each in entries]) == []


def test_truncation_is_found_by_an_exported_head() -> None:
    """R-J2: entries cut off at the end of a batch are found by any head that was exported before."""
    entries = chain(COUNT, KEY)
    assert found(entries[:6]) == []
    assert found(entries[:6], [head_of(entries, 8)]) == [(Fault.truncated, 8)]
    assert found([], [head_of(entries, 9)]) == [(Fault.truncated, 9)]


def test_rewriting_with_the_key_is_found_by_an_exported_head() -> None:
    """R-J2: even whoever has the key can't replace a chain that somebody else holds a head of."""
    entries = chain(COUNT, KEY)
    other = [entry(1, GENESIS, key=KEY, act="x")]
    assert found(other, [head_of(entries, 1)]) == [(Fault.rewritten, 1)]


def test_exported_head_must_be_signed() -> None:
    """A head that somebody made up proves nothing."""
    entries = chain(COUNT, KEY)
    assert found(entries, [head_of(entries, 9, Key(b"own")), "nonsense"]) == [(Fault.forged, 0)] * 2
    assert found(entries, [KEY.sign(head_bytes(Head("other", 1, "a", NOW)))]) == [(Fault.forged, 0)]


def test_verifier_tells_the_last_head() -> None:
    """The head that was reached can be compared with others, and a finding reads as a sentence."""
    verifier = Verifier(KEY)
    for each in edited(chain(COUNT, KEY)):
        verifier.take(each)
    assert verifier.last is not None
    assert verifier.last.seq == COUNT
    assert str(verifier.finish()[0]) == "entry 4: changed"
