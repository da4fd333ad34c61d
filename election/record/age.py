"""Files encrypted to a public key, in the age format (C2SP/age v1): X25519, HKDF-SHA256, ChaCha20-Poly1305 in chunks.

Whoever has the public key can write such a file, only the holder of the secret key can read it; every chunk is
authenticated, its place and the end of the file with it, so a changed, reordered or cut file is refused. The files and
keys are those of the program ``age``, which opens them without us. Memory: one chunk.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

CHUNK = 64 * 1024
_TAG = 16
_VERSION = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/X25519"
_PUBLIC, _SECRET = "age", "AGE-SECRET-KEY-"
_MOST_RECIPIENTS = 100
_LONGEST_LINE = 4096
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class AgeError(Exception):
    """Not an age file, not for this key, or not what was written: changed or cut."""


class NotForThisKey(AgeError):
    """None of the file's recipients is this key; or its own was changed, which cannot be told apart."""


@dataclass(frozen=True)
class Identity:
    """A secret key, 32 bytes."""

    secret: bytes

    @classmethod
    def generate(cls) -> Identity:
        return cls(X25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """From the text of a key file; lines that begin with ``#`` are remarks. Raises AgeError."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) != 1:
            raise AgeError("a key file holds one secret key")
        return cls(_from_bech32(_SECRET, lines[0].lower()))

    @property
    def public(self) -> bytes:
        key = X25519PrivateKey.from_private_bytes(self.secret)
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def recipient(self) -> str:
        return recipient(self.public)

    def __str__(self) -> str:
        return _to_bech32(_SECRET.lower(), self.secret).upper()

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"


def recipient(public: bytes) -> str:
    """A public key as text: ``age1…``."""
    return _to_bech32(_PUBLIC, public)


def read_recipient(text: str) -> bytes:
    """The 32 bytes of a public key. Raises AgeError."""
    return _from_bech32(_PUBLIC, text.strip())


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Sealer:
    """Writes one file. Use as ``with Sealer(file, public) as out: out.write(…)``; without its end it does not open."""

    def __init__(self, file: Writable, public: bytes) -> None:
        file_key, nonce = os.urandom(16), os.urandom(16)
        head = _VERSION + _stanza(public, file_key) + b"---"
        file.write(head + b" " + _b64(_mac(file_key, head)) + b"\n" + nonce)
        self._file = file
        self._cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
        self._number = 0
        self._rest = bytearray()

    def write(self, data: bytes) -> int:
        self._rest += data
        while len(self._rest) > CHUNK:  # the last chunk may be full: it waits to be known as the last
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]
        return len(data)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), chunk, None))
        self._number += 1

    def __enter__(self) -> Sealer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._put(bytes(self._rest), last=True)


def opened(file: BinaryIO, identity: Identity) -> Iterator[bytes]:
    """The content in chunks. Raises AgeError, at the latest at the end: what came before may be of a file cut short."""
    file_key = _header(file, identity)
    nonce = file.read(16)
    if len(nonce) != 16:
        raise AgeError("the file is cut short")
    cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
    chunk = file.read(CHUNK + _TAG)
    number = 0
    while True:
        following = file.read(CHUNK + _TAG)
        try:
            content = cipher.decrypt(_nonce(number, not following), chunk, None)
        except InvalidTag:
            raise AgeError("the file was changed or is cut short") from None
        if not following and not content and number:
            raise AgeError("the file was changed: nothing stands in its last chunk")
        yield content
        if not following:
            return
        chunk, number = following, number + 1


def _header(file: BinaryIO, identity: Identity) -> bytes:
    """The key of the file."""
    if _line(file) != _VERSION:
        raise AgeError("not an age file")
    head, found = _VERSION, None
    for _ in range(_MOST_RECIPIENTS):
        line = _line(file)
        if line.startswith(b"---"):
            break
        head += line
        parts = line.decode("ascii", "replace").split()
        body = b""
        while True:  # a body ends with the first line that is not full
            more = _line(file)
            head += more
            body += more.rstrip(b"\n")
            if len(more) < 65:
                break
        if found is None and parts[:2] == ["->", "X25519"] and len(parts) == 3:
            found = _unwrapped(parts[2].encode(), body, identity)
    else:
        raise AgeError("the head of the file is too long")
    if found is None:
        raise NotForThisKey("the file is not encrypted to this key")
    said = re.fullmatch(rb"--- ([A-Za-z0-9+/]{43})\n", line)
    if not said or not hmac.compare_digest(_unb64(said[1]), _mac(found, head + b"---")):
        raise AgeError("the head of the file was changed")
    return found


def _line(file: BinaryIO) -> bytes:
    line = file.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise AgeError("not an age file, or cut short")
    return line


def _stanza(public: bytes, file_key: bytes) -> bytes:
    ephemeral = Identity.generate()
    share = ephemeral.public
    wrapped = ChaCha20Poly1305(_wrapping(ephemeral.secret, public, share, public)).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _b64(share) + b"\n" + _b64(wrapped) + b"\n"


def _unwrapped(share_text: bytes, body: bytes, identity: Identity) -> bytes | None:
    share, wrapped = _unb64(share_text), _unb64(body)
    if len(share) != 32 or len(wrapped) != 32:
        raise AgeError("the head of the file was changed")
    try:
        key = _wrapping(identity.secret, share, share, identity.public)
        return ChaCha20Poly1305(key).decrypt(bytes(12), wrapped, None)
    except InvalidTag:
        return None


def _wrapping(secret: bytes, other: bytes, share: bytes, public: bytes) -> bytes:
    try:
        shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:  # a share of small order gives a secret that everybody knows
        raise AgeError("the key agreed upon is none") from None
    return _hkdf(shared, share + public, _LABEL)


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), head, "sha256")


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _b64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    try:
        data = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except NotBase64:
        return b""
    return data if _b64(data) == text else b""


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _to_bech32(prefix: str, data: bytes) -> str:
    """BIP 173, without its limit of length: 32 bytes are 52 letters and six of check."""
    bits = int.from_bytes(data, "big") << 4
    words = [bits >> 5 * i & 31 for i in range(51, -1, -1)]
    check = _polymod([*_expanded(prefix), *words, *[0] * 6]) ^ 1
    return f"{prefix}1" + "".join(_BECH32[w] for w in [*words, *(check >> 5 * i & 31 for i in range(5, -1, -1))])


def _from_bech32(prefix: str, text: str) -> bytes:
    start = f"{prefix.lower()}1"
    letters = text[len(start) :]
    if not text.startswith(start) or len(letters) != 58 or any(c not in _BECH32 for c in letters):
        raise AgeError(f"not a key: it begins with {prefix}1 and has {len(start) + 58} letters")
    words = [_BECH32.index(c) for c in letters]
    if _polymod([*_expanded(prefix.lower()), *words]) != 1:
        raise AgeError("not a key: a letter is wrong")
    bits = 0
    for word in words[:52]:
        bits = bits << 5 | word
    if bits & 15:
        raise AgeError("not a key: a letter is wrong")
    return (bits >> 4).to_bytes(32, "big")
