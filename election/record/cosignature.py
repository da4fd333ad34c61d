"""Cosignatures of witnesses on checkpoints (C2SP tlog-cosignature/v1, Ed25519).

A witness signs that, at a time of its own clock, this is the largest checkpoint of the log it has seen and that all it
saw before is a beginning of it. The signature is one more line under the checkpoint::

    — name base64(key id || time as 8 bytes || signature)

over ``"cosignature/v1\\ntime <POSIX seconds>\\n"`` and the note's text. The key id is the first four bytes of
``SHA256(name || 0A || 04 || public key)``: a key for cosigning is never taken for one that signs logs.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from election.record import keys, note
from election.record.note import NoteError

_KIND = b"\x04"
_LATEST = 2**63


@dataclass(frozen=True)
class Witness(note.Verifier):
    """A key that cosigns: its name (no blanks, no ``+``) and the 32 bytes of the public key."""

    kind = _KIND


@dataclass(frozen=True)
class Cosignature:
    """That ``witness`` saw the checkpoint at ``time`` (POSIX seconds)."""

    witness: str
    time: int


def sign(text: str, name: str, seed: bytes, time: int) -> str:
    """The line, with its end, by which ``name`` cosigns the checkpoint ``text``. Raises NoteError for what is none."""
    body = note.body_of(text)
    note.Checkpoint.parse(body)
    if not 0 <= time < _LATEST:
        raise NoteError("not a time of a clock")
    witness = Witness(name, keys.public(seed))
    blob = witness.key_id + time.to_bytes(8, "big") + keys.sign(seed, _message(body, time))
    return f"— {name} {b64encode(blob).decode()}\n"


def read(text: str, witnesses: Iterable[Witness]) -> list[Cosignature]:
    """The cosignatures of known witnesses under a checkpoint, each witness once, in the order of the lines.

    Raises NoteError: malformed, or a known witness's cosignature is not of this text. Unknown keys are passed over.
    """
    body, lines = note.split(text)
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found: dict[str, Cosignature] = {}
    for name, blob in map(note.signature, lines):
        witness = known.get((name, blob[:4]))
        if witness is None:
            continue
        time = int.from_bytes(blob[4:12], "big")
        if len(blob) != 76 or time >= _LATEST or not keys.verify(witness.public_key, blob[12:], _message(body, time)):
            raise NoteError(f"the cosignature of {name} is not of this text")
        found.setdefault(name, Cosignature(name, time))
    return list(found.values())


def added(text: str, lines: str) -> str:
    """The checkpoint with further signature lines under it, none twice. Raises NoteError where they are none."""
    _, have = note.split(text)
    new = lines.splitlines()
    for line in new:
        note.signature(line)
    return text + "".join(f"{line}\n" for line in dict.fromkeys(new) if line not in have)


def _message(body: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{body}".encode()
