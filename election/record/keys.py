"""Ed25519 keys: made, named by a fingerprint, kept under a password.

A private key is its 32-byte seed. It is stored only wrapped: Argon2id of the password (RFC 9106, second recommended
option: 64 MiB, 3 passes, 4 lanes) gives the key of AES-256-GCM, whose additional data is the key id, so that a
wrapped key put under another person's id does not open. Wrapping and unwrapping take a tenth of a second and 64 MiB:
never inside a lock.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

#: above this a stored cost is not a cost but an attack on the machine's memory: 1 GiB
MAX_MEMORY_KIB = 2**20


class WrongPassword(Exception):
    """The password, the key id or the wrapped bytes are not those of this key. Which of them cannot be known."""


@dataclass(frozen=True)
class Cost:
    """What one guess of a password costs: memory in KiB, passes, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    @property
    def sane(self) -> bool:
        """Whether somebody may have chosen it; what is above is an attack on the machine's memory."""
        parts = (self.memory_kib, self.passes, self.lanes)
        whole = all(type(part) is int for part in parts)
        return whole and 8 <= self.memory_kib <= MAX_MEMORY_KIB and 0 < self.passes <= 64 and 0 < self.lanes <= 64


#: for people's passwords
STANDARD = Cost()
#: for demonstrations and tests, where a thousand keys are unwrapped; refuses nobody
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


def generate() -> bytes:
    """A new private key: its 32-byte seed."""
    return os.urandom(32)


def public(seed: bytes) -> bytes:
    """The 32 bytes of the public key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature. Callers sign with a purpose: see ``statement`` and ``note``."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is one by ``public_key``; malformed keys and signatures are just not."""
    try:
        _read(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)  # a record has few signers and many signatures
def _read(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


@lru_cache(maxsize=1024)
def fingerprint(public_key: bytes) -> str:
    """SHA-256 of the public key, 64 hex digits."""
    return sha256(public_key).hexdigest()


def fingerprint_text(public_key: bytes) -> str:
    """The fingerprint as it is printed and read aloud: sixteen groups of four."""
    return grouped(fingerprint(public_key))


def grouped(digits: str) -> str:
    """Hex digits in groups of four."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def read_fingerprint(text: str) -> str | None:
    """The 64 hex digits of a fingerprint as a person types it (blanks, colons, dashes and case forgiven), or None."""
    digits = re.sub(r"[\s:\-]", "", text).lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else None


def wrap(seed: bytes, password: str, key_id: str, cost: Cost = STANDARD) -> dict[str, Any]:
    """The private key under ``password``: a JSON-able mapping that names its algorithms and costs."""
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(derive(password, salt, cost)).encrypt(nonce, seed, key_id.encode())
    return {
        "alg": "ed25519",
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "cipher": "aes-256-gcm",
        "key_id": key_id,
        "salt": b64encode(salt).decode(),
        "nonce": b64encode(nonce).decode(),
        "sealed": b64encode(sealed).decode(),
    }


def unwrap(wrapped: dict[str, Any], password: str, key_id: str | None = None) -> bytes:
    """The seed. Raises WrongPassword; ValueError if ``wrapped`` is not what ``wrap`` makes.

    ``key_id`` is the id the caller expects; without it the one written in ``wrapped`` is believed.
    """
    expected = ("ed25519", "argon2id", "aes-256-gcm")
    if (wrapped.get("alg"), wrapped.get("kdf"), wrapped.get("cipher")) != expected:
        raise ValueError("a wrapped key of an unknown kind")
    try:
        cost = Cost(int(wrapped["memory_kib"]), int(wrapped["passes"]), int(wrapped["lanes"]))
        salt, nonce, sealed = (b64decode(wrapped[part], validate=True) for part in ("salt", "nonce", "sealed"))
        identity = str(wrapped["key_id"]) if key_id is None else key_id
    except (KeyError, TypeError) as error:
        raise ValueError("a wrapped key with a part missing") from error
    if not cost.sane:
        raise ValueError("a wrapped key with a cost nobody chose")
    try:
        return AESGCM(derive(password, salt, cost)).decrypt(nonce, sealed, identity.encode())
    except InvalidTag:
        raise WrongPassword from None


def derive(password: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes that only who knows the password finds again, at ``cost`` for every guess."""
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(password.encode())
