"""A line that fits a form is one that `Entry.from_bytes` takes, with the same parts; ordinary lines do fit."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election.record import canonical, statement
from election.record.chain import verify_chain, walk
from election.record.entry import ZERO, Entry, NotAnEntry
from election.record.forms import EVERY, MOST, Forms, form_of

UUID, OTHER = "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"
BASE = Entry(
    log=UUID, kind="election", seq=7, prev="ab" * 32, act="roll.change", step="residents.register", attempt=1,
    occurred_on="2010-11-08", recorded_at="2010-11-08T01:02:03.004Z",
    actor={"account": "a", "role": "registrar", "scope": None},
    payload={"name": {"sealed": "cd" * 32}, "reason": "核对户口簿", "ages": [18, -3, 0], "flags": [True, False, None]},
    papers=[{"kind": "roll_notice", "number": 3, "sha256": "ef" * 32}],
    attachments=[{"sha256": "01" * 32, "size": 12, "media_type": "image/png"}],
    seen={OTHER: {"head": "23" * 32, "size": 4}},
    statements=[{"type": "roll.change", "sig": "45" * 64}],
    on_paper={"scan": "67" * 32},
)  # fmt: skip
LINE = BASE.to_bytes()
FORM = form_of(BASE)

#: what may stand in a line in place of what stood there, good and bad
PIECES = [
    b'"', b"\\", b"\\n", b"\\u0041", b"\x00", b"\x1f", b"\x7f", b"\xff", b"\xe4\xb8", "王".encode(), "é".encode(), "e\u0301".encode(),
    "<\u0338".encode(), "\u0338".encode(), "\uac01".encode(), "\u1100\u1161\u11a8".encode(), b"\xed\xa0\x80", b"\xc0\x80", "𠮷".encode(), b" ", b"-",
    b"-0", b"00", b"01", b"1.0", b"1e3", b"9007199254740991", b"9007199254740992", b"999999999999999", b"null", b"true", b"{}", b"[]",
    b"[", b"]", b"{", b"}", b",", b":", b'":"', b'","a":"', b"2010-13-01", b"2010-02-31", b"2010-1-01", b"a" * 64, b"A" * 64, b"\n",
]  # fmt: skip


@st.composite
def edited(draw: st.DrawFn) -> bytes:
    line = LINE
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(line)))
        length = draw(st.sampled_from([0, 0, 1, 1, 2, 4, 10, 64]))
        line = line[:at] + draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + line[at + length :]
    return line


def fits(line: bytes) -> bool:
    forms = Forms()
    forms._known = {BASE.act.encode(): [FORM]}
    return forms.fitting(line) is not None


@given(edited())
@settings(max_examples=2000)
def test_what_fits_is_an_entry(line: bytes) -> None:
    if fits(line):
        found = FORM.fits(line)
        assert found is not None
        read, known = Entry.from_bytes(line), Entry.known(line, sha256(line).hexdigest(), found)
        assert (known, known.hash, known.to_bytes()) == (read, read.hash, line)
        assert statement.subject_of(known) == statement.subject_of(read)


@given(
    st.text(st.characters(codec="utf-8"), max_size=12), st.integers(-(2**54), 2**54), st.integers(0, 2**54),
    st.sampled_from(["2010-11-08", "2010-02-31", "2010-13-01", "2010-11-8", "٢010-11-08"]),
    st.sampled_from(["ab" * 32, "AB" * 32, "ab" * 31, UUID]),
)  # fmt: skip
@settings(max_examples=1000)
def test_values_that_fit_are_those_that_are_taken(text: str, number: int, count: int, day: str, digest: str) -> None:
    value = json.loads(LINE)
    value["payload"].update(reason=text, ages=[number, 1, 2])
    value.update(attempt=count, occurred_on=day, prev=digest)
    value["papers"][0].update(number=number, sha256=digest)
    line = canonical.again(value)
    try:
        taken = Entry.from_bytes(line) is not None
    except (canonical.NotCanonical, NotAnEntry):
        taken = False
    if fits(line):
        assert taken
    elif taken:  # left to the parser: an escape, or an integer of sixteen digits
        assert b"\\" in line or any(abs(n) >= 10**15 for n in (number, count))


@pytest.mark.parametrize(
    "reason",
    [
        "换一个说法",
        "plain",
        "e\u0301 is two characters",
        "<\u0338",
        "王\u0338",
        "\u1100\u1161\u11a8",
        'with "quotes"',
        "\x7f",
    ],
)
def test_a_text_fits_if_it_is_in_normal_form_and_needs_no_escape(reason: str) -> None:
    line = canonical.again({**json.loads(LINE), "payload": {**BASE.payload, "reason": reason}})
    assert fits(line) == (reason in ("换一个说法", "plain", "王\u0338", "\x7f"))


def test_a_form_knows_one_log() -> None:
    assert fits(LINE)
    for other in ({"log": OTHER}, {"kind": "campaign"}, {"act": "roll.fix"}):
        assert FORM.fits(canonical.again({**json.loads(LINE), **other})) is None


def _log(size: int, reason: str = "核对") -> list[bytes]:
    lines, previous = [], ZERO
    for seq in range(size):
        entry = replace(BASE, seq=seq, prev=previous, payload={**BASE.payload, "reason": f"{reason}{seq}"})
        lines.append(entry.to_bytes())
        previous = entry.hash
    return lines


def test_a_long_log_is_read_by_its_form_and_its_faults_are_found_as_before() -> None:
    lines = _log(EVERY + 20)
    late = [entry for _, entry, _ in walk(lines)][-1]
    assert late is not None
    assert "payload" not in vars(late)  # nothing of it was parsed
    assert late.payload["reason"] == f"核对{EVERY + 19}"
    assert verify_chain(lines) == []
    for change, codes in (
        (lambda line: line.replace(b'"seq":110', b'"seq":111'), ["chain.seq", "chain.prev"]),
        (lambda line: line.replace(UUID.encode(), OTHER.encode()), ["chain.log", "chain.prev"]),
        (lambda line: line.replace(b'"kind":"election"', b'"kind":"campaign"'), ["chain.log", "chain.prev"]),
        (lambda line: line.replace("核".encode(), "核\u0301".encode()), ["chain.prev"]),
        (lambda line: line.replace("核".encode(), "e\u0301".encode()), ["chain.not-canonical", "chain.prev"]),
        (lambda line: line.replace(b"2010-11-08T", b"2010-11-38T"), ["chain.shape", "chain.prev"]),
        (lambda line: line.replace(b'"attempt":1', b'"attempt":01'), ["chain.not-canonical", "chain.prev"]),
    ):
        changed = [*lines[:110], change(lines[110]), *lines[111:]]
        assert changed != lines
        assert [(p.code, p.seq) for p in verify_chain(changed)] == list(
            zip(codes, (110, 111) if len(codes) > 1 else (111,), strict=True)
        )


def test_a_part_is_read_when_it_is_asked_for_and_alone_where_the_entry_is_signed() -> None:
    unsigned = replace(BASE, statements=[])
    for entry, others in ((BASE, {"actor"}), (unsigned, set(vars(unsigned)) - {"_bytes"})):
        line = entry.to_bytes()
        match = form_of(entry).fits(line)
        assert match is not None
        known = Entry.known(line, sha256(line).hexdigest(), match)
        assert known.actor == BASE.actor
        assert set(vars(known)) - {"_bytes", "_parts", "hash"} == others
        assert known.only(("act", "payload")) == canonical.again({"act": BASE.act, "payload": BASE.payload})
        assert known == entry
        with pytest.raises(AttributeError):
            known.nothing  # noqa: B018


def test_forms_are_few_and_short() -> None:
    forms = Forms()
    for number in range((MOST + 3) * EVERY):
        forms.learn(replace(BASE, payload={f"key{number}": 1}))
    assert len(forms._known[BASE.act.encode()]) == MOST
    large = Forms()
    for _ in range(EVERY):
        large.learn(replace(BASE, payload={"text": "x" * 5000}))
    assert large._known[BASE.act.encode()] == []
    longer = canonical.again({**json.loads(LINE), "payload": {**BASE.payload, "reason": "长" * 2000}})
    assert FORM.fits(longer) is not None
    assert not fits(longer)
