"""Cosignatures, the policy that asks for them, and the witness who gives them: the formats of C2SP, and every refusal."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.record import cosignature, keys, note, policy, tree, witness
from election.record.cosignature import Cosignature, Witness
from election.record.note import Checkpoint, NoteError, Verifier
from election.record.policy import PolicyError
from election.record.witness import Refusal, Request, Seen

SERVER, OTHER = b"s" * 32, b"o" * 32
NAME, ORIGIN = "qilihe", "qilihe/election/1"
server = Verifier(NAME, keys.public(SERVER))
LINES = [str(n).encode() for n in range(40)]
SEEDS = {name: bytes([n]) * 32 for n, name in enumerate(("a", "b", "c"), start=1)}
WITNESSES = {name: Witness(f"witness/{name}", keys.public(seed)) for name, seed in SEEDS.items()}


def checkpoint(size: int, lines: list[bytes] = LINES, key: bytes = SERVER, origin: str = ORIGIN) -> str:
    return note.sign(Checkpoint(origin, size, tree.root(lines[:size])).body(), NAME, key)


def cosigned(text: str, *names: str) -> str:
    lines = "".join(cosignature.sign(text, WITNESSES[n].name, SEEDS[n], 1293264000) for n in names)
    return cosignature.added(text, lines)


def test_a_line_is_name_key_id_time_and_signature_over_the_text_with_its_time() -> None:
    text = checkpoint(7)
    line = cosignature.sign(text, "witness/a", SEEDS["a"], 1293264000)
    name, blob = line.removeprefix("— ").split(" ")
    raw = b64decode(blob)
    assert (name, len(raw)) == ("witness/a", 76)
    assert raw[:4] == WITNESSES["a"].key_id
    assert int.from_bytes(raw[4:12], "big") == 1293264000
    message = b"cosignature/v1\ntime 1293264000\n" + note.body_of(text).encode()
    assert keys.verify(keys.public(SEEDS["a"]), raw[12:], message)


def test_a_key_for_cosigning_has_another_id_than_one_for_signing() -> None:
    same = Verifier("witness/a", keys.public(SEEDS["a"]))
    assert same.key_id != WITNESSES["a"].key_id
    assert Witness.parse(WITNESSES["a"].vkey) == WITNESSES["a"]
    with pytest.raises(NoteError):
        Verifier.parse(WITNESSES["a"].vkey)
    with pytest.raises(NoteError):
        Witness.parse(same.vkey)


def test_the_server_s_signature_still_opens_a_cosigned_checkpoint() -> None:
    text = cosigned(checkpoint(7), "a", "b")
    assert note.open(text, [server])[1] == [NAME]
    assert cosignature.read(text, WITNESSES.values()) == [
        Cosignature("witness/a", 1293264000),
        Cosignature("witness/b", 1293264000),
    ]
    assert cosignature.added(text, text.split("\n\n")[1]) == text


@given(st.integers(0, 75), st.integers(0, 7))
def test_any_bit_of_a_cosignature_counts(place: int, bit: int) -> None:
    text = checkpoint(7)
    line = cosignature.sign(text, "witness/a", SEEDS["a"], 1293264000)
    raw = bytearray(b64decode(line.split(" ")[2]))
    raw[place] ^= 1 << bit
    forged = cosignature.added(text, f"— witness/a {b64encode(bytes(raw)).decode()}\n")
    if place < 4:  # another key's, passed over
        assert cosignature.read(forged, WITNESSES.values()) == []
    else:
        with pytest.raises(NoteError):
            cosignature.read(forged, WITNESSES.values())


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    line = cosigned(checkpoint(6), "a").splitlines()[-1]
    with pytest.raises(NoteError):
        cosignature.read(cosignature.added(checkpoint(7), line + "\n"), WITNESSES.values())


# --- policies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "quorum", "met"),
    [
        ("group g 2 a b c", "g", {"ab", "ac", "bc", "abc"}),
        ("group g any a b c", "g", {"a", "b", "c", "ab", "ac", "bc", "abc"}),
        ("group g all a b c", "g", {"abc"}),
        ("group g any a b\ngroup h all g c", "h", {"ac", "bc", "abc"}),
        ("", "b", {"b", "ab", "bc", "abc"}),
        ("", "none", {"", "a", "b", "c", "ab", "ac", "bc", "abc"}),
    ],
)
def test_the_quorum_is_what_the_policy_says(groups: str, quorum: str, met: set[str]) -> None:
    keys_ = "".join(f"witness {name} {key.vkey}\n" for name, key in WITNESSES.items())
    found = policy.parse(f"# of the street\nlog {server.vkey}\n{keys_}{groups}\n\tquorum {quorum} \n")
    assert found.logs == (server,)
    for names in ("", "a", "b", "c", "ab", "ac", "bc", "abc"):
        text = cosigned(checkpoint(7), *names)
        assert found.met(found.cosigned(text)) is (names in met), names


A, B = WITNESSES["a"].vkey, WITNESSES["b"].vkey
SAME_NAME = Witness(WITNESSES["a"].name, keys.public(SEEDS["b"])).vkey


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        (f"witness a {A}\n", 0),
        (f"witness a {A}\nquorum a\nquorum a", 3),
        ("quorum a\n", 1),
        ("quorum\n", 1),
        (f"witness a {A}\nwitness a {B}\nquorum a", 2),
        (f"witness a {A}\nwitness b {A}\nquorum a", 2),
        (f"witness a {A}\nwitness b {SAME_NAME}\nquorum a", 2),
        (f"witness none {A}\nquorum none", 1),
        (f"witness a {server.vkey}\nquorum a", 1),
        (f"log {A}\nquorum none", 1),
        (f"log {server.vkey}\nlog {server.vkey}\nquorum none", 2),
        ("log\nquorum none", 1),
        (f"witness a\nwitness b {B}\nquorum b", 1),
        (f"witness a {A}\ngroup g 2 a\nquorum g", 2),
        (f"witness a {A}\ngroup g 0 a\nquorum g", 2),
        (f"witness a {A}\ngroup g some a\nquorum g", 2),
        (f"witness a {A}\ngroup g any\nquorum g", 2),
        (f"witness a {A}\ngroup g any a a\nquorum g", 2),
        (f"witness a {A}\ngroup g any b\nquorum g", 2),
        (f"witness a {A}\ngroup g any a\ngroup h any a\nquorum h", 3),
        (f"witness a {A}\ngroup a any a\nquorum a", 2),
        ("quorum none\x01\n", 1),
        ("believe me\n", 1),
    ],
)
def test_a_policy_that_is_none_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(PolicyError) as refused:
        policy.parse(text)
    assert refused.value.line == line


def test_a_policy_written_is_read_again() -> None:
    found = policy.parse(policy.written([server], WITNESSES, 2))
    assert (found.logs, dict(found.witnesses), found.quorum) == ((server,), WITNESSES, "witnesses")
    assert policy.parse(policy.written([server], {}, 1)).met([])


# --- the witness -----------------------------------------------------------------------------------------------------


def asked(old: int, size: int, lines: list[bytes] = LINES, **more: object) -> Request:
    text = checkpoint(size, lines, **more)  # type: ignore[arg-type]
    return Request.parse(witness.request(lines, old, text).text())


def seen(size: int, lines: list[bytes] = LINES) -> dict[str, Seen]:
    return {ORIGIN: Seen(size, tree.root(lines[:size]))} if size else {}


@pytest.mark.parametrize(("before", "size"), [(0, 1), (0, 40), (1, 1), (1, 2), (3, 40), (32, 40), (39, 40), (40, 40)])
def test_what_grew_is_cosigned(before: int, size: int) -> None:
    assert witness.judge(asked(before, size), [server], seen(before)) == (ORIGIN, seen(size)[ORIGIN])


FORKED = [*LINES[:5], b"another", *LINES[6:]]


@pytest.mark.parametrize(
    ("request_", "before", "code"),
    [
        (asked(8, 20, FORKED), seen(8), "proof"),
        (asked(20, 20, FORKED), seen(20), "forked"),
        (asked(3, 5), seen(9), "smaller"),
        (asked(0, 20), seen(9), "other-old"),
        (asked(12, 20), seen(9), "other-old"),
        (asked(9, 20), {}, "other-old"),
        (asked(0, 20, key=OTHER), {}, "signature"),
        (asked(0, 20, origin="lanzhou/election/1"), {}, "unknown-log"),
        (Request(8, asked(8, 20).proof[:-1], checkpoint(20)), seen(8), "proof"),
        (Request(8, (), checkpoint(20)), seen(8), "proof"),
        (Request(0, asked(8, 20).proof, checkpoint(20)), {}, "proof"),
        (Request(0, (), "not a note\n\n"), {}, "signature"),
    ],
)
def test_a_witness_refuses(request_: Request, before: dict[str, Seen], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        witness.judge(request_, [server], before)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 1",
        "old 01\n\nx",
        f"old 1\nAAAA\n\n{checkpoint(3)}",
        "old -1\n\nx",
        "new 1\n\nx",
        "old 1\n" + "A\n" * 70,
    ],
)
def test_what_is_no_request_is_malformed(text: str) -> None:
    with pytest.raises(Refusal, match="malformed"):
        Request.parse(text)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_witness_never_goes_back(sizes: list[int]) -> None:
    state: dict[str, Seen] = {}
    for size in sizes:
        before = state.get(ORIGIN, Seen(0, tree.EMPTY)).size
        try:
            origin, now = witness.judge(asked(min(before, size), size), [server], state)
        except Refusal:
            assert size < before
        else:
            state[origin] = now
        assert state[ORIGIN].size >= before


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_that_no_clock_shows_is_not_cosigned(time: int) -> None:
    with pytest.raises(NoteError, match="not a time of a clock"):
        cosignature.sign(checkpoint(7), "witness/a", SEEDS["a"], time)
