"""One entry shown without the rest: the single file of C2SP tlog-proof.

::

    c2sp.org/tlog-proof@v1
    extra <base64 of {"entry": base64 of its exact bytes, "server": the key that signs the checkpoint}>
    index <place of the entry, from 0>
    <base64 of a sibling>...

    <the checkpoint, with its signatures>

Whoever holds the file can read the entry, hash it and climb to the root that is printed on signed papers, and learns
nothing of any other entry. The extra data is believed for nothing: the key counts by its fingerprint, the entry by its
place under the root.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from election.record import canonical, note, tree
from election.record.note import unbase64

HEAD = "c2sp.org/tlog-proof@v1"
_MOST = 64


class ProofError(ValueError):
    """Not a proof of this format."""


@dataclass(frozen=True)
class Proof:
    #: exact bytes of the entry
    data: bytes
    #: the server's verifier key, as a signed note spells it
    server: str
    index: int
    siblings: tuple[bytes, ...]
    #: the checkpoint as a signed note
    checkpoint: str

    def text(self) -> str:
        extra = canonical.encode({"entry": b64encode(self.data).decode(), "server": self.server})
        lines = [HEAD, f"extra {b64encode(extra).decode()}", f"index {self.index}"]
        return "\n".join([*lines, *(b64encode(s).decode() for s in self.siblings)]) + f"\n\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Raises ProofError."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(lines) < 3 or lines[0] != HEAD or len(lines) > 3 + _MOST:
            raise ProofError("not a proof of one entry")
        extra, index = re.fullmatch(r"extra (\S+)", lines[1]), re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[2])
        siblings = tuple(map(unbase64, lines[3:]))
        if extra is None or index is None or any(len(sibling) != 32 for sibling in siblings):
            raise ProofError("not a proof of one entry")
        data, server = _extra(unbase64(extra[1]))
        return cls(data, server, int(index[1]), siblings, checkpoint)

    def holds(self) -> bool:
        """Whether the entry stands at its place under the checkpoint's root. Raises NoteError; signatures are not read."""
        said = note.Checkpoint.parse(note.body_of(self.checkpoint))
        return tree.verify_inclusion(tree.leaf_hash(self.data), self.index, said.size, self.siblings, said.root)


def _extra(data: bytes) -> tuple[bytes, str]:
    """The entry and the server's key. Raises ProofError."""
    try:
        value = canonical.decode(data)
    except canonical.NotCanonical:
        value = None
    if (
        type(value) is not dict
        or value.keys() != {"entry", "server"}
        or not all(type(v) is str for v in value.values())
    ):
        raise ProofError("not a proof of one entry")
    return unbase64(value["entry"]), value["server"]


def prove(lines: Sequence[bytes], index: int, checkpoint: str, server: str) -> Proof:
    """The proof that entry ``index`` stands under ``checkpoint``, a note over the first so many of ``lines``.

    ``server`` is the verifier key that signed it. Raises IndexError where the checkpoint does not reach that far.
    """
    size = note.Checkpoint.parse(note.body_of(checkpoint)).size
    siblings = tree.inclusion_proof(lines[:size], index)
    return Proof(lines[index], server, index, tuple(siblings), checkpoint)
