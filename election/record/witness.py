"""A witness: remembers the largest checkpoint of each log it has seen, and cosigns only what grew from it.

The request is that of C2SP tlog-witness (``add-checkpoint``), carried on any medium::

    old <size that the witness saw last>
    <base64 of a hash of the consistency proof>...

    <the checkpoint>

Pure: the caller keeps the state (origin -> size and root) and writes it down before it hands out the cosignature.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from election.record import note, tree
from election.record.note import Checkpoint, NoteError, Verifier, unbase64

_MOST = 63


class Refusal(Exception):
    """The witness does not cosign. ``code`` has its sentence in words, ``params`` its numbers.

    Codes: ``malformed`` ``unknown-log`` ``signature`` ``other-old`` ``smaller`` ``forked`` ``proof``.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Seen:
    """The largest checkpoint of a log that was cosigned."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Request:
    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        return "\n".join([f"old {self.old}", *(b64encode(h).decode() for h in self.proof)]) + f"\n\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Request:
        """Raises Refusal."""
        head, gap, checkpoint = text.partition("\n\n")
        first, *hashes = head.split("\n")
        old, proof = re.fullmatch(r"old (0|[1-9][0-9]{0,15})", first), tuple(map(unbase64, hashes))
        if not gap or old is None or len(proof) > _MOST or any(len(digest) != 32 for digest in proof):
            raise Refusal("malformed")
        return cls(int(old[1]), proof, checkpoint)


def request(lines: Sequence[bytes], old: int, checkpoint: str) -> Request:
    """The request to a witness who saw ``old`` entries, for a checkpoint over the first so many of ``lines``."""
    size = Checkpoint.parse(note.body_of(checkpoint)).size
    proof = tree.consistency_proof(lines[:size], old) if 0 < old < size else []
    return Request(old, tuple(proof), checkpoint)


def judge(asked: Request, servers: Sequence[Verifier], seen: Mapping[str, Seen]) -> tuple[str, Seen]:
    """The log's origin and what the witness will have seen, where it may cosign. Raises Refusal.

    ``servers`` are the keys it was set up with, ``seen`` is what it cosigned before, by origin.
    """
    try:
        body, signers = note.open(asked.checkpoint, servers)
        found = Checkpoint.parse(body)
    except NoteError:
        raise Refusal("signature") from None
    if not any(found.origin.startswith(f"{name}/") for name in signers):
        raise Refusal("unknown-log", origin=found.origin)
    before = seen.get(found.origin, Seen(0, tree.EMPTY))
    if found.size < before.size:
        raise Refusal("smaller", size=found.size, seen=before.size)
    if asked.old != before.size:
        raise Refusal("other-old", old=asked.old, seen=before.size)
    if found.size == before.size and found.root != before.root:
        raise Refusal("forked", size=found.size)
    if not _extends(asked, before, found):
        raise Refusal("proof", size=found.size, seen=before.size)
    return found.origin, Seen(found.size, found.root)


def _extends(asked: Request, before: Seen, found: Checkpoint) -> bool:
    """Whether all that was seen is a beginning of what is shown now; of nothing seen nothing needs proof."""
    if before.size == 0:
        return not asked.proof
    return tree.verify_consistency(before.size, found.size, asked.proof, before.root, found.root)
