"""Signed notes against the public vectors of Go's sumdb/note, and checkpoints."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.record import keys, note
from election.record.note import Checkpoint, NoteError, Verifier

VECTORS = json.loads((Path(__file__).parent / "vectors" / "signed_note.json").read_text(encoding="utf-8"))
TEXT = VECTORS["text"]
(PETER, PETER_LINE), (ENOCH, ENOCH_LINE) = ((signer["vkey"], signer["line"]) for signer in VECTORS["signers"])
PETER_SEED = b64decode(VECTORS["signers"][0]["private"])[1:]
peter, enoch = Verifier.parse(PETER), Verifier.parse(ENOCH)


def test_signing_gives_the_published_note() -> None:
    assert note.sign(TEXT, "PeterNeumann", PETER_SEED) == f"{TEXT}\n{PETER_LINE}"


def test_both_published_signatures_verify() -> None:
    text = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}"
    assert note.open(text, [peter, enoch]) == (TEXT, ["PeterNeumann", "EnochRoot"])
    assert note.open(text, [enoch]) == (TEXT, ["EnochRoot"])


def test_a_verifier_key_goes_there_and_back() -> None:
    assert peter.vkey == PETER
    assert note.vkey("PeterNeumann", keys.public(PETER_SEED)) == PETER


@pytest.mark.parametrize("place", range(len(PETER)))
def test_a_mangled_verifier_key_is_refused(place: int) -> None:
    mangled = PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :]
    for text in (mangled, PETER[:place], PETER[place + 1 :]):
        with pytest.raises(NoteError):
            Verifier.parse(text)


@pytest.mark.parametrize("vkey", VECTORS["refused_vkeys"].values(), ids=VECTORS["refused_vkeys"])
def test_a_verifier_key_of_another_kind_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(vkey)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER_LINE[:-1]}",
        f"\x01{TEXT}\n{PETER_LINE}",
        f"{TEXT}\n— Bad Name x08go/ZJkuBS9UG\n",
        f"{TEXT}\n{PETER_LINE}Unexpected line.\n",
        f"{TEXT}\n{PETER_LINE * 101}",
        f"{TEXT}\n{PETER_LINE[:60]}ABCD{PETER_LINE[60:]}",
        f"{TEXT}\n{ENOCH_LINE}",
        f"{TEXT.replace('answer', 'question')}\n{PETER_LINE}",
        f"{TEXT}\n{PETER_LINE.replace('nAM=', 'nAN=')}",
        "",
    ],
)
def test_what_is_not_a_note_of_a_known_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        note.open(text, [peter])


@pytest.mark.parametrize("body", ["no end of line", "a\rb\n", "a\ud800\n", ""])
def test_a_text_that_cannot_be_seen_is_not_signed(body: str) -> None:
    with pytest.raises(NoteError):
        note.sign(body, "PeterNeumann", PETER_SEED)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        note.sign(TEXT, name, PETER_SEED)


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_goes_there_and_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(note.origin("server", "election", "x"), size, root)
    text = note.sign(checkpoint.body(), "PeterNeumann", PETER_SEED)
    assert Checkpoint.parse(note.open(text, [peter])[0]) == checkpoint


@pytest.mark.parametrize(
    "body",
    [
        "",
        "origin\n",
        "origin\n1\nAAAA\n",
        f"origin\n01\n{'A' * 43}=\n",
        f"origin\n-1\n{'A' * 43}=\n",
        f"origin\n１\n{'A' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        f"origin\n1\n{'A' * 43}=\nextension\n",
        f"origin\n1\n{'A' * 42}B=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(body)
