"""Entries, statements and chains: what is written reads back, and everything else is refused with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from hashlib import sha256
from time import perf_counter
from typing import Any

import pytest

from election.record import canonical, chain, keys, statement
from election.record.canonical import NotCanonical
from election.record.chain import Problem
from election.record.entry import ZERO, Entry, NotAnEntry

LOG = "00000000-0000-4000-8000-000000000001"
SEED = bytes(range(32))
PUBLIC = keys.public(SEED)


def entry(**changes: Any) -> Entry:
    fields: dict[str, Any] = {
        "log": LOG,
        "kind": "election",
        "seq": 0,
        "prev": ZERO,
        "act": "roll.fix",
        "step": "residents.roll",
        "attempt": 1,
        "occurred_on": "2010-12-06",
        "recorded_at": "2010-12-06T08:30:00.000Z",
        "actor": {"account": "a", "role": "registrar", "scope": "district/street"},
        "payload": {"registered": 3100},
    }
    return Entry(**fields | changes)


def line(count: int) -> list[bytes]:
    lines: list[bytes] = []
    previous = ZERO
    for seq in range(count):
        written = entry(seq=seq, prev=previous, payload={"n": seq})
        previous = written.hash
        lines.append(written.to_bytes())
    return lines


def test_an_entry_goes_there_and_back() -> None:
    written = entry(
        papers=[{"kind": "roll_notice", "number": "1", "sha256": "a" * 64}],
        attachments=[{"sha256": "b" * 64, "size": 3, "media_type": "image/png"}],
        seen={"00000000-0000-4000-8000-000000000002": {"size": 3, "head": "c" * 64}},
        on_paper={"scan": "b" * 64, "vouchers": ["a", "b"]},
    )
    read = Entry.from_bytes(written.to_bytes())
    assert read == written
    assert asdict(read) == canonical.decode(written.to_bytes())
    assert read.hash == written.hash == sha256(written.to_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("log", "not-a-uuid"),
        ("log", LOG.upper().replace("0", "A")),
        ("kind", "party"),
        ("seq", -1),
        ("seq", True),
        ("seq", "0"),
        ("prev", "0" * 63),
        ("prev", "A" * 64),
        ("act", "Roll.fix"),
        ("act", ""),
        ("step", None),
        ("attempt", "1"),
        ("occurred_on", "2010-13-06"),
        ("occurred_on", "2010-12-6"),
        ("recorded_at", "2010-12-06T08:30:00Z"),
        ("recorded_at", "2010-12-06T08:30:00.000+08:00"),
        ("recorded_at", "2010-12-06T24:30:00.000Z"),
        ("actor", {"account": "a", "role": "r"}),
        ("actor", {"account": "a", "role": "r", "scope": None, "name": "x"}),
        ("payload", []),
        ("papers", [{"kind": "k", "number": "1"}]),
        ("papers", {}),
        ("attachments", [{"sha256": "b" * 64, "size": -1, "media_type": "image/png"}]),
        ("seen", {"other": {"size": 0, "head": ZERO}}),
        ("seen", {LOG: {"size": 0}}),
        ("statements", ["x"]),
        ("on_paper", []),
    ],
    ids=repr,
)
def test_a_field_of_another_form_is_refused(field: str, value: Any) -> None:
    with pytest.raises(NotAnEntry) as told:
        entry(**{field: value}).to_bytes()
    assert told.value.field == field
    with pytest.raises(NotAnEntry):
        Entry.from_bytes(canonical.encode(asdict(entry()) | {field: value}))


@pytest.mark.parametrize("value", [[], 1, {}, {"log": LOG}, asdict(entry()) | {"extra": 1}], ids=lambda v: str(v)[:20])
def test_what_is_no_entry_is_refused(value: Any) -> None:
    with pytest.raises(NotAnEntry):
        Entry.from_bytes(canonical.encode(value))


def test_a_float_never_gets_in() -> None:
    with pytest.raises(NotCanonical):
        entry(payload={"share": 0.5}).to_bytes()


# --- statements ---


def signed(subject: str | None = None, **changes: Any) -> statement.Statement:
    about = subject or statement.subject_of(entry())
    return statement.sign(
        SEED, **{"type": "roll.fix", "log": LOG, "subject": about, "account": "a", "role": "r"} | changes
    )


def test_a_statement_verifies_with_its_key() -> None:
    said = signed()
    assert statement.verify(said, PUBLIC)
    assert statement.verify(said.to_dict(), PUBLIC)
    assert not statement.verify(said, keys.public(bytes(32)))


def test_the_signed_message_is_as_documented() -> None:
    said = signed()
    claim = {name: value for name, value in said.to_dict().items() if name != "sig"}
    message = b"elec-log/v1\nroll.fix\n" + sha256(canonical.encode(claim)).digest()
    assert keys.verify(PUBLIC, bytes.fromhex(said.sig), message)


@pytest.mark.parametrize("field", ["type", "log", "subject", "account", "role", "key", "alg", "sig"])
def test_no_part_of_a_statement_can_be_changed(field: str) -> None:
    said = signed()
    other = {"sig": "00" * 64, "type": "roll.change"}.get(field, "0" * 64)
    assert not statement.verify(replace(said, **{field: other}), PUBLIC)


@pytest.mark.parametrize("sig", ["", "zz", "AB" * 64, " " + "ab" * 64])
def test_a_signature_has_one_spelling(sig: str) -> None:
    assert not statement.verify(replace(signed(), sig=sig), PUBLIC)
    assert not statement.verify(replace(signed(), sig=signed().sig.upper()), PUBLIC)


@pytest.mark.parametrize(
    "value", [{}, {"type": "x"}, {**signed().to_dict(), "more": "x"}, {**signed().to_dict(), "role": 1}]
)
def test_a_malformed_statement_does_not_verify(value: dict[str, Any]) -> None:
    assert not statement.verify(value, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"act": "roll.change"},
        {"step": "party.roll"},
        {"attempt": 2},
        {"occurred_on": "2010-12-07"},
        {"log": LOG.replace("1", "2")},
        {"payload": {"registered": 3101}},
        {"papers": [{"kind": "k", "number": None, "sha256": "a" * 64}]},
        {"attachments": [{"sha256": "b" * 64, "size": 1, "media_type": "image/png"}]},
    ],
    ids=str,
)
def test_the_subject_covers_what_was_signed(change: dict[str, Any]) -> None:
    assert statement.subject_of(entry(**change)) != statement.subject_of(entry())


def test_the_subject_knows_no_place_in_the_log() -> None:
    moved = entry(
        seq=7, prev="a" * 64, recorded_at="2010-12-07T00:00:00.000Z", seen={LOG: {"size": 1, "head": "a" * 64}}
    )
    assert statement.subject_of(moved) == statement.subject_of(entry())


# --- chains ---


def test_a_whole_chain_has_no_problem() -> None:
    assert chain.verify_chain(iter(line(20))) == []
    assert chain.verify_chain([]) == []


def codes(lines: list[bytes]) -> list[tuple[str, int]]:
    return [(problem.code, problem.seq) for problem in chain.verify_chain(lines)]


def test_each_fault_is_named_with_its_place() -> None:
    lines = line(8)
    assert codes(lines[:3] + lines[4:]) == [("chain.seq", seq) for seq in range(3, 7)]
    assert codes([*lines[:3], lines[2], *lines[3:]])[0] == ("chain.seq", 3)
    assert codes([*lines[:3], lines[4], lines[3], *lines[5:]])[0] == ("chain.seq", 3)
    changed = lines[3].replace(b'"n":3', b'"n":4')
    assert codes([*lines[:3], changed, *lines[4:]]) == [("chain.prev", 4)]
    assert codes([*lines[:3], lines[3] + b" ", *lines[4:]]) == [("chain.not-canonical", 3), ("chain.prev", 4)]
    assert codes([*lines[:3], b"{}", *lines[4:]])[0] == ("chain.shape", 3)
    other = entry(log=LOG.replace("1", "2"), seq=3, prev=Entry.from_bytes(lines[2]).hash).to_bytes()
    assert codes([*lines[:3], other])[0] == ("chain.log", 3)


def test_a_first_entry_links_to_nothing() -> None:
    assert chain.verify_chain([entry(prev="a" * 64).to_bytes()]) == [Problem("chain.prev", 0)]


@pytest.mark.long
def test_reading_a_long_chain_costs_what_hashing_and_parsing_costs() -> None:
    """100,000 entries, streaming: a small multiple of SHA-256 and ``json.loads`` of the same lines, best of three."""
    lines = line(100_000)

    def best(work: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            start = perf_counter()
            work()
            times.append(perf_counter() - start)
        return min(times)

    bare = best(lambda: [(sha256(data).hexdigest(), json.loads(data)) for data in lines])
    assert best(lambda: chain.verify_chain(lines)) < 3 * bare


def test_what_is_to_be_signed_is_what_the_entry_says() -> None:
    made = entry(attempt=2)
    parts: dict[str, Any] = {
        "act": made.act,
        "step": made.step,
        "attempt": made.attempt,
        "occurred_on": made.occurred_on,
        "log": made.log,
        "payload": made.payload,
        "papers": made.papers,
        "attachments": made.attachments,
    }
    assert statement.subject(**parts) == statement.subject_of(made)
    assert statement.subject(**parts | {"attempt": 3}) != statement.subject_of(made)


@pytest.mark.parametrize("field", ["log", "kind", "act", "step", "occurred_on"])
def test_a_list_where_a_text_should_be_is_refused_by_its_name(field: str) -> None:
    document = json.loads(entry().to_bytes()) | {field: ["x"]}
    with pytest.raises(NotAnEntry, match=field):
        Entry.from_bytes(canonical.encode(document))
