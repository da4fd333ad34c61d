"""Openings of what is not posted, carried apart from the bundle: encrypted under a password, with a day of expiry.

A text of two lines: a header in clear, canonical JSON, and the base64 of what it describes. The header says for which
log, until when, and what a guess of the password costs; AES-256-GCM binds it, so nothing of it can be changed. After the
day of expiry this program opens the file no more and whoever has it is to delete it: that is a promise of people, for no
file can forget by itself.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from election.record import canonical, keys
from election.record.canonical import NotCanonical
from election.record.note import unbase64
from election.record.seal import Opening

FORMAT = "elec-openings/v1"


class ApartError(ValueError):
    """Not a file of openings, changed, or another password."""


class Expired(Exception):
    """The day until which it might be opened is over."""

    def __init__(self, until: date) -> None:
        self.until = until
        super().__init__(until.isoformat())


@dataclass(frozen=True)
class Apart:
    log: str
    until: date
    openings: tuple[Opening, ...]


def close(log: str, until: date, openings: Iterable[Opening], password: str, cost: keys.Cost = keys.STANDARD) -> str:
    """The file: ``openings`` of the log ``log``, to be opened with ``password`` up to and on ``until``."""
    salt, nonce = os.urandom(16), os.urandom(12)
    header = canonical.encode(
        {
            "format": FORMAT,
            "log": log,
            "until": until.isoformat(),
            "kdf": "argon2id",
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "cipher": "aes-256-gcm",
            "salt": salt.hex(),
            "nonce": nonce.hex(),
        }
    )
    rows = [{"commitment": o.commitment, "salt": o.salt.hex(), "value": o.value} for o in openings]
    key = keys.derive(password, salt, cost)
    sealed = AESGCM(key).encrypt(nonce, canonical.encode(sorted(rows, key=lambda row: row["commitment"])), header)
    return f"{header.decode()}\n{b64encode(sealed).decode()}\n"


def open(text: str, password: str, today: date) -> Apart:  # noqa: A001 the opposite of close
    """What the file holds. Raises ApartError and Expired."""
    head, _, rest = text.partition("\n")
    try:
        header: dict[str, Any] = canonical.decode(head.encode())
        cost = keys.Cost(header["memory_kib"], header["passes"], header["lanes"])
        kinds = (header["format"], header["kdf"], header["cipher"])
        until = date.fromisoformat(header["until"])
        salt, nonce, log = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"]), str(header["log"])
        if kinds != (FORMAT, "argon2id", "aes-256-gcm") or not cost.sane:
            raise ValueError
    except (NotCanonical, ValueError, KeyError, TypeError) as error:
        raise ApartError("not a file of openings") from error
    if today > until:
        raise Expired(until)
    try:
        plain = AESGCM(keys.derive(password, salt, cost)).decrypt(nonce, unbase64(rest.strip()), head.encode())
        rows = canonical.decode(plain)
        found = tuple(Opening(r["commitment"], bytes.fromhex(r["salt"]), r["value"]) for r in rows)
    except (InvalidTag, NotCanonical, ValueError, KeyError, TypeError) as error:
        raise ApartError("another password, or the file was changed") from error
    return Apart(log, until, found)
