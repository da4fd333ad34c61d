"""Which signature algorithms a record may name, and how each is checked.

A statement names its algorithm and a key is enrolled for one, so that another (``sm2-sm3``, a key that never leaves its
hardware) can follow without a new format: it is entered here and nowhere else. What is not here is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from election.record import keys


@dataclass(frozen=True)
class Algorithm:
    name: str
    #: length of a public key in bytes
    public_bytes: int
    #: (public key, signature, message) -> whether the key made it; anything malformed is just not
    verify: Callable[[bytes, bytes, bytes], bool]


ED25519 = Algorithm("ed25519", 32, keys.verify)

KNOWN = {algorithm.name: algorithm for algorithm in (ED25519,)}
