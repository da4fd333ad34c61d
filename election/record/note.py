"""Signed notes and checkpoints in the C2SP formats (signed-note v1, tlog-checkpoint v1), Ed25519.

A note is a text that ends with a newline, a blank line, and one line per signature::

    — name base64(key id || signature)

The key id is the first four bytes of ``SHA256(name || 0A || 01 || public key)``; it only says which key to try.
A checkpoint is the note of a log: origin, size, base64 of the Merkle root, one a line. Other programs of that family
can read and cosign them; a printed copy on signed paper is the strongest witness.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from election.record import keys

_ED25519 = b"\x01"
_MAX_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class NoteError(ValueError):
    """A note that is malformed, carries a bad signature of a known key, or no signature of a known key."""


@dataclass(frozen=True)
class Verifier:
    """A key that signs notes: its name (no blanks, no ``+``) and the 32 bytes of the public key."""

    name: str
    public_key: bytes
    #: the byte that tells what the key signs
    kind: ClassVar[bytes] = _ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public_key) != 32:
            raise NoteError("not the name and public key of a signer of notes")

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """From ``name+keyid+base64``. Raises NoteError also where the key id does not belong to the rest."""
        match = _VKEY.fullmatch(vkey)
        blob = unbase64(match[3]) if match else b""
        if not match or blob[:1] != cls.kind:
            raise NoteError("not a verifier key of this kind")
        verifier = cls(match[1], blob[1:])
        if verifier.key_id.hex() != match[2]:
            raise NoteError("the verifier key's id does not belong to its name and key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """Four bytes; they only say which key to try."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.kind + self.public_key).decode()}"


def vkey(name: str, public_key: bytes) -> str:
    """The verifier key as text, for a register or another program."""
    return Verifier(name, public_key).vkey


def sign(body: str, name: str, key: bytes) -> str:
    """The note of ``body`` (ends with a newline) signed by ``name`` with the private key ``key`` (its seed)."""
    if not _good_text(body):
        raise NoteError("a note's text ends with a newline and has no control characters")
    verifier = Verifier(name, keys.public(key))
    signed = b64encode(verifier.key_id + keys.sign(key, body.encode())).decode()
    return f"{body}\n— {name} {signed}\n"


def open(text: str, verifiers: Iterable[Verifier]) -> tuple[str, list[str]]:  # noqa: A001 the format's own word
    """The body and the names of the known signers. Signatures of unknown keys are passed over.

    Raises NoteError: malformed, a known key's signature does not verify, or no known key signed.
    """
    body, lines = split(text)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    names: list[str] = []
    for name, blob in map(signature, lines):
        verifier = known.get((name, blob[:4]))
        if verifier is None or verifier.name in names:
            continue
        if not keys.verify(verifier.public_key, blob[4:], body.encode()):
            raise NoteError(f"the signature of {verifier.name} is not of this text")
        names.append(verifier.name)
    if not names:
        raise NoteError("no signature of a known key")
    return body, names


def body_of(text: str) -> str:
    """The text of a note, its signatures unread. Raises NoteError where ``text`` is not a note."""
    return split(text)[0]


def signature(line: str) -> tuple[str, bytes]:
    """The name and the bytes (key id and signature) of a signature line. Raises NoteError."""
    match = _SIGNATURE.fullmatch(line)
    blob = unbase64(match[2]) if match else b""
    if not match or len(blob) < 5:
        raise NoteError("malformed note: a line of signature is not one")
    return match[1], blob


def split(text: str) -> tuple[str, list[str]]:
    """The text of a note and its signature lines. Raises NoteError."""
    cut = text.rfind("\n\n")
    body, tail = text[: cut + 1], text[cut + 2 :]
    lines = tail.split("\n")[:-1]
    if cut < 0 or not tail.endswith("\n") or not _good_text(body) or not 0 < len(lines) <= _MAX_SIGNATURES:
        raise NoteError("malformed note")
    return body, lines


def _good_text(body: str) -> bool:
    # a surrogate cannot be written in UTF-8, a control character is not seen by who signs
    return body.endswith("\n") and _UNSEEN.search(body) is None


def unbase64(text: str) -> bytes:
    """The bytes, or none where ``text`` is not the one way to write them."""
    try:
        blob = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
    # one spelling only: padding bits that are not zero would let a note be changed unseen
    return blob if b64encode(blob).decode() == text else b""


def origin(name: str, kind: str, log: str) -> str:
    """The first line of a log's checkpoints: the server's key name, the kind of log, its id."""
    return f"{name}/{kind}/{log}"


@dataclass(frozen=True)
class Checkpoint:
    """What is signed: the log ``origin`` had ``size`` entries and this Merkle ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """From a note's text. Raises NoteError; extension lines are not part of this profile."""
        lines = body.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise NoteError("not the text of a checkpoint")
        root = unbase64(lines[2])
        if len(root) != 32:
            raise NoteError("not the text of a checkpoint: the root is not 32 bytes")
        return cls(lines[0], int(lines[1]), root)
