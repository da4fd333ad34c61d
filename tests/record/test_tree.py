"""RFC 6962 trees against published vectors (transparency-dev/merkle) and against the definition."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.record import tree

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc6962.json").read_text(encoding="utf-8"))
LEAVES = [bytes.fromhex(text) for text in VECTORS["leaves"]]
ROOTS = VECTORS["roots"]
INCLUSION = [pytest.param(v, id=v["path"]) for v in VECTORS["inclusion"]]
CONSISTENCY = [pytest.param(v, id=v["path"]) for v in VECTORS["consistency"]]

leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def by_definition(data: list[bytes]) -> bytes:
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    cut = 1
    while cut * 2 < len(data):
        cut *= 2
    return sha256(b"\x01" + by_definition(data[:cut]) + by_definition(data[cut:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert tree.root(LEAVES[:size]).hex() == ROOTS[size]


def parts(vector: dict[str, Any], *names: str) -> list[bytes]:
    return [b64decode(vector[name]) for name in names]


def spoilt(proof: list[bytes], *roots: bytes) -> Iterator[list[bytes]]:
    """The ways in which the published refusals spoil a proof: shortened, lengthened, a bit changed."""
    if proof:
        yield []
        yield proof[:-1]
    for more in (*roots, b""):
        yield [more, *proof]
        yield [*proof, more]
    for place, part in enumerate(proof):
        yield [*proof[:place], bytes([part[0] ^ 16]) + part[1:], *proof[place + 1 :]]


@pytest.mark.parametrize("vector", INCLUSION)
def test_published_inclusion_proofs(vector: dict[str, Any]) -> None:
    index, size = vector["leafIdx"], vector["treeSize"]
    root, leaf = parts(vector, "root", "leafHash")
    proof = [b64decode(part) for part in vector["proof"]]
    assert tree.leaf_hash(LEAVES[index]) == leaf
    assert tree.inclusion_proof(LEAVES[:size], index) == proof
    assert tree.verify_inclusion(leaf, index, size, proof, root)
    assert not any(tree.verify_inclusion(leaf, index, size, bad, root) for bad in spoilt(proof, root))
    for place in (index - 1, index + 1, index ^ 2):
        assert not tree.verify_inclusion(leaf, place, size, proof, root)
    for other in (size * 2, size // 2):
        assert not tree.verify_inclusion(leaf, index, other, proof, root)
    assert not tree.verify_inclusion(tree.leaf_hash(b"WrongLeaf"), index, size, proof, root)
    assert not tree.verify_inclusion(leaf, index, size, proof, tree.EMPTY)
    assert not tree.verify_inclusion(leaf, index, size, proof, b"")


@pytest.mark.parametrize("vector", CONSISTENCY)
def test_published_consistency_proofs(vector: dict[str, Any]) -> None:
    first, second = vector["size1"], vector["size2"]
    old, new = parts(vector, "root1", "root2")
    proof = [b64decode(part) for part in vector["proof"]]
    assert tree.consistency_proof(LEAVES[:second], first) == proof
    assert tree.verify_consistency(first, second, proof, old, new)
    assert not any(tree.verify_consistency(first, second, bad, old, new) for bad in spoilt(proof, old, new))
    for other in (first - 1, first + 1, first ^ 2):
        assert not tree.verify_consistency(other, second, proof, old, new)
    for other in (second * 2, second // 2):
        assert not tree.verify_consistency(first, other, proof, old, new)
    wrong = sha256(b"WrongRoot").digest()
    assert not tree.verify_consistency(first, second, proof, wrong, new)
    assert not tree.verify_consistency(first, second, proof, old, wrong)
    if first != second:
        assert not tree.verify_consistency(first, second, proof, new, old)


@given(leaves)
def test_growing_gives_the_root_by_definition(data: list[bytes]) -> None:
    grown = tree.Tree()
    for size, leaf in enumerate(data, start=1):
        grown.append(leaf)
        assert (grown.size, grown.root()) == (size, by_definition(data[:size]))


@given(leaves, st.data())
def test_an_inclusion_proof_proves_its_place_only(data: list[bytes], draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    digest, root = tree.leaf_hash(data[index]), tree.root(data)
    proof = tree.inclusion_proof(data, index)
    assert tree.verify_inclusion(digest, index, len(data), proof, root)
    assert not tree.verify_inclusion(tree.leaf_hash(b"another leaf"), index, len(data), proof, root)
    assert not tree.verify_inclusion(digest, index, len(data), [*proof, root], root)
    assert not tree.verify_inclusion(digest, len(data), len(data), proof, root)
    assert not tree.verify_inclusion(digest, index, len(data), proof, tree.EMPTY)
    assert not tree.verify_inclusion(digest[:31], index, len(data), proof, root)
    for cut in range(len(proof)):
        assert not tree.verify_inclusion(digest, index, len(data), proof[:cut], root)


@given(leaves, st.data())
def test_a_consistency_proof_proves_its_sizes_only(data: list[bytes], draw: st.DataObject) -> None:
    first = draw.draw(st.integers(1, len(data)))
    old, new, second = tree.root(data[:first]), tree.root(data), len(data)
    proof = tree.consistency_proof(data, first)
    assert tree.verify_consistency(first, second, proof, old, new)
    forged = by_definition([*data[: first - 1], b"another leaf"])
    assert not tree.verify_consistency(first, second, proof, forged, new)
    assert not tree.verify_consistency(first, second, proof, old, tree.EMPTY)
    assert not tree.verify_consistency(first, second, [*proof, old], old, new)
    for cut in range(len(proof)):
        assert not tree.verify_consistency(first, second, proof[:cut], old, new)


def test_an_empty_tree_proves_nothing() -> None:
    assert not tree.verify_consistency(0, 3, [], tree.EMPTY, tree.root(LEAVES[:3]))
    assert not tree.verify_inclusion(tree.leaf_hash(b""), 0, 0, [], tree.EMPTY)
    with pytest.raises(IndexError):
        tree.inclusion_proof(LEAVES[:2], 2)
    with pytest.raises(IndexError):
        tree.consistency_proof(LEAVES[:2], 0)
