"""The Merkle tree of RFC 6962 §2.1 over a log's entries, SHA-256.

Leaf ``SHA256(00 || data)``, node ``SHA256(01 || left || right)``, the empty tree ``SHA256("")``; a tree of n leaves
splits at the largest power of two below n. Data are the exact bytes of an entry, without the line's end.
Builders take *data*; verifiers take what a person holds: digests, sizes and roots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows by appending. Keeps one digest per full subtree: O(log n) memory."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        #: roots of the full subtrees from left to right, their sizes are the binary digits of ``size``
        self._peaks: list[bytes] = []
        for data in leaves:
            self.append(data)

    def append(self, data: bytes) -> None:
        """Add the entry whose exact bytes are ``data``."""
        digest = sha256(b"\x00" + data).digest()
        size = self.size
        while size & 1:
            digest = sha256(b"\x01" + self._peaks.pop() + digest).digest()
            size >>= 1
        self._peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything appended so far, 32 bytes."""
        if not self._peaks:
            return EMPTY
        digest = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            digest = node_hash(peak, digest)
        return digest


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over the entries ``leaves`` (their bytes, in order)."""
    return Tree(leaves).root()


def _split(size: int) -> int:
    """The largest power of two below ``size`` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of RFC 6962 §2.1.1 for entry ``index`` in the tree of all ``leaves``, lowest sibling first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no entry {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*inclusion_proof(leaves[:cut], index), root(leaves[cut:])]
    return [*inclusion_proof(leaves[cut:], index - cut), root(leaves[:cut])]


def verify_inclusion(digest: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``proof`` puts the leaf with hash ``digest`` at ``index`` of the tree of ``size`` with root ``expected``."""
    if not 0 <= index < size or any(len(part) != 32 for part in (digest, expected, *proof)):
        return False
    place, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            digest = node_hash(sibling, digest)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            digest = node_hash(digest, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and digest == expected


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The proof of RFC 6962 §2.1.2 that the tree of all ``leaves`` extends the tree of the ``first`` of them."""
    if not 0 < first <= len(leaves):
        raise IndexError(f"no earlier tree of {first} in a tree of {len(leaves)}")
    return _extension(leaves, first, whole=True)


def _extension(leaves: Sequence[bytes], first: int, *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    cut = _split(len(leaves))
    if first <= cut:
        return [*_extension(leaves[:cut], first, whole=whole), root(leaves[cut:])]
    return [*_extension(leaves[cut:], first - cut, whole=False), root(leaves[:cut])]


def verify_consistency(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether the tree (``second``, ``new``) is an extension of the tree (``first``, ``old``), RFC 9162 §2.1.4.2.

    An earlier tree of size 0 proves nothing and is refused.
    """
    if not 0 < first <= second or any(len(part) != 32 for part in (old, new, *proof)):
        return False
    if first == second:
        return not proof and old == new
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, old)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            new_root = node_hash(new_root, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and old_root == old and new_root == new
