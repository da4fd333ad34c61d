"""What a person signs.

A person signs *before* the entry exists, so the subject of a statement knows no place in the log: it is the SHA-256 of
the canonical bytes of ``{act, step, attempt, occurred_on, log, payload, papers, attachments}`` of the entry to be
(payload with its personal leaves sealed). The signed message is ::

    "elec-log/v1\\n" type "\\n" SHA256(canonical bytes of the statement without its signature)

so a signature says for which act, in which log, by which account, in which role and with which key it was given, and
is good for nothing else. The type is the code of the act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from election.record import algorithms, canonical, keys

if TYPE_CHECKING:
    from election.record.entry import Entry

PURPOSE = b"elec-log/v1\n"
ALGORITHM = algorithms.ED25519.name


def subject(
    *,
    act: str,
    step: str,
    attempt: int,
    occurred_on: str,
    log: str,
    payload: Mapping[str, Any],
    papers: Sequence[Mapping[str, Any]] = (),
    attachments: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The digest, 64 hex digits, of what is to be entered and signed. Raises NotCanonical."""
    parts = (act, list(attachments), attempt, log, occurred_on, list(papers), payload, step)
    return sha256(canonical.encode(dict(zip(_SUBJECT, parts, strict=True)))).hexdigest()


#: parts of an entry that people sign
_SUBJECT = ("act", "attachments", "attempt", "log", "occurred_on", "papers", "payload", "step")


def subject_of(entry: Entry) -> str:
    """The subject that the statements in ``entry`` must have."""
    return sha256(entry.only(_SUBJECT)).hexdigest()


@dataclass(frozen=True)
class Statement:
    """A signed statement. ``key`` is the fingerprint of the signer's public key, ``sig`` the signature in hex."""

    type: str
    log: str
    subject: str
    account: str
    role: str
    key: str
    alg: str = ALGORITHM
    sig: str = ""

    def message(self) -> bytes:
        """The bytes that are signed."""
        purpose, before, after = _around(self.account, self.alg, self.key, self.log, self.role, self.type)
        text = self.subject
        plain = text.isalnum() and text.isascii()  # a digest: nothing in it is written otherwise
        subject = b'"%b"' % text.encode() if plain else canonical.encode(text)
        return purpose + sha256(before + subject + after).digest()

    def to_dict(self) -> dict[str, Any]:
        """As it stands in an entry."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Statement:
        """Raises ValueError unless exactly the eight texts are there."""
        if value.keys() != _PARTS or [*map(type, value.values())] != _TEXTS:
            raise ValueError("not a statement")
        said = cls.__new__(cls)
        said.__dict__.update(value)
        return said


@lru_cache(maxsize=64)  # a few: another's bundle may have long texts
def _around(account: str, alg: str, key: str, log: str, role: str, type: str) -> tuple[bytes, bytes, bytes]:  # noqa: A002
    """The purpose, and what stands in a claim's canonical bytes before and after its subject, which is all that differs
    as a rule."""
    first = canonical.encode({"account": account, "alg": alg, "key": key, "log": log, "role": role})
    purpose = PURPOSE + type.encode() + b"\n"
    return purpose, first[:-1] + b',"subject":', b',"type":' + canonical.encode(type) + b"}"


_PARTS = Statement.__dataclass_fields__.keys()
_TEXTS = [str] * len(_PARTS)


def sign(seed: bytes, *, type: str, log: str, subject: str, account: str, role: str) -> Statement:  # noqa: A002
    """Sign ``subject`` as ``account`` in ``role`` with the private key ``seed``; ``type`` is the code of the act."""
    unsigned = Statement(type, log, subject, account, role, keys.fingerprint(keys.public(seed)))
    return replace(unsigned, sig=keys.sign(seed, unsigned.message()).hex())


def verify(statement: Statement | Mapping[str, Any], public_key: bytes) -> bool:
    """Whether ``public_key`` is the key it names and made the signature. Anything malformed is just not."""
    try:
        said = statement if isinstance(statement, Statement) else Statement.from_dict(statement)
        signature, message = bytes.fromhex(said.sig), said.message()
    except ValueError:
        return False
    algorithm = algorithms.KNOWN.get(said.alg)
    named = said.key == keys.fingerprint(public_key) and said.sig == signature.hex()
    return algorithm is not None and named and algorithm.verify(public_key, signature, message)
