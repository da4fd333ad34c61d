"""RFC 6962 trees against published vectors (transparency-dev/merkle) and against the definition."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.record import tree

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

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


def test_published_inclusion_proof() -> None:
    proof = [
        b64decode(text)
        for text in (
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
            "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
            "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
        )
    ]
    assert tree.inclusion_proof(LEAVES[:5], 1) == proof
    assert tree.verify_inclusion(tree.leaf_hash(LEAVES[1]), 1, 5, proof, bytes.fromhex(ROOTS[5]))


def test_published_consistency_proof() -> None:
    proof = [
        b64decode(text)
        for text in (
            "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
            "sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=",
            "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=",
        )
    ]
    assert tree.consistency_proof(LEAVES[:7], 6) == proof
    assert tree.verify_consistency(6, 7, proof, bytes.fromhex(ROOTS[6]), bytes.fromhex(ROOTS[7]))


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
