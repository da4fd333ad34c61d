"""One entry shown without the rest: the single file of C2SP tlog-proof.

::

    c2sp.org/tlog-proof@v1
    extra <base64 of the entry's exact bytes>
    index <place of the entry, from 0>
    <base64 of a sibling>...

    <the checkpoint, with its signatures>

The entry itself is the extra data: whoever holds the file can read it, hash it and climb to the root that is printed on
signed papers, and learns nothing of any other entry.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from election.record import note, tree
from election.record.note import unbase64

HEAD = "c2sp.org/tlog-proof@v1"
_MOST = 64


class ProofError(ValueError):
    """Not a proof of this format."""


@dataclass(frozen=True)
class Proof:
    #: exact bytes of the entry
    data: bytes
    index: int
    siblings: tuple[bytes, ...]
    #: the checkpoint as a signed note
    checkpoint: str

    def text(self) -> str:
        lines = [HEAD, f"extra {b64encode(self.data).decode()}", f"index {self.index}"]
        return "\n".join([*lines, *(b64encode(s).decode() for s in self.siblings)]) + f"\n\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Raises ProofError."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(lines) < 3 or lines[0] != HEAD or len(lines) > 3 + _MOST:
            raise ProofError("not a proof of one entry")
        extra, index = re.fullmatch(r"extra (\S+)", lines[1]), re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[2])
        data = unbase64(extra[1]) if extra else b""
        siblings = tuple(map(unbase64, lines[3:]))
        if not data or index is None or any(len(sibling) != 32 for sibling in siblings):
            raise ProofError("not a proof of one entry")
        return cls(data, int(index[1]), siblings, checkpoint)

    def holds(self) -> bool:
        """Whether the entry stands at its place under the checkpoint's root. Raises NoteError; signatures are not read."""
        said = note.Checkpoint.parse(note.body_of(self.checkpoint))
        return tree.verify_inclusion(tree.leaf_hash(self.data), self.index, said.size, self.siblings, said.root)


def prove(lines: Sequence[bytes], index: int, checkpoint: str) -> Proof:
    """The proof that entry ``index`` stands under ``checkpoint``, a note over the first so many of ``lines``.

    Raises IndexError where the checkpoint does not reach that far.
    """
    size = note.Checkpoint.parse(note.body_of(checkpoint)).size
    return Proof(
        lines[index] if index < size else b"", index, tuple(tree.inclusion_proof(lines[:size], index)), checkpoint
    )
